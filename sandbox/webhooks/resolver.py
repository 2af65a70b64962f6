"""Names to addresses, once and within a limit (SSRF-02)."""

from __future__ import annotations

import queue
import socket
import threading
from ipaddress import ip_address
from typing import Protocol

from sandbox.webhooks.addresses import IPAddress

# A name server that never answers holds a thread for as long as the system's resolver waits.
_MAX_LOOKUPS = 64


class LookupFailedError(Exception):
    """The name has no address, or none could be learnt in time (`timed_out`)."""

    def __init__(self, *, timed_out: bool = False) -> None:
        super().__init__("lookup timed out" if timed_out else "no such name")
        self.timed_out = timed_out


class Resolver(Protocol):
    """The seam at which tests hand in DNS answers."""

    def resolve(self, host: str, *, timeout: float) -> tuple[IPAddress, ...]:
        """Every address of `host`; raises LookupFailedError. `timeout` is in seconds."""
        ...


class SystemResolver:
    """The operating system's resolver in a thread, since it takes no limit itself."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(_MAX_LOOKUPS)

    def resolve(self, host: str, *, timeout: float) -> tuple[IPAddress, ...]:
        """Every address of `host`; raises LookupFailedError after `timeout` seconds at the most."""
        if not self._free.acquire(timeout=timeout):
            raise LookupFailedError(timed_out=True)
        answers: queue.SimpleQueue[tuple[IPAddress, ...]] = queue.SimpleQueue()
        # A daemon: a lookup that hangs must not keep the worker from stopping.
        threading.Thread(target=self._look_up, args=(host, answers), daemon=True).start()
        try:
            found = answers.get(timeout=timeout)
        except queue.Empty as error:
            raise LookupFailedError(timed_out=True) from error
        if not found:
            raise LookupFailedError
        return found

    def _look_up(self, host: str, answers: queue.SimpleQueue[tuple[IPAddress, ...]]) -> None:
        try:
            answers.put(_system_addresses(host))
        finally:
            self._free.release()


def _system_addresses(host: str) -> tuple[IPAddress, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(ip_address(answer[4][0]) for answer in found))


SYSTEM_RESOLVER = SystemResolver()
