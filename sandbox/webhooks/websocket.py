"""A WebSocket to a customer's server, under the same rules as every request (SSRF-01…06)."""

from __future__ import annotations

import logging
import socket
import struct
import time
from collections.abc import Mapping
from typing import Final

from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.frames import CTRL_OPCODES, CloseCode, Frame
from websockets.http11 import Request, Response
from websockets.sync.client import ClientConnection, connect

from sandbox.webhooks.addresses import IPAddress
from sandbox.webhooks.answers import TryFailedError
from sandbox.webhooks.judging import judged_addresses
from sandbox.webhooks.pace import Pace
from sandbox.webhooks.policy import ErrorClass, Policy
from sandbox.webhooks.resolver import SYSTEM_RESOLVER, Resolver
from sandbox.webhooks.targets import Target, TargetError, parse_target
from sandbox.webhooks.transport import connect_to, default_tls

MOST_BYTES: Final = 512 * 1024
"""The largest message that is taken from a customer: 24 s of L16 at 8 kHz."""
MOST_PINGS: Final = 100
"""Pings and the like that are taken at once; after that ten a second."""
_MOST_WAITING: Final = 4
OPEN_SECONDS: Final = 10
_SEND_SECONDS: Final = 5
_SCHEMES: Final = {"ws": "http", "wss": "https"}
# The library writes every frame, payload included, into the log at DEBUG (WEB-10).
logging.getLogger("websockets.client").setLevel(logging.WARNING)


class Guarded(ClientConnection):
    """A connection that ends when its peer keeps us busy with answering pings.

    What is not read waits at the peer; pings alone are answered as they come, by the library.
    """

    recv_bufsize = 16 * 1024

    def process_event(self, event: Request | Response | Frame) -> None:
        """What came, one by one, in the connection's own thread; pings were answered before."""
        super().process_event(event)
        if not isinstance(event, Frame) or event.opcode not in CTRL_OPCODES:
            return
        pace = self.__dict__.setdefault("pace", Pace(a_second=10, most=MOST_PINGS))
        if not pace.has_room(time.monotonic()):
            with self.protocol_mutex:
                self.protocol.fail(CloseCode.POLICY_VIOLATION, "too many pings")
                self.send_data()
        pace.spend(1)


def parse_websocket(url: str) -> Target:
    """Takes a ws:// or wss:// URL apart by the text rules of SSRF-01; raises TargetError."""
    scheme, divider, rest = url.partition("://")
    if not divider or scheme.lower() not in _SCHEMES:
        raise TargetError("The URL must start with ws:// or wss://.")
    return parse_target(f"{_SCHEMES[scheme.lower()]}://{rest}")


def websocket_url(target: Target) -> str:
    """The absolute URL of a target of `parse_websocket`, fragment left out."""
    scheme = "wss" if target.scheme == "https" else "ws"
    return f"{scheme}://{target.netloc}{target.request_target}"


def open_websocket(
    target: Target,
    *,
    policy: Policy,
    headers: Mapping[str, str],
    resolver: Resolver = SYSTEM_RESOLVER,
    owner: str = "",
) -> ClientConnection:
    """An open WebSocket over a connection to one judged address; the caller closes it.

    The name is looked up once; no proxy, no redirect, no compression. A peer that takes nothing
    for 5 s breaks the connection. Raises TryFailedError. No query.
    """
    deadline = time.monotonic() + OPEN_SECONDS
    found = judged_addresses(
        target, policy=policy, resolver=resolver, seconds=OPEN_SECONDS, owner=owner
    )
    sock = _connected(found, target, policy)
    # Linux and macOS end a blocked send by this; the library itself sets no limit.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _SEND_SECONDS, 0))
    secure = target.scheme == "https"
    try:
        return connect(
            websocket_url(target),
            sock=sock,
            ssl=(policy.tls or default_tls()) if secure else None,
            server_hostname=target.host if secure else None,
            additional_headers=dict(headers),
            user_agent_header=policy.user_agent,
            compression=None,
            proxy=None,
            open_timeout=max(0.1, deadline - time.monotonic()),
            close_timeout=2,
            max_size=MOST_BYTES,
            max_queue=_MOST_WAITING,
            create_connection=Guarded,
            legacy=True,
        )
    except (InvalidHandshake, OSError, ValueError) as error:
        sock.close()
        raise _failure(error) from error


def _connected(found: tuple[IPAddress, ...], target: Target, policy: Policy) -> socket.socket:
    limit = time.monotonic() + policy.defaults.connect_ms / 1000
    failure: OSError = OSError("no address")
    for address in found:
        try:
            sock = connect_to(address, target.port, max(0.01, limit - time.monotonic()))
        except OSError as error:
            failure = error
        else:
            sock.settimeout(None)
            return sock
    raise _failure(failure) from failure


def _failure(error: Exception) -> TryFailedError:
    if isinstance(error, TimeoutError):
        return TryFailedError(ErrorClass.TIMED_OUT, "The server did not answer in time.")
    status = error.__cause__ if isinstance(error.__cause__, InvalidStatus) else error
    if isinstance(status, InvalidStatus):
        sentence = f"The server answered {status.response.status_code} instead of a WebSocket."
        if 300 <= status.response.status_code < 400:
            sentence += " Redirects are not followed: give the final URL."
        return TryFailedError(ErrorClass.BAD_ANSWER, sentence)
    if isinstance(error, InvalidHandshake | ValueError):
        sentence = "The server's answer is no WebSocket handshake."
        return TryFailedError(ErrorClass.BAD_ANSWER, sentence)
    sentence = "No connection to the server: it refused, or its certificate is not valid."
    return TryFailedError(ErrorClass.NO_CONNECTION, sentence)
