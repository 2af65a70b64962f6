"""Calls while workers die: each ends once, is recorded, paid for, heard and told once."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from plivo import plivoxml

from tests.faults.inside import ask, one, wait_for_rest, wait_until
from tests.faults.killer import Killer, strike_amid
from tests.faults.people import Customer, customers
from tests.faults.settings import CALLS, KILL_EVERY, PATIENCE, STRIKES
from tests.support.answer_server import AnswerServer

pytestmark = [pytest.mark.stack, pytest.mark.faults]

# Each line's callers, what they hear, and the causes of the A leg and of its B leg.
SPEAK, MENU, DIAL = "speak", "menu", "dial"
HEARD = {
    SPEAK: ["Good day to you."],
    MENU: ["Press a key now.", "You pressed 7."],
    DIAL: [
        "Please hold the line.",
        "It rings at the other end",
        "You are talking with {callee}.",
        "Back to you.",
    ],
}
CAUSES = {SPEAK: ("4000", "Answer XML"), MENU: ("4010", "Plivo"), DIAL: ("4010", "Plivo")}
CALLEE = "+15055550150"


def answers(url: str) -> dict:
    """The customer's program."""
    xml = plivoxml

    def menu(_request) -> str:
        keys = xml.GetDigitsElement(action=f"{url}/pressed/", num_digits=1, timeout=1200, retries=1)
        return xml.ResponseElement().add(keys.add(xml.SpeakElement("Press a key now."))).to_string()

    def say(*words: str):
        document = xml.ResponseElement()
        for text in words:
            document.add(xml.SpeakElement(text))
        return document

    def dial(got) -> str:
        target = xml.DialElement(caller_id=got.params["To"], timeout=1200).add(
            xml.NumberElement(CALLEE)
        )
        before = say("Please hold the line.").add(target)
        return before.add(xml.SpeakElement("Back to you.")).to_string()

    return {
        f"/{SPEAK}/": lambda _: say("Good day to you.").add(xml.HangupElement()).to_string(),
        f"/{MENU}/": menu,
        f"/{DIAL}/": dial,
        "/pressed/": lambda got: say(f"You pressed {got.params.get('Digits')}.").to_string(),
        "/hangup/": lambda _: "",
    }


def shares(total: int) -> dict[str, int]:
    """How many calls each line gets: a fifth have keys, a tenth a second phone."""
    menus, dials = total // 5, total // 10
    return {SPEAK: total - menus - dials, MENU: menus, DIAL: dials}


def test_each_call_ends_once_while_workers_are_killed(stack, tell):
    with AnswerServer() as server, customers(stack, 1, "calls") as (person,):
        server.answers |= answers(server.url)
        lines = {
            kind: person.line(kind, f"{server.url}/{kind}/", f"{server.url}/hangup/")
            for kind in HEARD
        }
        phones = _phones(person)
        before = _credit(stack)
        began = time.monotonic()
        with Killer(stack) as killer:
            _call_all(person, phones, lines, after=strike_amid(killer, of=CALLS))
            _press_keys(stack, person, phones[MENU])
            wait_until(lambda: _ended(stack) >= CALLS, seconds=3 * KILL_EVERY)
        left = wait_for_rest(stack, seconds=PATIENCE)
        took = time.monotonic() - began

        rows = _records(person)
        first = [row for row in rows if row["leg"] == "A"]
        kinds = {number: kind for kind, number in lines.items()}
        wrong = [
            row
            for row in first
            if (row["hangup_cause_code"], row["hangup_source"]) != CAUSES[kinds[row["to_number"]]]
        ]
        state = f"after {killer.kills} kills; left: {left}"
        assert Counter(kinds[row["to_number"]] for row in first) == shares(CALLS), state
        assert left == [], state
        assert wrong == [], f"{state}; {[_told_why(stack, row) for row in wrong]}"
        assert len({row["call_uuid"] for row in rows}) == len(rows)
        normal = ("ANSWER", "Normal Hangup")
        assert _b_legs(rows) == [normal] * shares(CALLS)[DIAL], state
        misheard = _misheard(person, phones)
        assert misheard == [], f"{misheard} {state} {_b_legs(rows)}"
        paid = sum((Decimal(row["total_amount"]) for row in rows), Decimal(0))
        assert before - _credit(stack) == paid
        assert paid > 0
        ended = {row["call_uuid"] for row in first}
        # Told again after a killed worker's lease; after a server's own failure, 5 s later.
        wait_until(
            lambda: set(_told(server)) >= ended,
            seconds=PATIENCE,
            moving=lambda: len(_told(server)),
        )
        told = _told(server)
        assert set(told) == ended, f"{state}; {_untold(stack)}"
        assert {uuid for uuid, deliveries in told.items() if len(set(deliveries)) > 1} == set()
        assert killer.kills >= STRIKES
    assert one(stack, "select count(*) from network_handsetcall where state <> 'ended'") == 0
    again = sum(len(deliveries) - 1 for deliveries in told.values())
    tell(
        f"{CALLS} calls while workers were killed {killer.kills} times: {len(first)} A-leg and "
        f"{len(rows) - len(first)} B-leg records, each with its cause, captions once, "
        f"{paid} USD recorded and taken, {len(told)} hangup deliveries ({again} of them repeated "
        f"under the same id), 0 left living ({took:.0f} s)"
    )


def _phones(person: Customer) -> dict[str, list[str]]:
    """A phone for every call, so that each phone's page tells of one call."""
    numbers = iter(f"+1{415 + n // 100}55501{n % 100:02d}" for n in range(CALLS))
    phones = {kind: [next(numbers) for _ in range(n)] for kind, n in shares(CALLS).items()}
    for number in (CALLEE, *(number for some in phones.values() for number in some)):
        person.add_phone(number)
    person.script(CALLEE, on_ring="answer", after="1", hangup_after="3")
    return phones


def _call_all(
    person: Customer,
    phones: dict[str, list[str]],
    lines: dict[str, str],
    *,
    after: Callable[[], None],
) -> None:
    """Every phone calls its line, the three lines side by side."""

    def call(kind: str) -> None:
        for number in phones[kind]:
            person.press(number, "call", to=lines[kind])
            after()

    with ThreadPoolExecutor(len(lines)) as pool:
        list(pool.map(call, lines))


def _press_keys(stack, person: Customer, phones: list[str]) -> None:
    """Each presses 7 when it has heard that it should."""
    asked = (
        "select number from network_handsetcall c join network_handsetcaption h on "
        "h.call_id = c.call_uuid where h.text = 'Press a key now.' and c.state = 'up'"
    )
    waiting, until = set(phones), time.monotonic() + PATIENCE
    while waiting and time.monotonic() < until:
        before = len(waiting)
        for (number,) in ask(stack, asked):
            if number in waiting:
                person.press(number, "digits", digits="7")
                waiting.remove(number)
        if len(waiting) < before:
            until = time.monotonic() + PATIENCE
        time.sleep(0.2)
    assert not waiting, f"never asked for a key: {waiting}"


def _ended(stack) -> int:
    return one(stack, "select count(*) from calls_call where phase = 'ended' and not platform")


def _credit(stack) -> Decimal:
    query = (
        "select a.credit from accounts_account a join accounts_membership m on m.account_id = a.id "
        "join accounts_user u on u.id = m.user_id where u.email = 'calls0@example.com'"
    )
    return Decimal(str(one(stack, query))).quantize(Decimal("0.00001"))


def _records(person: Customer) -> list[dict[str, str]]:
    text = person.client.get("/calls/calls.csv").text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _told_why(stack, row: dict[str, str]) -> list[object]:
    """The row's cause and the last lines of its call's story."""
    story = (
        "select e.kind, e.at, e.data from calls_callevent e join calls_call c on c.id = e.call_id "
        "where c.from_number = '{}' order by e.seq"
    )
    lines = ask(stack, story.format(row["from_number"]))
    return [row["to_number"], row["hangup_cause_name"], *(str(line)[:300] for line in lines[-8:])]


def _b_legs(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(row["call_state"], row["hangup_cause_name"]) for row in rows if row["leg"] == "B"]


def _misheard(person: Customer, phones: dict[str, list[str]]) -> list:
    """Phones that heard something else than they should, or something twice."""
    wrong = []
    for kind, numbers in phones.items():
        want = [[text.format(callee=CALLEE) for text in HEARD[kind]]]
        for number in numbers:
            heard = list(person.heard(number).values())
            if heard != want:
                wrong.append((number, kind, heard))
    return wrong


def _untold(stack) -> list[tuple]:
    """Notifications that are still to be made, and how their tries went."""
    rows = "select state, attempts, next_at, last_error from core_outboxrow where state <> 'done'"
    tries = (
        "select attempt, state, error, sentence, count(*) from webhooks_webhookdelivery "
        "where purpose = 'hangup' group by attempt, state, error, sentence"
    )
    return [*ask(stack, f"{rows} and kind = 'webhooks.notify'"), *ask(stack, tries)]


def _told(server: AnswerServer) -> dict[str, list[str]]:
    """The delivery ids under which the end of each call was told."""
    told: dict[str, list[str]] = {}
    for got in server.seen("/hangup/"):
        headers = {name.lower(): value for name, value in got.headers.items()}
        told.setdefault(got.params["CallUUID"], []).append(headers["x-ringfence-delivery"])
    return told
