"""A policy that opens loopback, and DNS answers handed in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest

from sandbox.webhooks import services
from sandbox.webhooks.addresses import AddressRules, parse_networks
from sandbox.webhooks.chaos import Dice, no_fault
from sandbox.webhooks.client import fetch
from sandbox.webhooks.policy import FetchResult, OutgoingRequest, Policy
from sandbox.webhooks.resolver import LookupFailedError
from tests.sandbox.webhooks.answer_server import AnswerServer, running

LOOPBACK = AddressRules(allow_nets=parse_networks(["127.0.0.0/8"]))
DEVELOPMENT = Policy(addresses=LOOPBACK, user_agent="Ringfence/0.1")


class Names:
    """DNS answers; every name is 127.0.0.1 unless it is told otherwise."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def resolve(self, host: str, *, timeout: float, owner: str = "") -> tuple[Any, ...]:
        self.asked.append(host)
        found = self.answers.get(host.partition(".")[0], ["127.0.0.1"])
        if found == ["never"]:
            time.sleep(timeout)
            raise LookupFailedError(timed_out=True)
        if not found:
            raise LookupFailedError
        return tuple(ip_address(text) for text in found)


@pytest.fixture
def server() -> Iterator[AnswerServer]:
    """A server that answers everything with XML."""
    with running() as found:
        yield found


def call(
    url: str,
    *,
    names: Names | None = None,
    policy: Policy = DEVELOPMENT,
    dice: Dice = no_fault,
    **fields: Any,
):
    """Fetches with the development policy."""
    request = OutgoingRequest(url=url, **fields)
    return fetch(request, policy=policy, resolver=names or Names(), dice=dice)


def strict(**fields: Any) -> Policy:
    """The policy of production."""
    return replace(Policy(), **fields)


__all__ = ["DEVELOPMENT", "FetchResult", "Names", "call", "strict"]


@pytest.fixture
def opened(settings, monkeypatch) -> None:
    """Loopback is open, and every name leads there."""
    settings.WEBHOOK_ALLOW_NETS = parse_networks(["127.0.0.0/8"])
    monkeypatch.setattr(services, "resolver", Names())
