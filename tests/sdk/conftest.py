"""A running stack, an account on it, and the official Python SDK pointed at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import plivo
import plivo.resources.lookup as lookup
import plivo.rest.client as rest
import pytest

from tests.bench.codes import ROOMY
from tests.support.answer_server import AnswerServer
from tests.support.stack import Stack, running

SETTINGS = ROOMY | {"RINGFENCE_TIME_SCALE": "10", "RINGFENCE_TRUST_API_REQUESTS_5_S": "100000"}


@dataclass
class Sdk:
    """A customer with the SDK: `client` is a RestClient of theirs."""

    stack: Stack
    auth_id: str
    token: str
    client: Any


@pytest.fixture(scope="session")
def sdk_stack() -> Iterator[Stack]:
    """Web, workers and beat as processes; the SDK's hosts lead there (compat/README.md 1.2)."""
    with running(**SETTINGS) as stack:
        base = f"{stack.url}/v1/Account"
        rest.PLIVO_API_BASE_URI = rest.API_VOICE_BASE_URI = base
        rest.API_VOICE_BASE_URI_FALLBACK_1 = rest.API_VOICE_BASE_URI_FALLBACK_2 = base
        rest.CALLINSIGHTS_BASE_URL = stack.url
        lookup.LOOKUP_API_ENDPOINT = f"{stack.url}/v1/Number"
        yield stack


def customer(stack: Stack, name: str, *, plan: str = "full") -> Sdk:
    """A new account of `plan` with 100 dollars."""
    words = ["--email", f"{name}@example.com", "--plan", plan, "--credit", "100", "--json"]
    made = stack.manage("create_account", *words)
    client = plivo.RestClient(made["auth_id"], made["auth_token"], timeout=120)
    return Sdk(stack, made["auth_id"], made["auth_token"], client)


@pytest.fixture(scope="module")
def sdk(sdk_stack: Stack, request) -> Sdk:
    """A full account of this module's own."""
    name = request.module.__name__.rpartition(".")[2].replace("_", "-")
    return customer(sdk_stack, name)


@pytest.fixture(scope="session")
def answers() -> Iterator[AnswerServer]:
    """The customer's own web server."""
    with AnswerServer() as server:
        yield server
