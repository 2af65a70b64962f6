"""The buckets of trust.md section 2 that sending and checking codes take from (OTP-13)."""

from __future__ import annotations

from django.conf import settings

from console.accounts.models import Account
from console.core.limits import DAY, HOUR, MINUTE, Bucket, Window, address_subjects
from sandbox.verification.models import Channel

DAYS_30 = 30 * DAY


def sending(account: Account, *, e164: str, region: str, channel: str, ip: str) -> list[Bucket]:
    """Every bucket of one sending; the account's own first, so that its refusal can be told."""
    trust = settings.TRUST
    hour, day = Window(trust.otp_account_hour, HOUR), Window(trust.otp_account_day, DAY)
    buckets = [
        Bucket(kind="otp_account", subject=account.auth_id, windows=(hour, day)),
        *_of_client(ip),
        *of_number(e164),
        *_of_everyone(region),
    ]
    if account.on_trial:
        buckets.append(unconverted(account))
    if channel == Channel.CALL:
        buckets.append(voice_of_number(e164))
    return buckets


def voice_of_number(e164: str) -> Bucket:
    """Calls with a code to a number, over all accounts: a call wakes people."""
    window = Window(settings.TRUST.otp_voice_number_day, DAY)
    return Bucket(kind="otp_voice", subject=e164, windows=(window,), own=False)


def of_number(e164: str) -> list[Bucket]:
    """The number over all accounts, and its block of a thousand: pumping walks neighbours."""
    trust = settings.TRUST
    sends = (Window(trust.otp_number_hour, HOUR), Window(trust.otp_number_day, DAY))
    numbers = (
        Window(trust.otp_block_hour, HOUR, distinct=True),
        Window(trust.otp_block_day, DAY, distinct=True),
    )
    return [
        Bucket(kind="otp_number", subject=e164, windows=sends, own=False),
        Bucket(kind="otp_block", subject=e164[:-3], member=e164, windows=numbers, own=False),
    ]


def _of_everyone(region: str) -> list[Bucket]:
    trust = settings.TRUST
    near = (Window(trust.otp_region_hour, HOUR), Window(trust.otp_region_day, DAY))
    whole = (Window(trust.otp_global_hour, HOUR), Window(trust.otp_global_day, DAY))
    return [
        Bucket(kind="otp_region", subject=region, windows=near, own=False),
        Bucket(kind="otp_global", subject="all", windows=whole, own=False),
    ]


def _of_client(ip: str) -> list[Bucket]:
    """The client's network; none for the platform's own doing (ip is empty)."""
    if not ip:
        return []
    trust = settings.TRUST
    near, far = address_subjects(ip)
    windows = (Window(trust.otp_ip_hour, HOUR), Window(trust.otp_ip_day, DAY))
    found = [Bucket(kind="otp_ip", subject=near, windows=windows)]
    if far:
        found.append(
            Bucket(kind="otp_ip48", subject=far, windows=(Window(trust.otp_ip6_48_day, DAY),))
        )
    return found


def unconverted(account: Account) -> Bucket:
    """Sendings of a trial account in a row that nobody verified; frozen for review when full."""
    return Bucket(
        kind="otp_unconverted",
        subject=account.auth_id,
        streak_limit=settings.TRUST.otp_unconverted_in_a_row,
    )


def additions(account: Account) -> Bucket:
    """Numbers that a trial account added in thirty days, removed ones too (OTP-09)."""
    window = Window(settings.TRUST.sandbox_numbers_added_30_days, DAYS_30)
    return Bucket(kind="number_added", subject=account.auth_id, windows=(window,))


def allowance(account: Account) -> Bucket:
    """Held while an account's numbers are counted, so that parallel additions cannot overrun."""
    return Bucket(kind="number_count", subject=account.auth_id)


def holders(e164: str) -> Bucket:
    """Held while the accounts that hold a number are counted (NUM-10)."""
    return Bucket(kind="number_holders", subject=e164, own=False)


def wrong_codes(account: Account, *, e164: str) -> list[Bucket]:
    """Failures: full means locked for a day; a hundred in a row need staff."""
    trust = settings.TRUST
    return [
        Bucket(
            kind="otp_wrong_number",
            subject=f"{account.auth_id}|{e164}",
            windows=(Window(trust.otp_wrong_per_number_day, DAY),),
            lock_seconds=DAY,
        ),
        wrong_codes_of_account(account),
    ]


def wrong_codes_of_account(account: Account) -> Bucket:
    """Failures of the whole account; a new code does not end the streak, a right one does."""
    trust = settings.TRUST
    return Bucket(
        kind="otp_wrong_account",
        subject=account.auth_id,
        windows=(Window(trust.otp_wrong_per_account_day, DAY),),
        lock_seconds=DAY,
        streak_limit=trust.otp_wrong_in_a_row,
    )


def checking(account: Account, *, ip: str) -> list[Bucket]:
    """How fast codes may be tried, right or wrong, in shape or not (OTP-10)."""
    window = Window(settings.TRUST.otp_checks_minute, MINUTE)
    buckets = [Bucket(kind="otp_check_account", subject=account.auth_id, windows=(window,))]
    if ip:
        buckets.append(
            Bucket(kind="otp_check_ip", subject=address_subjects(ip)[0], windows=(window,))
        )
    return buckets
