"""A program that does not give up: it asks again until it has an answer, under the same key.

It speaks to one web process or to several, as through a balancer that asks the next one when a
process does not take the connection. What it asks for again has the same Idempotency-Key (BG-10).
"""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from tests.faults.inside import wait_for_rest, wait_until
from tests.faults.programs import Program, told_of_messages, told_twice
from tests.faults.settings import PATIENCE
from tests.support.answer_server import AnswerServer

ARRIVING = "+15005550170"
ARRIVES = ("queued", "sent", "delivered")

_AGAIN = frozenset({409, 503})  # still running; come back later


@dataclass
class Patient:
    """Credentials, the web processes to ask in turn, and what they answered."""

    auth_id: str
    auth_token: str
    urls: list[str]
    statuses: Counter[int] = field(default_factory=Counter)
    without_advice: int = 0
    """Answers of 503 without Retry-After."""
    unanswered: int = 0
    """Connections that were refused or broke before an answer."""

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The body of the answer, as soon as there is one that is not "later"."""
        key, until = str(uuid.uuid4()), time.monotonic() + PATIENCE
        for url in itertools.cycle(self.urls):
            answer = self._ask(url, method, path, body, key)
            if answer is not None and answer.status_code not in _AGAIN:
                assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
                return answer.json() if answer.content else {}
            assert time.monotonic() < until, f"{method} {path}: no answer; {self.statuses}"
            time.sleep(0.1)
        raise AssertionError("no web process to ask")

    def _ask(
        self, url: str, method: str, path: str, body: dict[str, Any] | None, key: str
    ) -> httpx.Response | None:
        try:
            # A connection of its own: one that is kept may be closed under a request on its way.
            answer = httpx.request(
                method,
                f"{url}/v1/Account/{self.auth_id}/{path}",
                json=body,
                auth=(self.auth_id, self.auth_token),
                headers={"Idempotency-Key": key} if method == "POST" else {},
                timeout=120,
            )
        except httpx.TransportError:
            self.unanswered += 1
            return None
        self.statuses[answer.status_code] += 1
        self.without_advice += answer.status_code == 503 and "Retry-After" not in answer.headers
        return answer


class Texting:
    """Sends messages side by side, without a pause for long, until it is told to stop."""

    def __init__(
        self, sender: Patient, wanted: dict[str, Any], *, threads: int = 2, most: int = 300
    ) -> None:
        self.sent: list[str] = []
        self.failed: list[str] = []
        self._sender, self._wanted, self._most = sender, wanted, most
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def __enter__(self) -> Texting:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while len(self.sent) < self._most and not self._stop.wait(0.2):
            try:
                self._sender.send("GET", "Message/?limit=1")
                (one,) = self._sender.send("POST", "Message/", self._wanted)["message_uuid"]
            except AssertionError as error:
                self.failed.append(str(error)[:500])
                return
            self.sent.append(one)


def text_of(texter: Program, server: AnswerServer) -> dict[str, str]:
    """A message that arrives, and of which the customer's server is told."""
    return {
        "src": texter.number,
        "dst": ARRIVING,
        "text": "We deploy today.",
        "url": f"{server.url}/status/",
    }


def each_once(texter: Program, server: AnswerServer, sent: list[str], before: Decimal) -> int:
    """Asserts that each message was sent, reported, paid and told of once; gives the states told.

    All of them were sent to a number where messages arrive.
    """
    left = wait_for_rest(texter.stack, seconds=PATIENCE)
    assert left == [], f"left: {left}"
    rows = texter.listed("Message/")
    assert Counter(row["message_uuid"] for row in rows) == dict.fromkeys(sent, 1)
    assert texter.histories() == dict.fromkeys(sent, ARRIVES)
    paid = sum((Decimal(row["total_amount"]) for row in rows), Decimal(0))
    assert before - texter.credit == paid > 0
    wanted = {(message, word) for message in sent for word in ARRIVES}
    wait_until(
        lambda: set(told_of_messages(server)) >= wanted,
        seconds=PATIENCE,
        moving=lambda: len(server.received),
    )
    found = told_of_messages(server)
    assert set(found) == wanted
    assert told_twice(found) == {}
    return len(found)
