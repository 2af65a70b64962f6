"""The rooms page with people in it: axe, widths, complaints, in a browser."""

from __future__ import annotations

import pytest

from console.core import clock
from sandbox.calls.models import Call, CallPhase
from sandbox.conferences.models import Kind, Member, Room, RoomState
from tests.support.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crowd(account) -> None:
    """A conference of two, one of them muted, and a multiparty call that waits."""
    now = clock.now()
    talk = Room.objects.create(
        account=account,
        kind=Kind.CONFERENCE,
        name="Monday stand-up",
        state=RoomState.ACTIVE,
        started_at=now,
    )
    desk = Room.objects.create(account=account, kind=Kind.MPC, name="Support")
    for number, (room, role) in enumerate(((talk, ""), (talk, ""), (desk, "supervisor")), 1):
        call = Call.objects.create(
            account=account,
            direction="inbound",
            from_number=f"+1202555014{number}",
            to_number="+14155550100",
            phase=CallPhase.LIVE,
            wake_by=now,
        )
        Member.objects.create(
            room=room,
            call=call,
            member_id=number,
            join_id=1,
            role=role,
            coach=bool(role),
            muted=number == 2,
        )


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_rooms_page_with_people_in_it_is_clean(browse, owner, crowd, width, scheme):
    seen = browse(owner, width=width, scheme=scheme)
    seen.page.goto(f"{seen.base}/calls/rooms/", wait_until="load")
    found = violations(seen.page)
    assert [(one["id"], [n["target"] for n in one["nodes"]]) for one in found] == []
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []


def test_muting_in_the_browser_shows_at_once(browse, owner, crowd):
    seen = browse(owner)
    page = seen.page
    page.goto(f"{seen.base}/calls/rooms/", wait_until="load")
    page.get_by_role("button", name="Mute member 1 of Monday stand-up").click()
    page.get_by_role("button", name="Unmute member 1 of Monday stand-up").wait_for()
    assert Member.objects.get(member_id=1).muted
