"""The calls' own fixtures, a WebSocket server, and streams that run when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from sandbox.streams import runner
from tests.sandbox.calls.conftest import (  # noqa: F401  # fixtures
    application,
    did,
    rates,
    server,
    token,
)
from tests.sandbox.streams.socket_server import SocketServer


@pytest.fixture(autouse=True)
def begun(monkeypatch, tmp_path) -> list[UUID]:
    """Streams that the worker would have begun; and no program of this machine speaks."""
    found: list[UUID] = []
    monkeypatch.setattr(runner, "begin", found.append)
    monkeypatch.setenv("PATH", str(tmp_path))
    return found


@pytest.fixture
def bot(server) -> Iterator[SocketServer]:  # noqa: F811  # it lets loopback pass
    """The customer's program."""
    with SocketServer() as found:
        yield found
