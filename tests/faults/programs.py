"""Customers' programs: they speak to the REST API, are told of things, and are charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from tests.faults.inside import ask, one
from tests.support.answer_server import AnswerServer, Received
from tests.support.client import patiently
from tests.support.stack import Stack

_TRIES = """
    select {what}, d.delivery, d.state, d.attempt from webhooks_webhookdelivery d
    join accounts_account a on a.id = d.account_id
    where a.auth_id = '{auth_id}' and d.purpose = '{purpose}' and d.origin = 'try'
"""
_EVENTS = """
    select m.uuid, e.state from sms_messageevent e
    join sms_message m on m.id = e.message_id
    join accounts_account a on a.id = m.account_id
    where a.auth_id = '{}' order by m.id, e.sequence
"""
_CREDIT = "select credit from accounts_account where auth_id = '{}'"


def as_uuid(value: object) -> str:
    """A UUID in its usual form, whichever database it comes from."""
    return str(UUID(str(value)))


@dataclass
class Program:
    """Has the credentials of a full account and a number of its own."""

    stack: Stack
    auth_id: str
    client: httpx.Client
    auth_token: str = ""
    number: str = ""

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """An API request that must succeed; the body of its answer."""
        answer = patiently(lambda: self.client.request(method, path, json=body))
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:1500]}"
        return answer.json() if answer.content else {}

    def listed(self, path: str) -> list[dict[str, Any]]:
        """All objects of a list, page by page."""
        found: list[dict[str, Any]] = []
        while page := self.send("GET", f"{path}?limit=20&offset={len(found)}")["objects"]:
            found += page
        return found

    @property
    def credit(self) -> Decimal:
        """What is left, to the last digit."""
        left = Decimal(str(one(self.stack, _CREDIT.format(self.auth_id))))
        return left.quantize(Decimal("0.00001"))

    def tries(self, purpose: str, *, by: str = "d.call_uuid") -> dict[str, list[tuple[str, str]]]:
        """Delivery id and state of every try of a purpose, by call."""
        query = _TRIES.format(what=by, auth_id=self.auth_id, purpose=purpose)
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for of, delivery, state, _ in ask(self.stack, query):
            found[as_uuid(of)].append((as_uuid(delivery), state))
        return dict(found)

    def histories(self) -> dict[str, tuple[str, ...]]:
        """The states that each message went through, in order."""
        found: dict[str, tuple[str, ...]] = {}
        for message, state in ask(self.stack, _EVENTS.format(self.auth_id)):
            key = as_uuid(message)
            found[key] = (*found.get(key, ()), state)
        return found


@contextmanager
def program(stack: Stack, name: str) -> Iterator[Program]:
    """A new full account with a rented number."""
    words = ["--email", f"{name}@example.com", "--plan", "full", "--credit", "100", "--json"]
    made = stack.manage("create_account", *words)
    base = f"{stack.url}/v1/Account/{made['auth_id']}/"
    pair = (made["auth_id"], made["auth_token"])
    with httpx.Client(base_url=base, auth=pair, timeout=120) as client:
        it = Program(stack, made["auth_id"], client, made["auth_token"])
        wanted = "PhoneNumber/?country_iso=US&services=voice,sms&limit=1"
        number = it.send("GET", wanted)["objects"][0]["number"]
        it.send("POST", f"PhoneNumber/{number}/")
        it.number = f"+{number}"
        yield it


def told(server: AnswerServer, path: str, *names: str) -> dict[tuple[str, ...], list[Received]]:
    """What came to a path, by the values of these parameters."""
    found: dict[tuple[str, ...], list[Received]] = defaultdict(list)
    for got in server.seen(path):
        found[tuple(got.params.get(name, "") for name in names)].append(got)
    return dict(found)


def told_of_messages(server: AnswerServer) -> dict[tuple[str, ...], list[Received]]:
    """What came to /status/, by message and state."""
    return told(server, "/status/", "MessageUUID", "Status")


def repeats(found: dict[Any, list[Received]]) -> int:
    """How many requests repeat an earlier one."""
    return sum(len(some) - 1 for some in found.values())


def told_twice(found: dict[Any, list[Received]]) -> dict[Any, set[str]]:
    """What was told under more than one delivery id: twice, for a customer who looks at it."""
    ids = {key: {_delivery(got) for got in some} for key, some in found.items()}
    return {key: some for key, some in ids.items() if len(some) > 1}


def delivered_once(tries: dict[str, list[tuple[str, str]]]) -> set[str]:
    """The calls with a single delivery, which came through.

    A try may repeat it under its id: when its worker died, or was too slow for its lease.
    """
    return {
        of
        for of, some in tries.items()
        if len({delivery for delivery, _ in some}) == 1
        and "delivered" in {state for _, state in some}
    }


def _delivery(got: Received) -> str:
    return {name.lower(): value for name, value in got.headers.items()}["x-ringfence-delivery"]
