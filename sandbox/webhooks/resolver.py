"""Names to addresses, once and within a limit (SSRF-02)."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections import Counter
from ipaddress import ip_address
from typing import Protocol

from sandbox.webhooks.addresses import IPAddress

# A name server that never answers holds a thread for as long as the system's resolver waits, half a
# minute or so, though whoever asked has left after two seconds.
_MAX_LOOKUPS = 64
_MAX_OF_AN_OWNER = 8


class LookupFailedError(Exception):
    """The name has no address, or none could be learnt in time (`timed_out`)."""

    def __init__(self, *, timed_out: bool = False) -> None:
        super().__init__("lookup timed out" if timed_out else "no such name")
        self.timed_out = timed_out


class Resolver(Protocol):
    """The seam at which tests hand in DNS answers."""

    def resolve(self, host: str, *, timeout: float, owner: str = "") -> tuple[IPAddress, ...]:
        """Every address of `host`; raises LookupFailedError. `timeout` is in seconds.

        `owner` is the account that asks, "" for the platform itself.
        """
        ...


class SystemResolver:
    """The operating system's resolver in a thread, since it takes no limit itself.

    Look-ups that were left behind count until they end; an account has eight of the 64 at a time,
    so that its dead name servers fail its own names and nobody else's (SSRF-07).
    """

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(_MAX_LOOKUPS)
        self._lock = threading.Lock()
        self._of: Counter[str] = Counter()

    def resolve(self, host: str, *, timeout: float, owner: str = "") -> tuple[IPAddress, ...]:
        """Every address of `host`; raises LookupFailedError after `timeout` seconds at the most."""
        if not self._begin(owner, timeout):
            raise LookupFailedError(timed_out=True)
        answers: queue.SimpleQueue[tuple[IPAddress, ...]] = queue.SimpleQueue()
        # A daemon: a lookup that hangs must not keep the worker from stopping.
        threading.Thread(target=self._look_up, args=(host, owner, answers), daemon=True).start()
        try:
            found = answers.get(timeout=timeout)
        except queue.Empty as error:
            raise LookupFailedError(timed_out=True) from error
        if not found:
            raise LookupFailedError
        return found

    def _begin(self, owner: str, timeout: float) -> bool:
        until = time.monotonic() + timeout
        while not self._mine(owner):
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)
        if self._free.acquire(timeout=max(0.0, until - time.monotonic())):
            return True
        self._give_back(owner)
        return False

    def _mine(self, owner: str) -> bool:
        with self._lock:
            if owner and self._of[owner] >= _MAX_OF_AN_OWNER:
                return False
            self._of[owner] += 1
            return True

    def _give_back(self, owner: str) -> None:
        with self._lock:
            self._of[owner] -= 1
            if not self._of[owner]:
                del self._of[owner]

    def _look_up(
        self, host: str, owner: str, answers: queue.SimpleQueue[tuple[IPAddress, ...]]
    ) -> None:
        try:
            answers.put(_system_addresses(host))
        finally:
            self._free.release()
            self._give_back(owner)


def _system_addresses(host: str) -> tuple[IPAddress, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(ip_address(answer[4][0]) for answer in found))


SYSTEM_RESOLVER = SystemResolver()
