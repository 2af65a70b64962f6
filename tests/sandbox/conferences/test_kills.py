"""REL-01: a worker killed at any statement leaves a room as it would have been."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.core import outbox
from console.core.models import OutboxRow, OutboxState
from console.records.models import Cdr
from sandbox.conferences.models import Member
from sandbox.recordings.models import Recording
from tests.sandbox.calls.conftest import Line, call_in
from tests.sandbox.calls.test_kills import OURS as CALLS
from tests.sandbox.calls.test_kills import run_killed_everywhere
from tests.sandbox.conferences.conftest import FRIEND, PHONE, room

pytestmark = pytest.mark.django_db
OURS = (*CALLS, "room.tell", "room.limit")
WAITS = (
    "<MultiPartyCall role='customer' startMpcOnEnter='false' exitSound='/out/'"
    " relayDTMFInputs='true' maxDuration='300' statusCallbackUrl='/status/' record='true'>"
    "Support</MultiPartyCall>"
)
STARTS = "<MultiPartyCall role='agent' stayAlone='true'>Support</MultiPartyCall>"


def live(still, seconds: float, *, killing: bool) -> int:
    """As `drain`, with every worker killed at every statement of our handlers."""
    until, kills = still.moment + timedelta(seconds=seconds), 0
    waiting = OutboxRow.objects.filter(state=OutboxState.PENDING, next_at__lte=until)
    while row := waiting.order_by("next_at", "pk").first():
        still.moment = max(still.moment, row.next_at)
        if killing and row.kind in OURS:
            kills += run_killed_everywhere(row)
        else:
            run_once(row)
        OutboxRow.objects.filter(pk=row.pk).update(state=OutboxState.DONE)
    still.moment = until
    return kills


def run_once(row: OutboxRow) -> None:
    """As a worker that lives."""
    outbox.HANDLERS[row.kind](row.payload, row)


def a_meeting(account, still, *, killing: bool) -> tuple[list[Line], int]:
    """One waits, one comes and starts; keys; the customer hangs up; the rest ends by time."""
    first = call_in(account, still, from_=PHONE)
    kills = live(still, 1, killing=killing)
    second = call_in(account, still, from_=FRIEND)
    kills += live(still, 1, killing=killing)
    first.press("7", "seven")
    kills += live(still, 1, killing=killing)
    first.hang_up()
    kills += live(still, 400, killing=killing)
    return [first, second], kills


def outcome(server, lines: list[Line]) -> dict[str, Any]:
    """All that a user can see of the meeting."""
    uuids = [line.call_uuid for line in lines]
    records = Cdr.objects.filter(call_uuid__in=uuids).order_by("from_number")
    members = Member.objects.filter(room=room()).order_by("member_id")
    taped = Recording.objects.unscoped("a test").filter(mpc_uuid=room().room_uuid)
    told = [got.params["EventName"] for got in server.received if got.path == "/status/"]
    return {
        "heard": [line.heard for line in lines],
        # Rows that are due at the same instant have no order of their own: kinds and names alone.
        "story": [sorted({one.kind for one in line.story}) for line in lines],
        "records": list(records.values_list("hangup_code", "duration", "amount")),
        "room": (room().state, room().termination, room().seconds),
        "members": list(members.values_list("member_id", "exit_cause", "told", "version")),
        "status": sorted(told),
        "recordings": taped.count(),
    }


def test_rel_01_a_meeting_survives_a_kill_at_every_statement(
    account, frozen, server, answers, settings, tmp_path, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setenv("PATH", str(tmp_path))
    server.answers["/out/"] = lambda got: "<Response><Speak>Goodbye.</Speak></Response>"
    answers(phone=WAITS, friend=STARTS)
    lines, _ = a_meeting(account, frozen, killing=False)
    plain = outcome(server, lines)
    server.received.clear()
    lines, kills = a_meeting(account, frozen, killing=True)
    assert kills > 150
    assert outcome(server, lines) == plain
    assert plain["status"] == sorted(
        ["MPCInitialized", "MPCStart", "MPCEnd", *["ParticipantJoin", "ParticipantExit"] * 2]
    )
    assert plain["recordings"] == 1
    assert Member.objects.filter(left_at=None).count() == 0
