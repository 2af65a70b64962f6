"""Line drivers: what brings a leg or a message to a phone, and the choice of one.

A driver takes permits and nothing else (law 2). Each command belongs to the caller's transaction:
it happens with the caller's commit or not at all. Commands carry a key, or name a call, so that
giving one twice is giving it once.
"""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from django.conf import settings

from console.core.errors import Unavailable
from sandbox.network.models import Permit
from sandbox.network.simulated import SimulatedDriver


class LineUncertain(Exception):
    """The line took the command and did not say what became of it (REL-16): never try again."""


class LineDriver(Protocol):
    """What the call engine and the senders of messages ask of a line.

    What the phone does comes back as outbox rows `call.phone_event` (sandbox/network/events.py).
    """

    network: str
    """`simulated` or `real` (OTP-18)."""

    def ring(
        self,
        *,
        permit: Permit,
        call_uuid: UUID,
        from_: str,
        caller_name: str = "",
        platform: bool = False,
    ) -> bool:
        """Rings the permit's phone and uses the permit up; False when it rings already.

        `platform` marks the platform's own traffic (OTP-16). Raises PermitRefused, and
        LineUncertain when nobody knows whether it rings.
        """
        ...

    def answered(self, *, call_uuid: UUID, came_back: bool = False) -> bool:
        """Tells a phone that calls out that the platform has picked up; False when it hung up.

        `came_back` says that the platform itself is the caller.
        """
        ...

    def speak(
        self,
        *,
        call_uuid: UUID,
        text: str,
        key: str,
        language: str = "",
        secret: bool = False,
        picked_up: bool = False,
    ) -> bool:
        """Lets the phone hear words; secret ones are sealed at rest. False when nobody listens.

        `picked_up` says that `answered` was True in this very transaction: somebody listens.
        """
        ...

    def said(
        self, *, call_uuid: UUID, text: str, key: str, secret: bool = False, tone: bool = False
    ) -> bool:
        """Shows the phone's owner what was said into it; hidden words come as dots.

        Secret ones are sealed at rest; with `tone` it is `beep`. False when the call is over.
        """
        ...

    def hide_keys(self, *, call_uuid: UUID, digits: str) -> None:
        """Lets the phone show dots for keys that were pressed and are not to be shown."""
        ...

    def play(self, *, call_uuid: UUID, url: str, key: str) -> bool:
        """Lets the phone hear a sound file. False when nobody listens."""
        ...

    def tone(self, *, call_uuid: UUID, tone: str, key: str) -> bool:
        """Lets the phone hear `beep`, or the tones of digits. False when nobody listens."""
        ...

    def stop(self, *, call_uuid: UUID, prefix: str = "") -> None:
        """Silences what the phone is hearing (barge-in); with `prefix` only what has such a key."""
        ...

    def hang_up(self, *, call_uuid: UUID, cause: str) -> bool:
        """Ends the call at the phone; False when it had ended. `cause` as `NORMAL_CLEARING`."""
        ...

    def deliver(
        self,
        *,
        permit: Permit,
        message_uuid: UUID,
        from_: str,
        text: str,
        key: str,
        secret: bool = False,
        platform: bool = False,
        report_kind: str = "",
    ) -> bool:
        """Brings a text to the permit's phone; False when this key was delivered before.

        With `report_kind`, the delivery report comes as an outbox row of that kind:
        `{message_uuid, state: delivered | undelivered, error}`. Raises PermitRefused.
        """
        ...


_simulated = SimulatedDriver()


def driver_for(to: str) -> LineDriver:
    """The driver that reaches the address; no query.

    Raises Unavailable while no driver for real carriers is set up (OTP-18: the simulated one never
    stands in for them).
    """
    if settings.SIMULATED_NETWORK:
        return _simulated
    raise Unavailable("No carrier is set up for this destination.", field="to")
