"""Faults on demand, carried out: what goes wrong with one try because its owner asked for it.

Nothing here knows of a database. The one HTTP client asks `before` and `after` around each
exchange; the waits end with the try's own deadline, as a real server's would.
"""

from __future__ import annotations

import http
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.webhooks.answers import TryFailedError
from sandbox.webhooks.policy import Attempt, ErrorClass

# So slow that an ordinary document misses an ordinary deadline.
DRIP_BYTES_A_SECOND = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What one try suffers; the empty one is a try as it should be.

    `delay_ms` passes before the request leaves. `status` stands for an answer of the server, which
    is not asked. `drop` loses the request on its way. `corrupt` breaks the XML that came, `drip`
    lets the answer arrive byte by byte. `double` sends the request a second time.
    """

    delay_ms: int = 0
    status: int = 0
    drop: bool = False
    double: bool = False
    corrupt: bool = False
    drip: bool = False

    @property
    def words(self) -> str:
        """What is done to a try: `held back for 500 ms, sent twice`; "" for nothing."""
        done = [
            f"held back for {self.delay_ms} ms" if self.delay_ms else "",
            "lost on the way" if self.drop else "",
            f"answered {self.status} in your server’s place" if self.status else "",
            "its XML broken" if self.corrupt else "",
            f"its answer slowed to {DRIP_BYTES_A_SECOND} bytes a second" if self.drip else "",
            "sent twice" if self.double else "",
        ]
        return ", ".join(filter(None, done))

    @property
    def sentence(self) -> str:
        """The same for the record of the try; "" for nothing."""
        return f"Asked for by your fault setting: {self.words}." if self.words else ""


NONE = Fault()
Dice = Callable[[], Fault]
"""Asked before each try what it is to suffer."""


def no_fault() -> Fault:
    """The dice of a request whose owner wants nothing to go wrong."""
    return NONE


def before(fault: Fault, *, deadline: float) -> None:
    """What happens instead of, or before, the request; `deadline` is a reading of `monotonic`.

    Waits out the delay. Raises TryFailedError for a request that is lost, answered in the server's
    place, or too late.
    """
    if fault.delay_ms and not _sleep(fault.delay_ms / 1000, deadline):
        raise TryFailedError(
            ErrorClass.TIMED_OUT,
            "Your fault setting held the request back until its time was over.",
            retry_kind="rt",
        )
    if fault.drop:
        raise TryFailedError(
            ErrorClass.NO_CONNECTION,
            "Your fault setting lost the request on its way; your server never saw it.",
            retry_kind="ct",
        )


def answer_in_place(fault: Fault, attempt: Attempt) -> Attempt:
    """The attempt as if the server had answered with the fault's status."""
    try:
        reason = f"{fault.status} {http.HTTPStatus(fault.status).phrase}"
    except ValueError:
        reason = str(fault.status)
    return replace(
        attempt,
        status=fault.status,
        error=ErrorClass.BAD_ANSWER,
        sentence=f"Your fault setting answered {reason}; your server was not asked.",
        retry_kind="5xx" if fault.status >= 500 else "4xx",
    )


def after(fault: Fault, attempt: Attempt, *, deadline: float) -> Attempt:
    """What becomes of an answer that came; raises TryFailedError when it drips for too long."""
    if not attempt.ok:
        return attempt
    if fault.drip and not _sleep(len(attempt.body) / DRIP_BYTES_A_SECOND, deadline):
        raise TryFailedError(
            ErrorClass.TIMED_OUT,
            "Your fault setting slowed the answer down so far that its time was over.",
            retry_kind="rt",
        )
    if fault.corrupt:
        return replace(attempt, body=broken(attempt.body))
    return attempt


def broken(body: bytes) -> bytes:
    """A document that no parser takes: the first half, cut off inside a tag."""
    return body[: len(body) // 2] + b"<broken by your fault setting"


def _sleep(seconds: float, deadline: float) -> bool:
    """Whether the whole wait fitted in before the deadline."""
    left = max(0.0, deadline - time.monotonic())
    time.sleep(min(seconds, left))
    return seconds < left
