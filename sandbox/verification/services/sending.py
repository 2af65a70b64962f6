"""Asking for a code: the first time, again, over another channel; and calling it off."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.accounts.models import Account
from console.accounts.querysets import TenantQuerySet
from console.core import clock, limits, outbox
from console.core.errors import DomainError, LimitReached
from console.core.models import Queue
from console.core.numbers import Number, canonical_number
from sandbox.fence import facts
from sandbox.fence import services as fence
from sandbox.fence.kinds import Kind, Origin
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.verification import buckets, switches
from sandbox.verification.errors import CannotSend, Paused, TooSoon, from_bucket
from sandbox.verification.models import (
    OPEN_STATES,
    Challenge,
    ChallengeState,
    Channel,
    CodeDelivery,
    DeliveryState,
)
from sandbox.verification.prompts import language_for
from sandbox.verification.services.holding import held_elsewhere, require_room
from sandbox.verification.services.pace import cooldown, voice_wait, whole_seconds

SEND = "otp.send"
FENCE_KIND = {Channel.SMS.value: Kind.MESSAGE.value, Channel.CALL.value: Kind.CALL.value}


def send_code(
    *,
    account: Account,
    number: SandboxNumber,
    channel: str,
    actor: Actor,
    ip: str = "",
    language: str = "",
) -> Challenge:
    """Opens a challenge for the number and queues its first code; or sends on the open one.

    A second press within the wait gives the open challenge as it is: one code, one row. Raises
    DomainError: the number's type, the limits of trust.md section 2, the fence, a kill switch.
    """
    guard(account=account, number=canonical_number(number.e164), channel=channel)
    with transaction.atomic():
        return begin(
            account=account, number=number, channel=channel, actor=actor, ip=ip, language=language
        )


def resend_code(
    *,
    account: Account,
    number: SandboxNumber,
    channel: str,
    actor: Actor,
    ip: str = "",
    language: str = "",
) -> Challenge:
    """A new code on the open challenge; the old one is dead at once (OTP-07, OTP-08).

    Attempts and failures carry over, whatever the channel. Raises TooSoon within the wait, and as
    `send_code`; without an open challenge it opens one.
    """
    guard(account=account, number=canonical_number(number.e164), channel=channel)
    with transaction.atomic():
        return begin(
            account=account,
            number=number,
            channel=channel,
            actor=actor,
            ip=ip,
            language=language,
            patient=False,
        )


def begin(
    *,
    account: Account,
    number: SandboxNumber,
    channel: str,
    actor: Actor,
    ip: str,
    language: str = "",
    patient: bool = True,
) -> Challenge:
    """What both do, inside the caller's transaction and after `guard`.

    `patient`: within the wait the open challenge is given back instead of a refusal. `language` is
    that of the call's prompts; "" is the number's country's (OTP-15).
    """
    speaks = language_for(language, region=number.region)
    limits.lock([buckets.allowance(account)])
    current = open_challenge(account, number)
    if current is not None:
        if patient and current.next_send_at > clock.now():
            return current
        speaks = speaks if language else current.language
        return _again(current, account=account, channel=channel, ip=ip, language=speaks)
    number.refresh_from_db()
    _require_provable(number)
    require_room(account, but=number)
    return _open(account, number, channel=channel, ip=ip, actor=actor, language=speaks)


def cancel_challenge(*, account: Account, number: SandboxNumber) -> bool:
    """Closes the open challenge and erases its code; no counter is reset (OTP-09)."""
    return bool(
        Challenge.objects.for_account(account)
        .filter(number=number, state__in=OPEN_STATES)
        .update(
            state=ChallengeState.CANCELLED, closed_at=clock.now(), sealed_code=None, code_hmac=""
        )
    )


def open_challenge(account: Account, number: SandboxNumber) -> Challenge | None:
    """The open challenge of the account for the number, or None (one query)."""
    mine = Challenge.objects.for_account(account).filter(state__in=OPEN_STATES)
    return mine.filter(e164=number.e164).select_related("account").first()


def guard(*, account: Account, number: Number, channel: str) -> None:
    """What does not depend on the asker's counters: type, channel, country, switches.

    Raises DomainError. Outside the transaction, so that the fence's record of a refusal stays.
    """
    if channel not in Channel.values:
        raise DomainError("Choose SMS or call.", code="channel_unknown", field="channel")
    if channel == Channel.SMS and number.voice_otp and not number.sms_otp:
        raise DomainError(
            f"This is {number.type.words}, so the code can only be called.",
            code="destination_type_not_supported",
            field="number",
        )
    fence.check(
        account=account, kind=FENCE_KIND[channel], from_="", to=number.e164, origin=Origin.OTP
    ).require()
    if switches.paused(region=number.region, channel=channel):
        raise Paused
    if switches.trip_breaker(number.region):
        raise Paused


def _require_provable(number: SandboxNumber) -> None:
    if number.state == NumberState.REMOVED:
        raise DomainError("This number was removed. Add it again.", code="number_removed")
    lasting = number.expires_at is not None and number.expires_at > clock.now()
    here = number.network == facts.current_network()
    if number.state == NumberState.VERIFIED and lasting and here:
        raise DomainError("This number is verified already.", code="already_verified")


def _open(
    account: Account, number: SandboxNumber, *, channel: str, ip: str, actor: Actor, language: str
) -> Challenge:
    if channel == Channel.CALL and not canonical_number(number.e164).voice_early:
        raise LimitReached(
            "We call once a text message was tried.",
            code="voice_not_yet",
            field="channel",
            retry_after=settings.TRUST.otp_voice_after,
        )
    now = clock.now()
    challenge = Challenge(
        account=account,
        subaccount=number.subaccount,
        number=number,
        e164=number.e164,
        region=number.region,
        channel=channel,
        network=facts.current_network(),
        language=language,
        created_at=now,
        next_send_at=now + timedelta(seconds=cooldown(1)),
    )
    challenge.save(force_insert=True)
    _charge_and_queue(account, challenge, ip=ip)
    record(
        action="number.code_requested",
        actor=actor,
        account=account,
        object_type="sandbox_number",
        object_id=str(number.public_id),
        data={"channel": channel},
        ip=ip,
    )
    return challenge


def _again(
    challenge: Challenge, *, account: Account, channel: str, ip: str, language: str
) -> Challenge:
    now = clock.now()
    if challenge.next_send_at > now:
        raise TooSoon(whole_seconds(challenge.next_send_at - now))
    if challenge.sends >= settings.TRUST.otp_sends_per_challenge:
        raise LimitReached(
            "No more codes for this verification. Wait until it expires, then start again.",
            code="no_more_codes",
        )
    _require_voice_offered(challenge, channel)
    sends = challenge.sends + 1
    # The row decides between two presses at once: the loser finds another generation.
    mine = Challenge.objects.for_account(account)
    won = mine.filter(
        pk=challenge.pk,
        state__in=OPEN_STATES,
        generation=challenge.generation,
        sends=challenge.sends,
    ).update(
        state=ChallengeState.QUEUED,
        generation=F("generation") + 1,
        sends=sends,
        channel=channel,
        language=language,
        code_hmac="",
        sealed_code=None,
        expires_at=None,
        next_send_at=now + timedelta(seconds=cooldown(sends)),
    )
    if not won:
        raise TooSoon(cooldown(sends))
    challenge = mine.select_related("account").get(pk=challenge.pk)
    _supersede(challenge)
    _charge_and_queue(account, challenge, ip=ip)
    return challenge


def _require_voice_offered(challenge: Challenge, channel: str) -> None:
    if channel == Channel.SMS:
        return
    failed = _deliveries(challenge).filter(state=DeliveryState.FAILED).exists()
    if (seconds := voice_wait(challenge, failed=failed)) > 0:
        raise TooSoon(seconds)


def _deliveries(challenge: Challenge) -> TenantQuerySet[CodeDelivery]:
    return CodeDelivery.objects.for_account(challenge.account).filter(challenge=challenge)


def _supersede(challenge: Challenge) -> None:
    waiting = _deliveries(challenge).filter(
        generation__lt=challenge.generation,
        state__in=[DeliveryState.QUEUED, DeliveryState.SUBMITTING],
    )
    waiting.update(state=DeliveryState.SUPERSEDED, settled_at=clock.now())


def _charge_and_queue(account: Account, challenge: Challenge, *, ip: str) -> None:
    """All buckets before anything is queued (OTP-13); a refusal rolls everything back."""
    delivery = CodeDelivery(
        account=account,
        challenge=challenge,
        region=challenge.region,
        channel=challenge.channel,
        generation=challenge.generation,
        created_at=clock.now(),
    )
    reachable = switches.may_contact(challenge.e164, account_id=account.auth_id)
    if held_elsewhere(account, challenge.e164) or not reachable:
        raise CannotSend
    wanted = buckets.sending(
        account, e164=challenge.e164, region=challenge.region, channel=challenge.channel, ip=ip
    )
    try:
        limits.check(buckets.wrong_codes(account, e164=challenge.e164))
        limits.take(wanted, ref=delivery.public_id)
    except limits.BucketFull as full:
        raise from_bucket(full) from full
    delivery.save(force_insert=True)
    outbox.enqueue(
        kind=SEND,
        queue=Queue.OTP,
        payload={"delivery": str(delivery.public_id)},
        dedupe_key=f"{SEND}:{delivery.public_id}",
    )
