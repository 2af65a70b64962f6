"""The story as a ladder, on an axis of time, as trees of documents, and to take along."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from console.core import clock
from sandbox.calls import services
from sandbox.calls.documents import MOST_NODES, trees
from sandbox.calls.models import CallEvent
from sandbox.calls.rungs import rung
from sandbox.calls.timeline import timeline
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import FRIEND, act, call_in, ringing_at
from tests.sandbox.calls.test_dialling import dials  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
MENU = (
    '<Response>\n  <GetDigits action="/next/" numDigits="1">\n    <Speak>Press 1.</Speak>\n'
    "  </GetDigits>\n  <Speak>Never said.</Speak>\n</Response>"
)
BYE = "<Response><Speak>Bye.</Speak></Response>"


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def menu(frozen, account, did, server):
    """A call that presses 1 in a menu and hears goodbye."""
    server.answers["/answer/"] = lambda got: MENU
    server.answers["/next/"] = lambda got: BYE
    return call_in(account, frozen).live(2).press("1").live(30)


@pytest.fixture
def bridged(frozen, account, proved, dials):  # noqa: F811
    """A call that was connected for ten seconds, while another phone was busy."""
    dials(FRIEND, "+15005550121")
    line = call_in(account, frozen).live(3)
    act(ringing_at(FRIEND), Deed.ANSWER)
    return line.live(10).hang_up().live(5)


def drawn(line):
    events = services.story_events(line.call)
    return timeline(line.call, line.legs, events, now=clock.now())


def page(client, line) -> str:
    return client.get(f"/calls/{line.call_uuid}/").content.decode()


@pytest.mark.parametrize(
    ("kind", "data", "child", "expected"),
    [
        ("call_started", {"direction": "inbound"}, 0, "ap"),
        ("call_started", {"direction": "outbound"}, 0, "pa"),
        ("said", {}, 0, "pa"),
        ("digits", {}, 0, "ap"),
        ("digits", {}, 3, "bp"),
        ("leg_dialled", {}, 3, "pb"),
        ("legs_connected", {}, 3, "ab"),
        ("hung_up", {"source": "Caller"}, 0, "ap"),
        ("hung_up", {"source": "API Request"}, 0, "pa"),
        ("element_started", {}, 0, "p"),
        ("something_that_comes_later", {}, 2, "p"),
    ],
)
def test_a_rung_goes_from_whom_to_whom(kind, data, child, expected):
    assert rung(kind, data, child=child) == expected


def test_the_ladder_has_a_rung_for_every_line(bridged, signed_in):
    html = page(signed_in, bridged)
    assert html.count('class="story__line') == html.count('class="rung rung--')
    for way in ("ap", "pa", "pb", "bp", "ab"):
        assert f"rung--{way}" in html, way


def test_a_line_of_a_kind_that_nobody_knows_is_told_in_its_own_words(menu, signed_in):
    last = menu.call.last_seq
    CallEvent.objects.create(
        call=menu.call, seq=last + 1, kind="stream_began", data={"steps": [], "rules": []}
    )
    CallEvent.objects.create(
        call=menu.call, seq=last + 2, kind="room_entered", data={"message": "Joins the room."}
    )
    html = page(signed_in, menu)
    assert "Stream began." in html
    assert "Joins the room." in html


def test_legs_ring_are_up_and_end_on_their_lanes(bridged):
    found = drawn(bridged)
    assert [lane.name for lane in found.lanes] == ["A", "Platform", "B1", "B2"]
    looks = {(span.lane, span.look) for span in found.spans}
    assert {(0, "up"), (2, "ring"), (2, "up"), (3, "ring")} <= looks
    assert (3, "up") not in looks
    up = next(span for span in found.spans if (span.lane, span.look) == (2, "up"))
    assert up.end - up.begin == pytest.approx(10, abs=0.2)
    assert 0 < up.x < 100 and up.x + up.width <= 100.5


def test_elements_and_keys_stand_on_the_axis_in_order(menu):
    found = drawn(menu)
    elements = [span.label for span in found.spans if span.look == "element"]
    assert elements == ["GetDigits", "Speak"]
    assert "Keys 1" in [mark.label for mark in found.marks]
    assert [tick.x for tick in found.ticks] == sorted(tick.x for tick in found.ticks)
    assert len(found.ticks) <= 7


def test_a_living_call_grows_to_now(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: "<Response><Wait length='60'/></Response>"
    line = call_in(account, frozen).live(1)
    before = drawn(line).seconds
    frozen.advance(seconds=20)
    assert drawn(line).seconds == pytest.approx(before + 20, abs=0.1)


def test_the_figures_stand_behind_the_picture(bridged, signed_in):
    html = page(signed_in, bridged)
    assert re.search(r'<desc id="timeline-desc">3 legs within [0-9.]+ seconds', html)
    table = html[html.index("The figures") :]
    assert "<td>B1</td><td>Answered</td>" in table


def test_a_call_of_one_moment_is_drawn_too(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: (500, "")
    line = call_in(account, frozen).hang_up().live(1)
    assert drawn(line).seconds == 1


def test_a_document_is_lit_where_it_ran_and_dark_where_it_did_not(menu):
    first, second = trees(menu.call.started_at, services.story_events(menu.call))
    ran = {(one.name, one.line): bool(one.ran) for one in first.branches}
    assert ran == {
        ("Response", 1): False,
        ("GetDigits", 2): True,
        ("Speak", 3): True,
        ("Speak", 5): False,
    }
    assert [one.depth for one in first.branches] == [0, 1, 2, 1]
    assert second.url.endswith("/next/")
    assert second.branches[1].ran


def test_the_number_that_was_dialled_is_lit_and_the_one_that_was_not_is_dark(bridged):
    (tree,) = trees(bridged.call.started_at, services.story_events(bridged.call))
    numbers = [one for one in tree.branches if one.name == "Number"]
    assert {one.text: bool(one.ran) for one in numbers} == {FRIEND: True, "+15005550121": True}
    bridged.call.events.filter(kind="leg_dialled", data__to=FRIEND).delete()
    (tree,) = trees(bridged.call.started_at, services.story_events(bridged.call))
    numbers = [one for one in tree.branches if one.name == "Number"]
    assert {one.text: bool(one.ran) for one in numbers} == {FRIEND: False, "+15005550121": True}


def test_a_prompt_that_is_repeated_says_each_time(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: MENU.replace("numDigits", "retries='2' numDigits")
    line = call_in(account, frozen).live(20)
    (tree,) = trees(line.call.started_at, services.story_events(line.call))
    (asked,) = [one for one in tree.branches if one.text == "Press 1."]
    assert len(asked.ran) == 2


def test_an_element_that_ran_twice_says_both_times(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: (
        "<Response><Speak>Again.</Speak><Redirect>/answer/</Redirect></Response>"
    )
    line = call_in(account, frozen).live(12).hang_up().live(2)
    found = trees(line.call.started_at, services.story_events(line.call))
    assert len(found) == 3
    assert all(tree.branches[1].ran for tree in found)


def test_a_long_document_is_cut_and_says_so(frozen, account, did, server, signed_in):
    server.answers["/answer/"] = lambda got: (
        "<Response>" + "<Wait length='1'/>" * 60 + "</Response>"
    )
    line = call_in(account, frozen).live(3)
    (tree,) = trees(line.call.started_at, services.story_events(line.call))
    assert (len(tree.branches), tree.hidden) == (MOST_NODES, 61 - MOST_NODES)
    assert f"{61 - MOST_NODES} more elements are not shown." in page(signed_in, line)


def test_a_story_whose_bodies_were_deleted_has_no_trees(menu):
    for event in CallEvent.objects.filter(call=menu.call, kind="document_fetched"):
        event.data.pop("body")
        event.save()
    assert trees(menu.call.started_at, services.story_events(menu.call)) == []


def test_the_route_trace_is_told_with_its_reasons(bridged, signed_in):
    html = page(signed_in, bridged)
    assert "How the carrier was chosen" in html
    assert "Taken at priority 1." in html


def test_the_cause_is_told_in_plain_words_with_its_term(menu, signed_in):
    html = page(signed_in, menu)
    assert "/help/errors/4010/" in html
    assert "/help/glossary/hangup-cause/" in html


def test_what_a_page_has_no_room_for_stands_on_the_page_of_its_line(
    frozen, account, did, server, signed_in
):
    server.answers["/answer/"] = lambda got: (
        "<Response><Wait length='1'/><Redirect>/answer/</Redirect></Response>"
    )
    line = call_in(account, frozen).live(12).hang_up().live(2)
    html = page(signed_in, line)
    held = re.findall(r'<a href="\?line=([0-9]+)">Request and answer</a>', html)
    assert held
    answer = signed_in.get(f"/calls/{line.call_uuid}/", {"line": held[0]})
    after = answer.content.decode()
    first = after[after.index('<ol class="story">') :][:3000]
    assert "<summary>Request and answer</summary>" in first


def test_a_living_call_is_sent_again_only_when_something_happened(
    frozen, account, did, server, signed_in
):
    server.answers["/answer/"] = lambda got: "<Response><Wait length='60'/></Response>"
    line = call_in(account, frozen).live(1)
    asked = re.search(r'hx-get="(/calls/[^"]+seen=[0-9]+)"', page(signed_in, line))
    assert asked is not None
    url, htmx = asked[1].replace("&amp;", "&"), {"HX-Request": "true"}
    assert signed_in.get(url, headers=htmx).status_code == 204
    assert signed_in.get(url).status_code == 200  # a plain reload shows the page
    line.press("1").live(1)
    again = signed_in.get(url, headers=htmx)
    assert again.status_code == 200
    assert "Keys pressed: 1" in again.content.decode()


def test_the_story_can_be_taken_along_as_json(bridged, signed_in):
    answer = signed_in.get(f"/calls/{bridged.call_uuid}/story.json")
    assert answer.headers["Content-Type"] == "application/json"
    story = json.loads(answer.content)
    assert story["call_uuid"] == str(bridged.call_uuid)
    assert [leg["leg"] for leg in story["legs"]] == ["A", "B", "B"]
    assert story["legs"][2]["hangup_cause_name"] == "Busy Line"
    assert {"at", "kind", "leg", "child", "data"} == set(story["story"][0])
    assert "routed" in {one["kind"] for one in story["story"]}


def test_the_story_can_be_taken_along_as_markdown(menu, signed_in):
    answer = signed_in.get(f"/calls/{menu.call_uuid}/story.md")
    text = answer.content.decode()
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert text.startswith("# Call +12025550142 → +12065550150\n")
    assert "- Cause: 4010 End Of XML Instructions, by the platform" in text
    assert "  ```xml\n  <Response>" in text
    assert "**A** Keys pressed: 1" in text


def test_markdown_of_a_customer_is_text_and_no_fence_is_broken(
    frozen, account, did, server, signed_in
):
    server.answers["/answer/"] = lambda got: (
        "<Response><Speak>*bold* [x](http://example.com) ``` `</Speak></Response>"
    )
    line = call_in(account, frozen).live(30)
    text = signed_in.get(f"/calls/{line.call_uuid}/story.md").content.decode()
    assert "\\*bold\\* \\[x\\](http://example.com)" in text
    assert "  ````xml\n" in text


def test_htmx_gets_the_markdown_in_a_box_with_a_copy_button(menu, signed_in):
    answer = signed_in.get(f"/calls/{menu.call_uuid}/story.md", headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert "data-copy=" in html
    assert "<html" not in html


@pytest.mark.parametrize("form", ["json", "md"])
def test_ten_02_a_strangers_story_is_as_if_it_never_was(menu, client, stranger, form):
    client.force_login(stranger)
    theirs = client.get(f"/calls/{menu.call_uuid}/story.{form}")
    never = client.get(f"/calls/{uuid.uuid4()}/story.{form}")
    assert theirs.status_code == never.status_code == 404


def test_keys_that_are_not_to_be_logged_are_dots_in_every_form(
    frozen, account, did, server, signed_in
):
    server.answers["/answer/"] = lambda got: MENU.replace("numDigits", 'log="false" numDigits')
    server.answers["/next/"] = lambda got: BYE
    line = call_in(account, frozen).live(2).press("7").live(30)
    for name in ("story.json", "story.md", ""):
        text = signed_in.get(f"/calls/{line.call_uuid}/{name}").content.decode()
        assert "•" in text
        assert "pressed: 7" not in text and '"digits": "7"' not in text


def test_a_recorded_call_without_steps_is_drawn_from_its_legs(bridged, signed_in):
    bridged.call.delete()
    html = page(signed_in, bridged)
    assert "The steps of this call were not kept" in html
    assert "timeline__up" in html
    answer = signed_in.get(f"/calls/{bridged.call_uuid}/story.json")
    assert json.loads(answer.content)["story"] == []


def test_the_worst_page_stays_within_60_kilobytes(frozen, account, did, server, signed_in):
    words = "<Wait length='1' beep='true'/>" + "<!-- " + "x" * 1400 + " -->"
    server.answers["/answer/"] = lambda got: (
        "<Response>" + words * 3 + "<Redirect>/answer/?" + "y" * 200 + "</Redirect></Response>"
    )
    line = call_in(account, frozen).live(40).hang_up().live(2)
    assert len(page(signed_in, line).encode()) < 60 * 1024
