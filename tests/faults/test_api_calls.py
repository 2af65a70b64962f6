"""Calls that a program asks for while workers die: each ends, is recorded, paid and told once."""

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
from tests.faults.killer import Killer, strike_amid
from tests.faults.programs import (
    Program,
    as_uuid,
    delivered_once,
    program,
    repeats,
    told,
    told_twice,
)
from tests.faults.settings import API_CALLS, KILL_EVERY, PATIENCE, STRIKES
from tests.support.answer_server import AnswerServer

pytestmark = [pytest.mark.stack, pytest.mark.faults]

# Who is called, with which document, and how such a call must end. Few calls ring one number at a
# time, or some would be refused for that.
SPOKEN, BUSY, REJECTS, LEAVES, ENDED = "spoken", "busy", "rejects", "leaves", "ended"
KINDS = {
    SPOKEN: (tuple(range(101, 109)), "speak", (4000, "Answer XML")),
    BUSY: ((121,), "speak", (3010, "Callee")),
    REJECTS: ((123,), "speak", (3020, "Callee")),
    LEAVES: ((161, 162, 163), "stay", (4000, "Callee")),
    ENDED: ((100, 109, 110), "stay", (4000, "API Request")),
}
ANSWERED = (SPOKEN, LEAVES, ENDED)
PATIENT = 3600  # seconds of ringing: a killed worker's lease must not end a call
WORDS = "Good day to you."
_ENDED = """
    select count(*) from calls_call c join accounts_account a on a.id = c.account_id
    where c.phase = 'ended' and a.auth_id = '{}'
"""


def kind_of(turn: int) -> str:
    """Half of the calls hear words and are ended by their document; the others take turns."""
    return SPOKEN if turn % 2 else (BUSY, LEAVES, ENDED, REJECTS)[turn // 2 % 4]


def test_rel_01_each_call_of_the_api_ends_once_while_workers_are_killed(stack, tell):
    with AnswerServer() as server, program(stack, "api-calls") as caller:
        server.answers |= _answers()
        before, began = caller.credit, time.monotonic()
        ended = _ENDED.format(caller.auth_id)
        with Killer(stack) as killer:
            kinds = _call_all(caller, server, killer)
            _hang_up(caller, [uuid for uuid, kind in kinds.items() if kind == ENDED])
            wait_until(lambda: one(stack, ended) >= API_CALLS, seconds=3 * KILL_EVERY)
        left = wait_for_rest(stack, seconds=PATIENCE)
        took = time.monotonic() - began
        state = f"after {killer.kills} kills; left: {left}"

        rows = caller.listed("Call/")
        ends = {row["call_uuid"]: (row["hangup_cause_code"], row["hangup_source"]) for row in rows}
        assert left == [], state
        assert Counter(row["call_uuid"] for row in rows) == dict.fromkeys(kinds, 1), state
        assert ends == {uuid: KINDS[kind][2] for uuid, kind in kinds.items()}, state
        paid = sum((Decimal(row["total_amount"]) for row in rows), Decimal(0))
        assert before - caller.credit == paid > 0
        assert _permits(caller) == API_CALLS

        answered = {uuid for uuid, kind in kinds.items() if kind in ANSWERED}
        wait_until(
            lambda: (
                set(kinds) == delivered_once(caller.tries("hangup"))
                and answered <= delivered_once(caller.tries("ring"))
            ),
            seconds=PATIENCE,
            moving=lambda: len(server.received),
        )
        hangups, rings = (told(server, path, "CallUUID") for path in ("/hangup/", "/ring/"))
        assert delivered_once(caller.tries("hangup")) == set(kinds), state
        assert {uuid for (uuid,) in hangups} == set(kinds)
        assert answered <= {uuid for (uuid,) in rings} <= set(kinds)
        assert [told_twice(found) for found in (hangups, rings)] == [{}, {}]
        heard = _heard(caller)
        spoken = {uuid for uuid, kind in kinds.items() if kind == SPOKEN}
        assert heard == {key: [WORDS] for key in spoken}, state
        assert killer.kills >= STRIKES
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(
        f"{API_CALLS} calls asked for over the API while workers were killed {killer.kills} times: "
        f"{len(rows)} records, each with its cause, {len(heard)} heard their words once, {paid} "
        f"USD recorded and taken, {len(hangups)} ends told ({repeats(hangups)} of them again "
        f"under the same id), 0 lost, 0 doubled ({took:.0f} s)"
    )


def _answers() -> dict:
    response = plivoxml.ResponseElement
    speak = response().add(plivoxml.SpeakElement(WORDS)).add(plivoxml.HangupElement()).to_string()
    stay = response().add(plivoxml.WaitElement(length=3600)).to_string()
    return {
        "/speak/": lambda _: speak,
        "/stay/": lambda _: stay,
        "/hangup/": lambda _: "",
        "/ring/": lambda _: "",
    }


def _call_all(caller: Program, server: AnswerServer, killer: Killer) -> dict[str, str]:
    """Asks for the calls, with kills amid; gives the kind of each."""
    kinds, after = {}, strike_amid(killer, of=API_CALLS)
    for turn in range(API_CALLS):
        endings, document, _ = KINDS[kind_of(turn)]
        wanted = {
            "from": caller.number,
            "to": f"+15005550{endings[turn // 2 % len(endings)]}",
            "answer_url": f"{server.url}/{document}/",
            "hangup_url": f"{server.url}/hangup/",
            "ring_url": f"{server.url}/ring/",
            "ring_timeout": PATIENT,
        }
        kinds[caller.send("POST", "Call/", wanted)["request_uuid"]] = kind_of(turn)
        after()
    return kinds


def _hang_up(caller: Program, uuids: list[str]) -> None:
    """Ends each as soon as it is up."""
    those = "select call_uuid from calls_leg where state = 'up'"
    waiting = set(uuids)

    def some() -> bool:
        for (found,) in ask(caller.stack, those):
            if (uuid := as_uuid(found)) in waiting:
                caller.send("DELETE", f"Call/{uuid}/")
                waiting.remove(uuid)
        return not waiting

    up = wait_until(some, seconds=PATIENCE, moving=lambda: carried_out(caller.stack))
    assert up, f"never up: {_why(caller, waiting)}"


def _why(caller: Program, uuids: Iterable[str]) -> str:
    """What a failing test tells about calls that got stuck."""
    told = [unfinished(caller.stack), *stories(caller.stack, uuids), caller.stack.logs()]
    return "\n".join(str(one) for one in told)


def _permits(caller: Program) -> int:
    query = (
        "select count(*) from network_permit p join accounts_account a on a.id = p.account_id "
        f"where a.auth_id = '{caller.auth_id}' and p.consumed_at is not null"
    )
    return int(one(caller.stack, query))


def _heard(caller: Program) -> dict[str, list[str]]:
    """What was heard in each call to the numbers that hear words."""
    heard = {}
    for ending in KINDS[SPOKEN][0]:
        shown = caller.send("GET", f"Sandbox/Handset/+15005550{ending}/")["calls"]
        heard |= {call["call_uuid"]: [one["text"] for one in call["heard"]] for call in shown}
    return heard
