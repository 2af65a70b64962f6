"""/calls/{uuid}/ and /calls/live/, over HTTP, and the story as the API gives it."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.core import clock
from console.core.errors import NotFound
from console.records.models import Cdr
from sandbox.calls import services
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import FRIEND, PHONE, act, call_in, ringing_at
from tests.sandbox.calls.test_dialling import dials  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
BROKEN = (
    "<Response>\n  <Speak>Hello</Speak>\n  <Dial>\n    <Speak>no</Speak>\n  </Dial>\n</Response>"
)


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


def page_of(client, line) -> str:
    answer = client.get(f"/calls/{line.call_uuid}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_tells_the_call_in_sentences(frozen, account, did, server, signed_in):
    server.answers["/answer/"] = lambda got: "<Response><Speak>Hello there.</Speak></Response>"
    line = call_in(account, frozen).live(30)
    page = page_of(signed_in, line)
    assert "Says: “Hello there.”" in page
    assert "The answer URL answers 200" in page
    assert "End Of XML Instructions" in page
    assert "/help/errors/4010/" in page
    assert "<c-" not in page


def test_a_fault_in_the_xml_is_shown_with_its_line(frozen, account, did, server, signed_in):
    server.answers["/answer/"] = lambda got: BROKEN
    line = call_in(account, frozen).live(30)
    assert line.cdr.hangup_code == 8011
    page = page_of(signed_in, line)
    assert "Line 4, column 5" in page
    assert "<mark>    &lt;Speak&gt;no&lt;/Speak&gt;</mark>" in page


def test_a_refused_leg_offers_the_fix(frozen, account, proved, dials, signed_in):  # noqa: F811
    dials("+12025550144")
    line = call_in(account, frozen).live(30)
    page = page_of(signed_in, line)
    assert "The fence refused +1 202" in page
    assert line.line("refused")["fix_url"].replace("&", "&amp;") in page


def test_what_a_customer_sends_is_text_never_html(frozen, account, did, server, signed_in):
    server.answers["/answer/"] = lambda got: (
        "<Response><Speak>&lt;script&gt;alert(1)&lt;/script&gt;\u202e</Speak></Response>"
    )
    page = page_of(signed_in, call_in(account, frozen).live(30))
    assert "<script>alert" not in page
    assert "⟨U+202E⟩" in page


def test_ten_02_a_stranger_gets_what_a_call_that_never_was_gets(
    frozen, account, did, server, client, stranger
):
    line = call_in(account, frozen).live(1)
    client.force_login(stranger)
    theirs = client.get(f"/calls/{line.call_uuid}/")
    never = client.get(f"/calls/{uuid.uuid4()}/")
    assert theirs.status_code == never.status_code == 404


def test_signed_out_goes_to_the_sign_in_page(client, db):
    assert client.get(f"/calls/{uuid.uuid4()}/").status_code == 302
    assert client.get("/calls/live/").status_code == 302


def test_a_living_call_asks_again_and_an_ended_one_does_not(
    frozen, account, did, server, signed_in
):
    server.answers["/answer/"] = lambda got: "<Response><Wait length='60'/></Response>"
    line = call_in(account, frozen).live(1)
    assert 'hx-trigger="every 1s"' in page_of(signed_in, line)
    assert str(line.call_uuid) in signed_in.get("/calls/live/").content.decode()
    line.live(120)
    assert 'hx-trigger="every' not in page_of(signed_in, line)
    assert str(line.call_uuid) not in signed_in.get("/calls/live/").content.decode()


def test_htmx_gets_the_body_alone(frozen, account, did, server, signed_in):
    line = call_in(account, frozen).live(1)
    answer = signed_in.get(f"/calls/{line.call_uuid}/", headers={"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="story"')


def test_the_page_takes_at_most_eight_queries(frozen, account, proved, dials, signed_in):  # noqa: F811
    dials(FRIEND, "+15005550121")
    line = call_in(account, frozen).live(3)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(5).hang_up().live(5)
    page_of(signed_in, line)
    for path in (f"/calls/{line.call_uuid}/", "/calls/live/"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            signed_in.get(path)
        assert len(asked) <= 8, [one["sql"] for one in asked]


def test_a_story_with_a_recording_takes_at_most_eight_queries(
    frozen, account, proved, did, server, signed_in
):
    server.answers["/answer/"] = lambda got: "<Response><Record maxLength='5'/></Response>"
    line = call_in(account, frozen).live(20)
    page_of(signed_in, line)
    with CaptureQueriesContext(connection) as asked:
        page = page_of(signed_in, line)
    assert "Recordings of this call" in page
    assert f"/handsets/{PHONE}/" in page
    assert len(asked) <= 8, [one["sql"] for one in asked]


def test_hang_up_ends_the_call_from_the_page(frozen, account, did, server, signed_in):
    server.answers["/answer/"] = lambda got: "<Response><Wait length='60'/></Response>"
    line = call_in(account, frozen).live(1)
    answer = signed_in.post(f"/calls/{line.call_uuid}/hangup/")
    assert answer.status_code == 302
    assert line.cdr.hangup_code == 4000
    assert line.cdr.hangup_source == "API Request"
    assert line.phone.state == "ended"


def test_an_analyst_cannot_hang_up(frozen, account, did, server, client, analyst):
    line = call_in(account, frozen).live(1)
    client.force_login(analyst)
    assert client.post(f"/calls/{line.call_uuid}/hangup/").status_code == 403


def test_keys_that_are_not_to_be_logged_are_dots(frozen, account, did, server, signed_in):
    server.answers["/answer/"] = lambda got: (
        "<Response><GetDigits action='/keys/' numDigits='4' log='false'/></Response>"
    )
    server.answers["/keys/"] = lambda got: "<Response><Hangup/></Response>"
    line = call_in(account, frozen).live(1).press("7391").live(30)
    assert server.seen("/keys/")[0].params["Digits"] == "7391"
    page = page_of(signed_in, line)
    assert "7391" not in page
    assert "••••" in page
    assert "7391" not in str([one.data for one in line.story])


def test_the_api_gets_the_story_in_order(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: "<Response><Speak>Hello.</Speak></Response>"
    line = call_in(account, frozen).live(30)
    story = services.story(account=account, call_uuid=line.call_uuid)
    kinds = [one["kind"] for one in story]
    assert kinds[0] == "call_started"
    assert kinds.index("document_fetched") < kinds.index("said") < kinds.index("hung_up")
    assert set(story[0]) == {"at", "kind", "leg", "data"}
    assert {one["leg"] for one in story} == {"A"}


def test_a_story_is_only_the_accounts_own(frozen, account, other_account, did, server):
    line = call_in(account, frozen).live(1)
    with pytest.raises(NotFound):
        services.story(account=other_account, call_uuid=line.call_uuid)


def test_a_call_of_which_only_the_record_is_left_shows_that(
    account, signed_in, other_account, rates
):
    parent = uuid.uuid4()
    now = clock.now()
    facts = {
        "leg": "B",
        "direction": "outbound",
        "state": "NO_ANSWER",
        "from_number": "+12025550142",
        "to_number": "+12025550143",
        "initiated_at": now,
        "ended_at": now,
        "hangup_code": 3000,
        "hangup_name": "No Answer",
        "hangup_source": "Carrier",
        "parent_call_uuid": parent,
    }
    Cdr.objects.create(call_uuid=uuid.uuid4(), account=account, **facts)
    page = signed_in.get(f"/calls/{parent}/").content.decode()
    assert "The steps of this call were not kept" in page
    assert "No Answer" in page
    theirs = Cdr.objects.create(call_uuid=uuid.uuid4(), account=other_account, **facts)
    assert signed_in.get(f"/calls/{theirs.call_uuid}/").status_code == 404


def test_a_long_story_comes_in_pages_of_at_most_60_kilobytes(
    frozen, account, did, server, signed_in
):
    server.answers["/answer/"] = lambda got: (
        "<Response>"
        + "".join(f"<Speak>Line {number}.</Speak>" for number in range(40))
        + "<Redirect>/answer/</Redirect></Response>"
    )
    line = call_in(account, frozen).live(60)
    living = page_of(signed_in, line)
    assert "Earlier lines" in living
    line.hang_up().live(5)
    first = page_of(signed_in, line)
    assert "Line 0." in first
    assert "Earlier lines" not in first
    assert len(first) < 60_000
    seen = signed_in.get(f"/calls/{line.call_uuid}/?line=50").content.decode()
    assert "Earlier lines" in seen
    assert "Later lines" in seen
    for odd in ("-1", "x", "9" * 30, "٣"):
        assert signed_in.get(f"/calls/{line.call_uuid}/", {"line": odd}).status_code == 200
