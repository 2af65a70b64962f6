"""What a session takes from: the number's budgets are those of sandbox numbers (OTP-13, OTP-22)."""

from __future__ import annotations

from django.conf import settings

from console.accounts.models import Account, Subaccount
from console.core.limits import DAY, HOUR, MINUTE, Bucket, Window
from sandbox.verification import buckets
from sandbox.verification.models import SessionChannel, VerifySession


def sending(account: Account, *, e164: str, channel: str) -> list[Bucket]:
    """Of one sending; the account's own first, so that its refusal can be told.

    The network of the client is the tenant's server and is not counted; countries and the whole
    are the tenant's own cost, unlike our codes, and have kill switches instead.
    """
    trust = settings.TRUST
    windows = [Window(trust.verify_account_hour, HOUR)]
    if account.on_trial:
        windows = [Window(trust.otp_account_hour, HOUR), Window(trust.otp_account_day, DAY)]
    found = [Bucket(kind="verify_account", subject=account.auth_id, windows=tuple(windows))]
    found += buckets.of_number(e164)
    if channel == SessionChannel.VOICE:
        found.append(buckets.voice_of_number(e164))
    return found


def scope(account: Account, subaccount: Subaccount | None, e164: str) -> Bucket:
    """Held while a session is looked for or made, so that two at once are one session."""
    whose = (subaccount or account).auth_id
    return Bucket(kind="verify_session", subject=f"{whose}|{e164}")


def wrong_codes(session: VerifySession) -> Bucket:
    """Failures for a recipient in a day, over all its sessions; full means locked for a day."""
    return Bucket(
        kind="verify_wrong_number",
        subject=f"{session.account.auth_id}|{session.e164}",
        windows=(Window(settings.TRUST.otp_wrong_per_number_day, DAY),),
        lock_seconds=DAY,
    )


def checking(session: VerifySession) -> Bucket:
    """How fast one session may be tried, in shape or not (OTP-10)."""
    window = Window(settings.TRUST.otp_checks_minute, MINUTE)
    return Bucket(kind="verify_check", subject=str(session.public_id), windows=(window,))
