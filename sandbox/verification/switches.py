"""Kill switches and the list of receivers who said STOP (OTP-19, OTP-20)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Q

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.core import clock
from console.core.seals import keyed_hash, lasting_pepper
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.verification.models import (
    Challenge,
    ChallengeState,
    CodeDelivery,
    DoNotContact,
    KillSwitch,
    SwitchScope,
)

REPLY = "otp.reply"
_STOP = {"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "QUIT", "END", "CANCEL"}
_START = {"START", "UNSTOP"}
log = structlog.get_logger(__name__)


def paused(*, region: str, channel: str) -> bool:
    """Whether a switch stops this sending now (one query, so within a second of its throwing)."""
    stops = (
        Q(scope=SwitchScope.EVERYTHING)
        | Q(scope=SwitchScope.REGION, value=region)
        | Q(scope=SwitchScope.CHANNEL, value=channel)
    )
    lasting = Q(until=None) | Q(until__gt=clock.now())
    return KillSwitch.objects.filter(stops, lasting).exists()


def throw_switch(
    *, actor: Actor, scope: str, value: str = "", reason: str = "", until_hours: int | None = None
) -> KillSwitch:
    """Staff stop verification for all, a channel or a region; audited. Gives the switch."""
    until = clock.now() + timedelta(hours=until_hours) if until_hours else None
    switch, _ = KillSwitch.objects.update_or_create(
        scope=scope,
        value=value,
        defaults={"reason": reason, "until": until, "automatic": False, "created_at": clock.now()},
    )
    record(action="verification.paused", actor=actor, data={"scope": scope, "value": value})
    return switch


def lift_switch(*, actor: Actor, scope: str, value: str = "") -> bool:
    """Staff let verification go on; False when nothing was stopped."""
    gone, _ = KillSwitch.objects.filter(scope=scope, value=value).delete()
    if gone:
        record(action="verification.resumed", actor=actor, data={"scope": scope, "value": value})
    return bool(gone)


def trip_breaker(region: str) -> bool:
    """Pauses the region for an hour when too few sendings were verified (section 2; two queries).

    Incomplete cycles are the tell of pumped traffic.
    """
    trust, now = settings.TRUST, clock.now()
    hour_ago = now - timedelta(hours=1)
    sent = CodeDelivery.objects.unscoped("the breaker looks at a region, not at a tenant")
    sends = sent.filter(region=region, created_at__gt=hour_ago).count()
    if sends < trust.otp_breaker_sends:
        return False
    done = Challenge.objects.unscoped("the breaker looks at a region, not at a tenant")
    verified = done.filter(
        region=region, state=ChallengeState.VERIFIED, verified_at__gt=hour_ago
    ).count()
    if verified * 100 >= sends * trust.otp_breaker_percent:
        return False
    KillSwitch.objects.update_or_create(
        scope=SwitchScope.REGION,
        value=region,
        defaults={
            "until": now + timedelta(seconds=trust.otp_breaker_pause),
            "reason": f"{verified} of {sends} sendings verified within an hour",
            "automatic": True,
            "created_at": now,
        },
    )
    log.warning("verification_breaker_alert", region=region, sends=sends, verified=verified)
    return True


def contact_key(e164: str, *, account_id: str = "") -> str:
    """The keyed hash that stands for the number on the list; of one account's traffic, or of all.

    On the simulated network whoever adds a number holds its phone, so its STOP speaks for that
    account alone; a real phone speaks for all (OTP-19).
    """
    if account_id and settings.SIMULATED_NETWORK:
        return keyed_hash(lasting_pepper(), "do-not-contact", "v1", account_id, e164)
    return keyed_hash(lasting_pepper(), "do-not-contact", "v1", e164)


def may_contact(e164: str, *, account_id: str) -> bool:
    """False when the number's receiver said STOP to everybody or to this account (one query)."""
    keys = {contact_key(e164), contact_key(e164, account_id=account_id)}
    return not DoNotContact.objects.filter(key__in=keys).exists()


def heed(*, account_id: str, e164: str, text: str) -> None:
    """Does what a receiver's answer to our sender says; any other text is nothing."""
    word = text.strip().upper()
    if word in _STOP:
        opt_out(e164=e164, account_id=account_id)
    elif word in _START:
        opt_in(e164=e164, account_id=account_id)


def opt_out(*, e164: str, account_id: str = "", reason: str = "stop") -> int:
    """The receiver said STOP: nothing more is sent to it, and no proof of it holds.

    For all accounts; on the simulated network for the account whose handset it was. Gives how many
    accounts lost their proof (OTP-19, NUM-09). Staff name no account.
    """
    key = contact_key(e164, account_id=account_id)
    DoNotContact.objects.get_or_create(key=key, defaults={"reason": reason})
    held = SandboxNumber.objects.unscoped("STOP ends the proof wherever it counts")
    if account_id and settings.SIMULATED_NETWORK:
        held = held.filter(account__auth_id=account_id)
    return held.filter(e164=e164, state=NumberState.VERIFIED).update(
        state=NumberState.EXPIRED, expires_at=clock.now()
    )


def opt_in(*, e164: str, account_id: str = "") -> bool:
    """The receiver said START; False when it had not said STOP."""
    key = contact_key(e164, account_id=account_id)
    gone, _ = DoNotContact.objects.filter(key=key).delete()
    return bool(gone)
