"""Control of living calls: hang up, transfer, play, speak, digits (compat/rest.md)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from console.core.errors import DomainError, NotFound
from console.records.models import Cdr
from sandbox.calls import control, selectors
from sandbox.calls.models import Call, CallEvent
from sandbox.network.models import HandsetCaption
from sandbox.network.phones import Action, Deed, perform
from tests.sandbox.calls.conftest import DID, FRIEND, PHONE, Line, act, call_in, ringing_at

pytestmark = pytest.mark.django_db
ON = '<Response><Speak loop="0">On and on.</Speak></Response>'
DIAL = f"<Response><Dial action='/dialled/'><Number>{FRIEND}</Number></Dial></Response>"
WAV = (
    b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00"
)


def wav(seconds: float) -> bytes:
    """Silence of that length, 8,000 bytes a second."""
    size = int(8000 * seconds)
    head = WAV + b"\x01\x00\x08\x00data" + size.to_bytes(4, "little")
    return head + b"\x80" * size


@pytest.fixture
def line(frozen, account, proved, did, server) -> Line:
    """A caller who hears a text that never ends."""
    server.answers["/answer/"] = lambda got: ON
    server.answers["/moved/"] = lambda got: "<Response><Speak>Moved.</Speak></Response>"
    server.answers["/there/"] = lambda got: (
        '<Response><Speak>Over there.</Speak><Wait length="30"/></Response>'
    )
    server.answers["/dialled/"] = lambda got: (
        '<Response><Speak>After it.</Speak><Wait length="30"/></Response>'
    )
    return call_in(account, frozen).live(1)


@pytest.fixture
def talk(frozen, account, proved, did, server, line) -> Line:
    """A caller who talks with a friend."""
    line.hang_up().live(1)
    server.answers["/answer/"] = lambda got: DIAL
    both = call_in(account, frozen).live(2)
    act(ringing_at(FRIEND), Deed.ANSWER)
    return both.live(1)


def b_uuid(line: Line):
    return line.legs[1].call_uuid


def heard_there(line_uuid) -> list[str]:
    captions = HandsetCaption.objects.filter(call=line_uuid).order_by("id")
    return [one.shown() for one in captions]


def test_a_call_is_hung_up_by_the_api(account, line):
    control.hang_up(account=account, call_uuid=line.call_uuid)
    line.live(1)
    assert (line.cdr.hangup_code, line.cdr.hangup_source) == (4000, "API Request")
    assert line.phone.state == "ended"


def test_a_b_leg_is_hung_up_alone_and_the_dial_goes_on(account, talk):
    there = b_uuid(talk)
    control.hang_up(account=account, call_uuid=there)
    talk.live(2)
    record = Cdr.objects.get(call_uuid=there)
    assert (record.hangup_code, record.hangup_source) == (4000, "API Request")
    assert ringing_at(FRIEND).state == "ended"
    assert talk.heard[-1] == "After it."


def test_a_transferred_call_runs_the_new_document(account, line, server):
    url = f"{server.url}/moved/"
    moved = control.transfer(account=account, call_uuid=line.call_uuid, aleg_url=url)
    line.live(5)
    assert moved == [line.call_uuid]
    assert line.heard == ["On and on.", "Moved."]
    (got,) = server.seen("/moved/")
    assert got.params["Event"] == "Redirect"


@pytest.mark.parametrize(
    ("url", "method", "cause"),
    [("/nowhere/", "POST", 7013), ("/broken/", "POST", 8013), ("ftp://x.example/", "POST", 7023)],
)
def test_a_transfer_that_fails_ends_the_call_with_its_cause(
    account, line, server, url, method, cause
):
    server.status["/nowhere/"] = 404
    server.answers["/nowhere/"] = lambda got: "no"
    server.answers["/broken/"] = lambda got: "{}"
    asked = url if url.startswith("ftp") else f"{server.url}{url}"
    control.transfer(account=account, call_uuid=line.call_uuid, aleg_url=asked, aleg_method=method)
    line.live(30)
    assert line.cdr.hangup_code == cause


def test_a_method_that_no_server_knows_ends_the_call_with_7033(account, line, server):
    asked = {"aleg_url": f"{server.url}/moved/", "aleg_method": "PATCH"}
    control.transfer(account=account, call_uuid=line.call_uuid, **asked)
    line.live(5)
    assert line.cdr.hangup_code == 7033


def test_an_a_leg_that_is_moved_alone_loses_its_b_leg(account, talk, server):
    url = f"{server.url}/moved/"
    control.transfer(account=account, call_uuid=talk.call_uuid, aleg_url=url)
    talk.live(1)
    assert ringing_at(FRIEND).state == "ended"
    assert "Moved." in talk.heard


def test_the_document_of_a_transfer_is_asked_for_without_what_a_dial_would_be_told(
    account, talk, server
):
    url = f"{server.url}/moved/"
    control.transfer(account=account, call_uuid=talk.call_uuid, aleg_url=url)
    talk.live(1)
    (got,) = server.seen("/moved/")
    assert not {"DialALegUUID", "DialBLegUUID"} & set(got.params)


def test_a_b_leg_that_is_moved_alone_becomes_a_call_of_its_own(account, talk, server):
    there = b_uuid(talk)
    moved = control.transfer(
        account=account,
        call_uuid=talk.call_uuid,
        legs="bleg",
        bleg_url=f"{server.url}/there/",
    )
    talk.live(2)
    assert moved == [there]
    assert heard_there(there)[-1] == "Over there."
    assert talk.heard[-1] == "After it."
    (got,) = server.seen("/there/")
    assert got.params["CallUUID"] == str(there)
    assert got.params["ALegUUID"] == str(talk.call_uuid)
    act(ringing_at(FRIEND), Deed.HANG_UP)
    talk.live(60)
    record = Cdr.objects.get(call_uuid=there)
    assert (record.leg, record.parent_call_uuid) == ("B", talk.call_uuid)
    assert (record.hangup_code, record.hangup_source) == (4000, "Callee")
    assert talk.cdr.hangup_code == 4010
    assert Cdr.objects.filter(leg="B").count() == 1


def test_the_action_of_the_dial_that_a_b_leg_left_names_it(account, talk, server):
    there = b_uuid(talk)
    url = f"{server.url}/there/"
    control.transfer(account=account, call_uuid=talk.call_uuid, legs="bleg", bleg_url=url)
    talk.live(2)
    (got,) = server.seen("/dialled/")
    assert got.params["DialBLegUUID"] == str(there)
    assert got.params["DialALegUUID"] == str(talk.call_uuid)


def test_both_legs_are_moved_each_to_its_own_document(account, talk, server):
    there = b_uuid(talk)
    moved = control.transfer(
        account=account,
        call_uuid=talk.call_uuid,
        legs="both",
        aleg_url=f"{server.url}/moved/",
        bleg_url=f"{server.url}/there/",
    )
    talk.live(2)
    assert moved == [talk.call_uuid, there]
    assert (talk.heard[-1], heard_there(there)[-1]) == ("Moved.", "Over there.")
    assert not Call.objects.get(call_uuid=there).is_over


def test_the_b_leg_may_be_named_itself(account, talk, server):
    there = b_uuid(talk)
    control.transfer(account=account, call_uuid=there, aleg_url=f"{server.url}/there/")
    talk.live(2)
    assert heard_there(there)[-1] == "Over there."
    assert not talk.call.is_over


def test_keys_and_hangups_of_a_parted_leg_reach_its_own_call(account, talk, server):
    server.answers["/there/"] = lambda got: (
        "<Response><GetDigits action='/moved/' numDigits='1' timeout='20'/></Response>"
    )
    there = b_uuid(talk)
    url = f"{server.url}/there/"
    control.transfer(account=account, call_uuid=talk.call_uuid, legs="bleg", bleg_url=url)
    talk.live(1)
    assert perform(ringing_at(FRIEND), Action(Deed.DIGITS, "seven", digits="7"))
    talk.live(1)
    (got,) = server.seen("/moved/")
    assert got.params["Digits"] == "7"
    assert heard_there(there)[-1] == "Moved."


def test_without_a_b_leg_none_can_be_moved(account, line, server):
    with pytest.raises(DomainError) as refused:
        control.transfer(
            account=account, call_uuid=line.call_uuid, legs="bleg", bleg_url=f"{server.url}/x/"
        )
    assert refused.value.code == "call_not_up"


@pytest.mark.parametrize("given", [{}, {"legs": "both", "aleg_url": "http://x.example/"}])
def test_each_leg_that_moves_needs_its_url(account, line, given):
    with pytest.raises(DomainError) as refused:
        control.transfer(account=account, call_uuid=line.call_uuid, **given)
    assert refused.value.field in ("aleg_url", "bleg_url")


def test_a_transfer_that_is_asked_twice_happens_once(account, line, server):
    asked = {"aleg_url": f"{server.url}/moved/", "request_id": str(uuid4())}
    control.transfer(account=account, call_uuid=line.call_uuid, **asked)
    control.transfer(account=account, call_uuid=line.call_uuid, **asked)
    line.live(1)
    assert len(server.seen("/moved/")) == 1


def test_a_text_is_heard_beside_the_document_which_goes_on(account, line):
    control.speak(account=account, call_uuid=line.call_uuid, text="Hold the line.")
    assert line.heard == ["On and on.", "Hold the line."]
    line.live(10)
    assert not line.call.is_over
    assert line.kinds.count("api_silence") == 1


def test_a_text_in_a_loop_is_said_until_it_is_stopped(account, line):
    control.speak(account=account, call_uuid=line.call_uuid, text="Again.", loop=True)
    line.live(60)
    assert "api_silence" not in line.kinds
    control.stop_speaking(account=account, call_uuid=line.call_uuid)
    control.stop_speaking(account=account, call_uuid=line.call_uuid)
    assert line.kinds.count("api_silence") == 1
    caption = HandsetCaption.objects.get(call=line.call_uuid, text="Again.")
    document = HandsetCaption.objects.get(call=line.call_uuid, text="On and on.")
    assert caption.stopped_at is not None
    assert document.stopped_at is None


def test_both_legs_of_a_talk_hear_a_text(account, talk):
    control.speak(account=account, call_uuid=talk.call_uuid, text="To both.", legs="both")
    assert talk.heard[-1] == "To both."
    assert heard_there(b_uuid(talk))[-1] == "To both."


def test_files_are_played_one_after_the_other_and_missing_ones_skipped(account, line, server):
    server.answers["/a.wav"] = lambda got: wav(2)
    server.answers["/b.wav"] = lambda got: wav(1)
    server.answers["/no.wav"] = lambda got: "no sound"
    urls = [f"{server.url}/{name}.wav" for name in ("a", "no", "b")]
    control.play(account=account, call_uuid=line.call_uuid, urls=urls)
    line.live(1)
    assert line.heard[1:] == [urls[0]]
    line.live(1.5)
    assert line.heard[1:] == [urls[0], urls[2]]
    line.live(2)
    assert line.kinds.count("api_silence") == 1
    assert "audio_failed" in line.kinds
    assert not line.call.is_over


def test_playing_ends_after_its_length(account, line, server):
    server.answers["/a.wav"] = lambda got: wav(60)
    asked = {"urls": [f"{server.url}/a.wav"], "length": 5}
    control.play(account=account, call_uuid=line.call_uuid, **asked)
    line.live(4)
    assert "api_silence" not in line.kinds
    line.live(2)
    assert line.kinds.count("api_silence") == 1


def test_playing_is_stopped(account, line, server):
    server.answers["/a.wav"] = lambda got: wav(2)
    server.answers["/b.wav"] = lambda got: wav(2)
    urls = [f"{server.url}/a.wav", f"{server.url}/b.wav"]
    control.play(account=account, call_uuid=line.call_uuid, urls=urls)
    line.live(1)
    control.stop_playing(account=account, call_uuid=line.call_uuid)
    line.live(5)
    assert urls[1] not in line.heard
    assert not line.call.is_over


def test_digits_are_sent_to_either_leg(account, talk):
    control.send_digits(account=account, call_uuid=talk.call_uuid, digits="12w")
    control.send_digits(account=account, call_uuid=talk.call_uuid, digits="34", leg="bleg")
    assert talk.heard[-1] == "12w"
    assert heard_there(b_uuid(talk))[-1] == "34"


def test_a_request_that_comes_twice_is_heard_once(account, line):
    asked = {"text": "Once.", "request_id": "8f7e"}
    control.speak(account=account, call_uuid=line.call_uuid, **asked)
    control.speak(account=account, call_uuid=line.call_uuid, **asked)
    assert line.heard.count("Once.") == 1


def test_what_the_api_plays_never_advances_the_document(account, line):
    before = line.call.flow["state"]
    control.speak(account=account, call_uuid=line.call_uuid, text="Aside.")
    control.send_digits(account=account, call_uuid=line.call_uuid, digits="1")
    line.live(10)
    assert line.call.flow["state"] == before


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("speak", {"text": ""}),
        ("speak", {"text": "x" * 3001}),
        ("speak", {"text": "x", "voice": "ROBOT"}),
        ("speak", {"text": "x", "legs": "all"}),
        ("play", {"urls": []}),
        ("play", {"urls": ["ftp://x.example/a.mp3"]}),
        ("play", {"urls": ["http://x.example/a.mp3"], "length": -1}),
        ("send_digits", {"digits": "12x"}),
        ("send_digits", {"digits": "12", "leg": "both"}),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(account, line, verb, given):
    with pytest.raises(DomainError) as refused:
        getattr(control, verb)(account=account, call_uuid=line.call_uuid, **given)
    assert refused.value.code == "invalid_parameter"
    assert refused.value.field in given


EVERYTHING = [
    ("hang_up", {}),
    ("transfer", {"aleg_url": "http://x.example/"}),
    ("play", {"urls": ["http://x.example/a.mp3"]}),
    ("speak", {"text": "Hello."}),
    ("stop_playing", {}),
    ("stop_speaking", {}),
    ("send_digits", {"digits": "1"}),
]


@pytest.mark.parametrize(("verb", "given"), EVERYTHING)
def test_what_does_not_live_is_not_found(account, other_account, line, verb, given):
    do = getattr(control, verb)
    with pytest.raises(NotFound):
        do(account=other_account, call_uuid=line.call_uuid, **given)
    with pytest.raises(NotFound):
        do(account=account, call_uuid=uuid4(), **given)
    line.hang_up().live(1)
    with pytest.raises(NotFound):
        do(account=account, call_uuid=line.call_uuid, **given)


def test_living_legs_are_listed_and_shown_each_by_its_own_uuid(account, other_account, talk):
    there = b_uuid(talk)
    found = selectors.live_call_uuids(account=account)
    assert set(found) == {talk.call_uuid, there}
    assert selectors.live_call_uuids(account=account, direction="outbound") == [there]
    assert selectors.live_call_uuids(account=account, from_number=PHONE[1:], limit=1) != []
    assert selectors.live_call_uuids(account=account, to_number=DID[1:]) == [talk.call_uuid]
    assert selectors.live_call_uuids(account=other_account) == []
    shown = selectors.get_live_call(account=account, call_uuid=there)
    assert (shown.call_status, shown.to_number) == ("in-progress", FRIEND)
    with pytest.raises(NotFound):
        selectors.get_queued_call(account=account, call_uuid=there)


def test_the_story_tells_what_was_asked_of_the_call(account, line):
    control.speak(account=account, call_uuid=line.call_uuid, text="Aside.", mix=False)
    (said,) = CallEvent.objects.filter(call__call_uuid=line.call_uuid, kind="api_sound")
    assert (said.data["text"], said.data["mix"]) == ("Aside.", False)


def test_ssml_is_said_in_words_and_ends_when_they_are_over(account, line):
    text = '<speak>Dial <say-as interpret-as="digits">12</say-as><break time="5s"/></speak>'
    control.speak(account=account, call_uuid=line.call_uuid, text=text, markup="ssml")
    assert line.heard[-1] == "Dial 1 2"
    line.live(4)
    assert not CallEvent.objects.filter(kind="api_silence").exists()
    line.live(2)
    assert CallEvent.objects.filter(kind="api_silence").exists()


@pytest.mark.parametrize(
    "text", ["<speak>no end", "</Speak><Hangup/><Speak>", "<speak></speak>", "<video>x</video>"]
)
def test_ssml_that_cannot_be_said_is_refused(account, line, text):
    with pytest.raises(DomainError) as refused:
        control.speak(account=account, call_uuid=line.call_uuid, text=text, markup="ssml")
    assert refused.value.field == "text"
