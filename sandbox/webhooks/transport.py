"""The connection itself: to one judged address, under a wall-clock deadline (SSRF-02, SSRF-05)."""

from __future__ import annotations

import functools
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv6Address

import httpcore
import httpx

from sandbox.webhooks.addresses import IPAddress
from sandbox.webhooks.targets import Target

# Everything that may come over the wire besides the body: status lines, headers, chunk sizes.
_OVERHEAD = 128 * 1024


class Budget:
    """How long the phases of one try may last, in seconds; no pause between bytes extends them.

    First the connection (TCP and TLS), then everything else; both end with `deadline`, a reading
    of the monotonic clock.
    """

    def __init__(self, *, connect: float, read: float, deadline: float) -> None:
        self._read = read
        self._deadline = deadline
        self._phase_end = min(deadline, time.monotonic() + connect)
        self.connected = False

    def begin_reading(self) -> None:
        """Ends the connection phase; does nothing the second time."""
        if not self.connected:
            self.connected = True
            self._phase_end = min(self._deadline, time.monotonic() + self._read)

    def remaining(self) -> float:
        """Seconds left in this phase; raises TimeoutError when none are."""
        left = self._phase_end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class GuardedStream(httpcore.NetworkStream):
    """A socket whose every operation ends with the budget, and which stops after `max_bytes`."""

    def __init__(self, sock: socket.socket, *, budget: Budget, max_bytes: int) -> None:
        self._sock = sock
        self._budget = budget
        self._left = max_bytes

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Up to `max_bytes` bytes; the library's own `timeout` is not used."""
        if self._left <= 0:
            raise httpcore.RemoteProtocolError("too much data")
        try:
            self._sock.settimeout(self._budget.remaining())
            data = self._sock.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError from error
        self._left -= len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends all of `buffer`; the first write begins the reading phase."""
        self._budget.begin_reading()
        view = memoryview(buffer)
        try:
            while view:
                self._sock.settimeout(self._budget.remaining())
                view = view[self._sock.send(view) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            raise httpcore.WriteError from error

    def close(self) -> None:
        """Closes the socket at once."""
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same stream inside TLS; the handshake as a whole fits into the connection phase."""
        try:
            self._sock.settimeout(self._budget.remaining())
            wrapped = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout from error
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError("tls") from error
        return GuardedStream(wrapped, budget=self._budget, max_bytes=self._left)


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the addresses it was made with, whatever name the library asks for."""

    def __init__(self, addresses: Sequence[IPAddress], *, budget: Budget, max_bytes: int) -> None:
        self._addresses = addresses
        self._budget = budget
        self._max_bytes = max_bytes

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A stream to the first address that answers; `host` is not looked at (SSRF-02)."""
        failure: OSError = OSError("no address")
        for address in self._addresses:
            try:
                sock = connect_to(address, port, self._budget.remaining())
            except TimeoutError as error:
                raise httpcore.ConnectTimeout from error
            except OSError as error:
                failure = error
            else:
                return GuardedStream(sock, budget=self._budget, max_bytes=self._max_bytes)
        raise httpcore.ConnectError("tcp") from failure


class PinnedTransport(httpx.BaseTransport):
    """Sends one request over one fresh connection; no pool, no proxy, HTTP/1.1 only.

    The request line carries the target's own bytes, so that what was signed is what is sent.
    """

    def __init__(
        self,
        target: Target,
        addresses: Sequence[IPAddress],
        *,
        budget: Budget,
        max_bytes: int,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._target = target
        self._connection = httpcore.HTTPConnection(
            origin=httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port),
            ssl_context=tls or default_tls(),
            http2=False,
            network_backend=PinnedBackend(
                addresses, budget=budget, max_bytes=max_bytes + _OVERHEAD
            ),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer with its body still unread; raises httpcore's errors."""
        answer = self._connection.handle_request(
            httpcore.Request(
                method=request.method.encode(),
                url=httpcore.URL(
                    scheme=self._target.scheme.encode(),
                    host=self._target.host.encode(),
                    port=self._target.port,
                    target=self._target.request_target.encode(),
                ),
                headers=request.headers.raw,
                content=request.read(),
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions={}
        )

    def close(self) -> None:
        """Closes the connection, whatever state it is in."""
        self._connection.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@functools.cache
def default_tls() -> ssl.SSLContext:
    """The one TLS context of the process: Mozilla's roots, no client certificate (SSRF-05)."""
    return httpx.create_ssl_context(trust_env=False)


def connect_to(address: IPAddress, port: int, timeout: float) -> socket.socket:
    """A TCP connection to this very address; raises OSError. `timeout` is in seconds."""
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(timeout)
        sock.connect((str(address), port))
    except BaseException:
        sock.close()
        raise
    return sock
