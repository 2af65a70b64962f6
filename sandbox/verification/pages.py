"""What the page of a sandbox number shows, read in three queries."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from django.conf import settings

from console.accounts.models import Account
from console.core import clock
from console.core.numbers import Number, canonical_number
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.verification.models import (
    Challenge,
    Channel,
    CodeCheck,
    CodeDelivery,
    DeliveryState,
)
from sandbox.verification.services.pace import voice_wait
from sandbox.verification.status import Status, status_of


@dataclass(frozen=True, slots=True)
class NumberPage:
    """One sandbox number with its newest challenge; waits are whole seconds."""

    number: SandboxNumber
    parsed: Number
    state: str
    challenge: Challenge | None
    status: Status | None
    deliveries: list[CodeDelivery]
    checks: list[CodeCheck]
    resend_wait: int
    call_wait: int

    @property
    def open(self) -> bool:
        """Whether a code may be entered."""
        return self.challenge is not None and self.challenge.is_open

    @property
    def proved(self) -> bool:
        """Whether the number needs no code now."""
        return self.state == NumberState.VERIFIED

    @property
    def polls(self) -> bool:
        """Whether the status will change by itself, so that the page keeps asking."""
        return self.open and not self.proved and self.status is not None and self.status.moving

    @property
    def mark(self) -> str:
        """Stands for what the status says: a page that has it already is not told again."""
        told = [self.state, self.status.text if self.status else ""]
        told += [f"{sent.pk}{sent.state}" for sent in self.deliveries]
        return f"{zlib.crc32('|'.join(told).encode()):08x}"

    @property
    def attempts_left(self) -> int:
        """Tries that the open challenge still has."""
        used = self.challenge.attempts if self.challenge else 0
        return int(settings.TRUST.otp_wrong_per_challenge) - used

    @property
    def sends_left(self) -> int:
        """Codes that the open challenge may still send."""
        used = self.challenge.sends if self.challenge else 0
        return int(settings.TRUST.otp_sends_per_challenge) - used

    @property
    def by_sms(self) -> bool:
        """Whether the number can be texted at all."""
        return self.parsed.sms_otp

    @property
    def by_call(self) -> bool:
        """Whether the call is offered now or will be shortly."""
        return self.parsed.voice_early or (self.open and self.parsed.voice_otp)


def number_page(*, account: Account, number: SandboxNumber) -> NumberPage:
    """The page's facts (three queries)."""
    mine = Challenge.objects.for_account(account).filter(number=number)
    challenge = mine.order_by("-pk").first()
    deliveries: list[CodeDelivery] = []
    checks: list[CodeCheck] = []
    if challenge is not None:
        sent = CodeDelivery.objects.for_account(account)
        deliveries = list(sent.filter(challenge__number=number)[:10])
        checks = list(CodeCheck.objects.for_account(account).filter(challenge=challenge))
    latest = [d for d in deliveries if challenge is not None and d.challenge_id == challenge.pk]
    parsed = canonical_number(number.e164)
    failed = any(d.state == DeliveryState.FAILED for d in latest)
    resend_wait = _wait(challenge)
    return NumberPage(
        number=number,
        parsed=parsed,
        state=number.shown_state,
        challenge=challenge,
        status=status_of(challenge, latest) if challenge else None,
        deliveries=deliveries,
        checks=checks,
        resend_wait=resend_wait,
        call_wait=max(resend_wait, voice_wait(challenge, failed=failed) if challenge else 0),
    )


def _wait(challenge: Challenge | None) -> int:
    if challenge is None or not challenge.is_open:
        return 0
    left = (challenge.next_send_at - clock.now()).total_seconds()
    return max(0, int(left + 0.999))


def first_channel(parsed: Number) -> str:
    """The channel of the primary button."""
    return Channel.SMS.value if parsed.sms_otp else Channel.CALL.value
