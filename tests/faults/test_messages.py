"""Messages while workers die: each is sent, reported, paid for and told of once."""

from __future__ import annotations

import time
from collections import Counter
from decimal import Decimal

import pytest

from tests.faults.inside import one, wait_for_rest, wait_until
from tests.faults.killer import Killer, strike_amid
from tests.faults.programs import Program, program, repeats, told_of_messages, told_twice
from tests.faults.settings import KILL_EVERY, MESSAGES, PATIENCE, STRIKES
from tests.support.answer_server import AnswerServer

pytestmark = [pytest.mark.stack, pytest.mark.faults]

# To whom in turn, and the states that such a message goes through.
PHONE = "+12065550142"
ARRIVES, FAILS = ("queued", "sent", "delivered"), ("queued", "sent", "undelivered")
FATES = (
    (PHONE, ARRIVES),
    ("+15005550170", ARRIVES),  # at once
    ("+15005550171", ARRIVES),  # after ten seconds
    ("+15005550182", FAILS),
)
_SETTLED = """
    select count(*) from sms_message m join accounts_account a on a.id = m.account_id
    where a.auth_id = '{}' and m.state in ('delivered', 'undelivered', 'failed', 'rejected')
"""


def test_rel_01_each_message_arrives_once_while_workers_are_killed(stack, tell):
    with AnswerServer({"/status/": lambda _: ""}) as server, program(stack, "texts") as texter:
        stack.manage("verify_number", texter.auth_id, PHONE, "--json")
        before, began = texter.credit, time.monotonic()
        with Killer(stack) as killer:
            sent = _send_all(texter, server, killer)
            wait_until(lambda: _settled(texter) >= MESSAGES, seconds=3 * KILL_EVERY)
        left = wait_for_rest(stack, seconds=PATIENCE)
        took = time.monotonic() - began
        state = f"after {killer.kills} kills; left: {left}"

        rows = texter.listed("Message/")
        assert left == [], state
        assert Counter(row["message_uuid"] for row in rows) == dict.fromkeys(sent, 1), state
        ends = {row["message_uuid"]: row["message_state"] for row in rows}
        assert ends == {uuid: FATES[fate][1][-1] for uuid, fate in sent.items()}, state
        assert texter.histories() == {uuid: FATES[fate][1] for uuid, fate in sent.items()}, state
        paid = sum((Decimal(row["total_amount"]) for row in rows), Decimal(0))
        assert before - texter.credit == paid > 0
        shown = [one["text"] for one in _shown(texter)]
        assert sorted(shown) == sorted(f"Text {turn}" for turn in range(0, MESSAGES, len(FATES)))

        wanted = {(uuid, word) for uuid, fate in sent.items() for word in FATES[fate][1]}
        wait_until(
            lambda: set(told_of_messages(server)) >= wanted,
            seconds=PATIENCE,
            moving=lambda: len(server.received),
        )
        found = told_of_messages(server)
        assert set(found) == wanted, state
        assert told_twice(found) == {}
        assert killer.kills >= STRIKES
    assert stack.manage("trust_invariants", "--json") == {"ok": True, "broken": {}}
    tell(
        f"{MESSAGES} messages sent while workers were killed {killer.kills} times: {len(rows)} "
        f"records, each with one history, {len(shown)} texts on a handset once each, {paid} USD "
        f"recorded and taken, {len(found)} states told ({repeats(found)} of them again under the "
        f"same id), 0 lost, 0 doubled ({took:.0f} s)"
    )


def _send_all(texter: Program, server: AnswerServer, killer: Killer) -> dict[str, int]:
    """Sends the messages, with kills amid; gives which fate each has."""
    sent, after = {}, strike_amid(killer, of=MESSAGES)
    for turn in range(MESSAGES):
        fate = turn % len(FATES)
        wanted = {
            "src": texter.number,
            "dst": FATES[fate][0],
            "text": f"Text {turn}",
            "url": f"{server.url}/status/",
        }
        (uuid,) = texter.send("POST", "Message/", wanted)["message_uuid"]
        sent[uuid] = fate
        after()
    return sent


def _settled(texter: Program) -> int:
    return int(one(texter.stack, _SETTLED.format(texter.auth_id)))


def _shown(texter: Program) -> list[dict[str, str]]:
    return texter.send("GET", f"Sandbox/Handset/{PHONE}/")["messages"]
