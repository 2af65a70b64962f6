"""Rooms while workers die: all come in, hear of it, and leave once; the room is over and empty."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

import pytest
from plivo import plivoxml

from tests.faults.inside import (
    ask,
    carried_out,
    one,
    stories,
    unfinished,
    wait_for_rest,
    wait_until,
)
from tests.faults.killer import Killer
from tests.faults.programs import (
    Program,
    as_uuid,
    delivered_once,
    program,
    repeats,
    told,
    told_twice,
)
from tests.faults.settings import KILL_EVERY, MEMBERS, PATIENCE, STRIKES
from tests.support.answer_server import AnswerServer

pytestmark = [pytest.mark.stack, pytest.mark.faults]

ENDED, LED, PARTY = "ended", "led", "party"
ROOMS = (ENDED, LED, PARTY)
CALLS = len(ROOMS) * MEMBERS
_MINE = "from conferences_room r join accounts_account a on a.id = r.account_id"
_HERE = f"""
    select count(*) {_MINE} join conferences_member m on m.room_id = r.id
    where a.auth_id = '{{}}' and m.left_at is null
"""
_LEFT = f"""
    select r.name, c.call_uuid, m.exit_cause {_MINE} join conferences_member m on m.room_id = r.id
    join calls_call c on c.id = m.call_id where a.auth_id = '{{}}'
"""
_ENTERED = """
    select count(*) from calls_callevent e join calls_call c on c.id = e.call_id
    join accounts_account a on a.id = c.account_id
    where a.auth_id = '{}' and e.kind = 'room_joined'
"""
_OVER = f"select r.name, r.state {_MINE} where a.auth_id = '{{}}'"


def test_rel_01_rooms_lose_nobody_and_keep_nobody_while_workers_are_killed(stack, tell):
    with AnswerServer() as server, program(stack, "rooms") as host:
        server.answers |= _answers(server.url)
        before, began = host.credit, time.monotonic()
        with Killer(stack) as killer:
            calls = _call_all(host, server, killer)
            _fill(host, calls)
            _empty(host, calls, killer)
            wait_until(lambda: not _here(host), seconds=3 * KILL_EVERY)
        left = wait_for_rest(stack, seconds=PATIENCE)
        took = time.monotonic() - began
        state = f"after {killer.kills} kills; left: {left}"

        assert left == [], state
        assert sorted(ask(stack, _OVER.format(host.auth_id))) == [(n, "ended") for n in ROOMS]
        members = [(as_uuid(uuid), name) for name, uuid, _ in _members(host)]
        assert sorted(members) == sorted(calls.items()), state
        assert all(cause for _, _, cause in _members(host)), state
        rows = host.listed("Call/")
        assert Counter(row["call_uuid"] for row in rows) == dict.fromkeys(calls, 1), state
        assert {row["call_state"] for row in rows} == {"ANSWER"}
        paid = sum((Decimal(row["total_amount"]) for row in rows), Decimal(0))
        assert before - host.credit == paid > 0

        wanted = _wanted(calls)
        wait_until(
            lambda: (
                set(_told(server)) >= wanted and delivered_once(host.tries("hangup")) == set(calls)
            ),
            seconds=PATIENCE,
            moving=lambda: len(server.received),
        )
        found = _told(server)
        assert set(found) == wanted, f"{state}; {sorted(wanted - set(found))}"
        assert told_twice(found) == {}
        assert delivered_once(host.tries("hangup")) == set(calls), state
        assert killer.kills >= STRIKES
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(
        f"two conferences and a multiparty call of {MEMBERS} each while workers were killed "
        f"{killer.kills} times: {len(members)} came in and left once, {len(rows)} records, {paid} "
        f"USD recorded and taken, {len(found)} events told ({repeats(found)} of them again under "
        f"the same id), 3 rooms over and empty ({took:.0f} s)"
    )


def _answers(url: str) -> dict:
    """The first caller of a room leads it: a conference's leader takes everybody along."""

    def conference(name: str, *, leads: bool) -> str:
        room = plivoxml.ConferenceElement(
            name, end_conference_on_exit=leads, callback_url=f"{url}/conference/"
        )
        return plivoxml.ResponseElement().add(room).to_string()

    def party(role: str) -> str:
        room = plivoxml.MultiPartyCallElement(
            PARTY, role=role, status_callback_url=f"{url}/mpc/", stay_alone=True
        )
        return plivoxml.ResponseElement().add(room).to_string()

    return {
        f"/{ENDED}/": lambda got: conference(ENDED, leads=False),
        f"/{LED}/": lambda got: conference(LED, leads=got.params["turn"] == "0"),
        f"/{PARTY}/": lambda got: party("agent" if got.params["turn"] == "0" else "customer"),
        **dict.fromkeys(("/conference/", "/mpc/", "/hangup/"), lambda _: ""),
    }


def _call_all(host: Program, server: AnswerServer, killer: Killer) -> dict[str, str]:
    """Asks for the calls; gives the room of each, the leaders first."""
    calls = {}
    for turn in range(MEMBERS):
        for name in ROOMS:
            wanted = {
                "from": host.number,
                "to": f"+150055501{turn:02d}",
                "answer_url": f"{server.url}/{name}/?turn={turn}",
                "hangup_url": f"{server.url}/hangup/",
                "ring_timeout": 3600,
            }
            calls[host.send("POST", "Call/", wanted)["request_uuid"]] = name
        if turn == MEMBERS // 2:
            killer.strike()
    return calls


def _fill(host: Program, calls: Iterable[str]) -> None:
    """Waits until everybody is in, and has heard so."""
    entered = _ENTERED.format(host.auth_id)
    here = wait_until(
        lambda: one(host.stack, entered) == CALLS,
        seconds=PATIENCE,
        moving=lambda: carried_out(host.stack),
    )
    told = [unfinished(host.stack), *stories(host.stack, calls)]
    assert here, f"{_here(host)} of {CALLS} are in a room; " + "\n".join(map(str, told))


def _empty(host: Program, calls: dict[str, str], killer: Killer) -> None:
    """Ends each room in its own way, and kills while it is ending."""
    leader = next(uuid for uuid, name in calls.items() if name == LED)
    for path in (f"Conference/{ENDED}/", f"Call/{leader}/", f"MultiPartyCall/name_{PARTY}/"):
        host.send("DELETE", path)
        killer.strike()


def _here(host: Program) -> int:
    return int(one(host.stack, _HERE.format(host.auth_id)))


def _members(host: Program) -> list[tuple[str, str, str]]:
    return ask(host.stack, _LEFT.format(host.auth_id))


def _wanted(calls: dict[str, str]) -> set[tuple[str, ...]]:
    """All that must be told: what happened, and to which call."""
    happened = {
        ENDED: ("ConferenceEnter", "ConferenceExit"),
        LED: ("ConferenceEnter", "ConferenceExit"),
        PARTY: ("ParticipantJoin", "ParticipantExit"),
    }
    wanted = {(event, uuid) for uuid, name in calls.items() for event in happened[name]}
    wanted |= {(event, "") for event in ("MPCInitialized", "MPCStart", "MPCEnd")}
    return wanted | {("Hangup", uuid) for uuid in calls}


def _told(server: AnswerServer) -> dict:
    """What was told, by event and call."""
    return {
        **told(server, "/conference/", "Event", "CallUUID"),
        **told(server, "/mpc/", "EventName", "ParticipantCallUUID"),
        **told(server, "/hangup/", "Event", "CallUUID"),
    }
