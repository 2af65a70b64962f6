"""Fetching documents: fallback, causes, loops (compat/xml.md section 1, trust.md XML-02)."""

import pytest

from sandbox.calls.flow import commands, document_event, events
from sandbox.calls.flow.commands import Answer, Fetch, HangUp, Notify, Speak

from .line import ANSWER_URL, Line

HI = "<Speak>hi</Speak>"


def test_an_incoming_call_asks_the_answer_url():
    fetch = Line(answer_method="GET").begin().one(Fetch)
    assert (fetch.purpose, fetch.url, fetch.method) == ("answer", ANSWER_URL, "GET")
    assert (fetch.event, fetch.call_status) == ("StartApp", "ringing")


def test_an_outgoing_call_rings_first_and_asks_when_answered():
    line = Line(direction="outbound", ring_url="https://app.example.com/ring")
    line.send(events.OutgoingCall())
    assert line.one(commands.CallOut).timeout_seconds == 120
    line.send(events.LegRinging()).send(events.LegRinging())
    ring = line.ever(Notify)
    assert [(one.purpose, one.event, one.call_status) for one in ring] == [
        ("ring", "Ring", "ringing")
    ]
    fetch = line.send(events.LegAnswered()).one(Fetch)
    assert (fetch.event, fetch.call_status) == ("StartApp", "in-progress")


def test_settings_in_the_fragment_are_kept_apart():
    fetch = Line(answer_url=f"{ANSWER_URL}#ct=2000&rc=3").begin().one(Fetch)
    assert (fetch.url, fetch.settings) == (ANSWER_URL, "ct=2000&rc=3")


def test_relative_urls_lead_from_the_url_of_the_document():
    line = Line().run("<Redirect>../next?x=1#rc=2</Redirect>")
    fetch = line.one(Fetch)
    assert (fetch.url, fetch.settings) == ("https://app.example.com/next?x=1", "rc=2")


def test_a_missing_answer_is_asked_at_the_fallback_url_once():
    line = Line(fallback_url="https://app.example.com/fallback", fallback_method="GET").begin()
    fetch = line.fail("status", 500).one(Fetch)
    assert (fetch.purpose, fetch.url, fetch.method) == (
        "fallback",
        "https://app.example.com/fallback",
        "GET",
    )
    assert fetch.event == "StartApp"
    assert dict(fetch.extra) == {"RequestedURL": ANSWER_URL, "HTTPMethod": "POST"}
    assert line.fail().ended_with == 7011


def test_a_fallback_document_runs_like_an_answer():
    line = Line(fallback_url="https://app.example.com/fallback").begin().fail()
    assert line.reply(HI).one(Speak).text == "hi"


def test_a_refused_answer_is_asked_at_the_fallback_url_too():
    line = Line(fallback_url="https://app.example.com/fallback").begin().body("not xml")
    assert line.one(Fetch).purpose == "fallback"


@pytest.mark.parametrize(
    ("purpose", "reached", "codes"),
    [
        ("answer", "", (7011, 8011)),
        ("redirect", "<Redirect>/next</Redirect>", (7014, 8014)),
        ("action", '<GetDigits action="/next" numDigits="1"/>', (7012, 8012)),
    ],
)
def test_a_document_that_cannot_be_had_ends_the_call_with_the_cause_of_its_purpose(
    purpose, reached, codes
):
    def waiting() -> Line:
        line = Line().begin()
        if reached:
            line.reply(reached)
        if purpose == "action":
            line.press("1")
        assert line.the_last(Fetch).purpose == purpose
        return line

    assert waiting().fail().ended_with == codes[0]
    assert waiting().body("<Response><Shout/></Response>").ended_with == codes[1]


def test_a_transfer_that_cannot_be_had_ends_with_its_own_causes():
    def moved(url: str = "https://app.example.com/t", method: str = "POST") -> Line:
        return Line().run(HI).send(events.TransferAsked(url, method))

    assert moved().fail().ended_with == 7013
    assert moved().body("{}").ended_with == 8013
    assert moved("ftp://app.example.com").ended_with == 7023
    assert moved(method="PUT").ended_with == 7033


def test_a_transfer_stops_what_runs_and_takes_the_new_document():
    line = Line().run(HI).send(events.TransferAsked("https://app.example.com/t"))
    assert line.of(commands.StopPrompt)
    assert line.reply("<Speak>moved</Speak>").one(Speak).text == "moved"


@pytest.mark.parametrize(
    "url", ["ftp://example.com/a", "javascript:1", "", "http://", "http://[::1"]
)
def test_an_unusable_redirect_url_is_named(url):
    assert Line().run(f"<Redirect>{url}</Redirect>").ended_with == 7024


def test_an_unusable_redirect_method_is_named():
    assert Line().run('<Redirect method="PUT">/next</Redirect>').ended_with == 7034


def test_an_unusable_action_url_or_method_is_named():
    line = Line().run('<GetDigits action="ftp://example.com" numDigits="1"/>').press("1")
    assert line.ended_with == 7022
    line = Line().run('<GetDigits action="/a" method="PUT" numDigits="1"/>').press("1")
    assert line.ended_with == 7032


def test_an_unusable_answer_url_goes_to_the_fallback_url():
    line = Line(answer_url="", fallback_url="https://app.example.com/fallback").begin()
    assert line.one(Fetch).purpose == "fallback"
    assert Line(answer_url="").begin().ended_with == 7011


def test_the_platforms_own_scheme_is_allowed_only_where_the_leg_says_so():
    own = Line(answer_url="ringfence:otp/7", schemes=("ringfence",)).begin()
    assert own.one(Fetch).url == "ringfence:otp/7"
    assert Line(answer_url="ringfence:otp/7").begin().ended_with == 7011


def test_the_story_names_line_and_column_of_a_refused_document():
    line = Line().begin().body("<Response>\n <Shout/></Response>")
    note = next(one for one in line.of(commands.StoryNote) if one.kind == "document_refused")
    assert (note.element, note.line, note.column) == ("Shout", 2, 2)
    assert dict(note.data)["code"] == "unknown_element"


def test_what_was_read_leniently_stands_in_the_story():
    line = Line().run('<Speak loop="-1">hi</Speak>')
    assert line.notes("attribute_clamped")


def test_bytes_that_are_no_document_become_a_refusal_that_can_be_stored():
    nul = document_event(7, b"<Response>\n<Speak>\0</Speak></Response>")
    assert (nul.code, nul.line, nul.column) == ("not_well_formed", 2, 8)
    assert document_event(7, b"\xff").code == "not_utf8"
    assert document_event(7, b"x" * 200_000).code == "too_large"
    assert document_event(7, b"<Response/>").body == "<Response/>"


def test_a_refused_reply_ends_the_call_like_bad_xml():
    line = Line().begin()
    assert line.send(document_event(line.one(Fetch).fetch_id, b"\xff")).ended_with == 8011


def test_an_empty_document_ends_the_call_unanswered():
    line = Line().run()
    assert line.ended_with == 4010
    assert line.one(HangUp).answered is False
    assert line.ever(Answer) == []


def test_a_document_at_its_end_ends_the_call():
    line = Line().run(HI).said()
    assert line.ended_with == 4010
    assert line.one(HangUp).source == "Plivo"


def test_an_answer_that_comes_late_or_twice_changes_nothing():
    line = Line().run(HI)
    before = line.state
    fetch_id = line.the_last(Fetch).fetch_id
    line.send(events.DocumentFetched(fetch_id, "<Response><Hangup/></Response>"))
    line.send(events.FetchFailed(fetch_id, "timeout"))
    assert line.state == before


def test_xml_02_the_eleventh_document_in_a_row_without_media_ends_the_call():
    line = Line().begin()
    for _ in range(9):
        line.reply("<Redirect>/again</Redirect>")
        assert not line.state.is_over
    line.reply("<Redirect>/again</Redirect>")
    assert line.ended_with == 7014
    assert line.one(HangUp).reason == "xml_loop"
    assert len(line.notes("xml_loop")[0]["urls"]) == 11


def test_xml_02_a_media_step_begins_the_count_anew():
    line = Line().begin()
    for _ in range(30):
        line.reply("<Wait/><Redirect>/again</Redirect>").fire("wait")
    assert not line.state.is_over


def test_xml_02_the_fifty_first_document_ends_the_call():
    line = Line().begin()
    for _ in range(49):
        line.reply("<Wait/><Redirect>/again</Redirect>").fire("wait")
    assert len(line.ever(Fetch)) == 50
    line.reply("<Wait/><Redirect>/again</Redirect>").fire("wait")
    assert line.ended_with == 7014
    assert len(line.ever(Fetch)) == 50


def test_xml_02_a_speak_without_words_is_no_media_step():
    line = Line().begin()
    for _ in range(10):
        line.reply("<Speak> </Speak><Redirect>/again</Redirect>")
    assert line.one(HangUp).reason == "xml_loop"
