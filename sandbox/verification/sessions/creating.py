"""Opening a session, or sending once more on the one that is open."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.applications.callback_urls import clean_url
from console.core import clock, limits, outbox
from console.core.errors import DomainError, LimitReached
from console.core.models import Queue
from console.core.numbers import Number, canonical_number
from console.numbers.services import rental_of
from sandbox.fence import services as fence
from sandbox.fence.kinds import Kind, Origin
from sandbox.verification import switches
from sandbox.verification.errors import CannotSend, Paused, from_bucket
from sandbox.verification.models import (
    Channel,
    SessionAttempt,
    SessionChannel,
    SessionState,
    VerifySession,
)
from sandbox.verification.sessions import budgets, closing, secrets, telling, words

SEND = "verify.send"
_SMS, _VOICE = SessionChannel.SMS.value, SessionChannel.VOICE.value
FENCE_KIND = {_SMS: Kind.MESSAGE.value, _VOICE: Kind.CALL.value}
SWITCHED_AS = {_SMS: Channel.SMS.value, _VOICE: Channel.CALL.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a tenant asks for; "" and None stand for the default (rest.md, Verify session)."""

    recipient: str
    channel: str = ""
    app_uuid: UUID | None = None
    url: str = ""
    method: str = "POST"
    locale: str = ""
    brand_name: str = ""
    app_hash: str = ""
    code_length: int | None = None
    dtmf: str = ""
    fraud_check: bool = True
    otp: str = ""


def default_app(account: Account) -> UUID:
    """The account's default Verify application."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"ringfence:verify:{account.auth_id}")


def create_session(
    *, account: Account, wanted: Wanted, subaccount: Subaccount | None = None, ip: str = ""
) -> VerifySession:
    """Opens a session and queues its first code; or, within its life, sends on the open one.

    A new code makes the old one dead at once. Raises DomainError: a field at fault, the fence's
    refusal (a trial reaches its sandbox numbers only), LimitReached for the budgets of the number,
    Paused by a kill switch, CannotSend for a receiver who said STOP. About 30 queries.
    """
    number = canonical_number(wanted.recipient, bare_digits=True, field="recipient")
    fresh, own = _fresh(account, subaccount, wanted, number, ip)
    _guard(fresh)
    with transaction.atomic():
        limits.lock([budgets.scope(account, subaccount, number.e164)])
        current = _open_one(account, subaccount, number.e164)
        session = _again(current, fresh) if current else _insert(fresh)
        if own:
            minted = secrets.mint(session, generation=session.generation, own=own)
            session.code_hmac, session.sealed_code = minted.hmac, minted.sealed
            session.save(update_fields=["code_hmac", "sealed_code"])
        _send(session)
    return session


def _fresh(
    account: Account, subaccount: Subaccount | None, wanted: Wanted, number: Number, ip: str
) -> tuple[VerifySession, str]:
    """The session as it was asked for, unsaved, and the tenant's own code."""
    channel = wanted.channel or SessionChannel.SMS.value
    if channel not in SessionChannel.values:
        raise DomainError("channel is sms or voice.", code="channel_unknown", field="channel")
    length = wanted.code_length
    if length is not None and not 4 <= length <= 8:
        raise DomainError("code_length is 4 to 8.", code="invalid_parameter", field="code_length")
    own = words.clean_code(wanted.otp, length=length)
    now = clock.now()
    session = VerifySession(
        account=account,
        subaccount=subaccount,
        app_uuid=wanted.app_uuid or default_app(account),
        e164=number.e164,
        region=number.region,
        channel=channel,
        locale=words.clean_locale(wanted.locale),
        brand_name=words.clean_brand(wanted.brand_name),
        app_hash=words.clean_app_hash(wanted.app_hash),
        code_length=len(own) or length or 6,
        own_code=bool(own),
        dtmf=words.clean_dtmf(wanted.dtmf),
        fraud_check=wanted.fraud_check,
        url=clean_url(wanted.url, field="url"),
        method=wanted.method or "POST",
        requestor_ip=ip or None,
        created_at=now,
        updated_at=now,
        expires_at=now + timedelta(seconds=settings.TRUST.otp_lifetime),
    )
    return session, own


def _guard(session: VerifySession) -> None:
    """What does not depend on counters; outside the transaction, so that a refusal is recorded."""
    if rental_of(session.e164) is not None:
        raise DomainError(
            "This number is hosted here, so a code to it proves no phone.",
            code="number_hosted_here",
            field="recipient",
        )
    verdict = fence.check(
        account=session.account,
        subaccount=session.subaccount,
        kind=FENCE_KIND[session.channel],
        from_="",
        to=session.e164,
        origin=Origin.VERIFY,
    )
    if (error := verdict.error) is not None:
        error.field = "recipient"
        raise error
    if switches.paused(region=session.region, channel=SWITCHED_AS[session.channel]):
        raise Paused
    if not switches.may_contact(session.e164, account_id=session.account.auth_id):
        refusal = CannotSend()
        refusal.field = "recipient"
        raise refusal


def _scope(account: Account, subaccount: Subaccount | None) -> TenantQuerySet[VerifySession]:
    return VerifySession.objects.for_account(account).filter(subaccount=subaccount)


def _open_one(account: Account, subaccount: Subaccount | None, e164: str) -> VerifySession | None:
    """The open session of this scope; one that is over, or nearly, is closed and None given."""
    mine = _scope(account, subaccount).filter(e164=e164, state=SessionState.IN_PROGRESS)
    found = mine.select_related("account", "subaccount").first()
    if found is None:
        return None
    left = found.expires_at - clock.now()
    if left >= timedelta(seconds=settings.TRUST.verify_least_life):
        return found
    closing.close(found, SessionState.EXPIRED)
    return None


def _insert(session: VerifySession) -> VerifySession:
    session.save(force_insert=True)
    return session


def _again(session: VerifySession, fresh: VerifySession) -> VerifySession:
    """Another sending: what was asked anew holds, life and failures carry over (OTP-07)."""
    if session.sends >= settings.TRUST.otp_sends_per_challenge:
        raise LimitReached(
            "No more codes for this session. Wait until it expires.",
            code="no_more_codes",
            field="recipient",
        )
    if session.validations >= fresh.most_validations:
        # A shorter code has fewer tries, and those that were made count.
        raise LimitReached(
            "No more tries for this session. Wait until it expires.", code="no_more_codes"
        )
    for name in _ASKED:
        setattr(session, name, getattr(fresh, name))
    session.generation += 1
    session.sends += 1
    session.code_hmac, session.sealed_code = "", None
    session.updated_at = clock.now()
    session.save()
    return session


_ASKED = (
    *("channel", "locale", "brand_name", "app_hash", "code_length", "own_code", "dtmf"),
    *("fraud_check", "url", "method", "requestor_ip", "app_uuid"),
)


def _send(session: VerifySession) -> None:
    """All budgets before anything is queued; a refusal rolls everything back (OTP-13)."""
    attempt = SessionAttempt(
        account=session.account,
        session=session,
        sequence=session.sends,
        channel=session.channel,
        created_at=clock.now(),
    )
    taken = budgets.sending(session.account, e164=session.e164, channel=session.channel)
    try:
        limits.check([budgets.wrong_codes(session)])
        limits.take(taken, ref=attempt.public_id)
    except limits.BucketFull as full:
        raise from_bucket(full) from full
    attempt.save(force_insert=True)
    telling.tell(session, attempt)
    outbox.enqueue(
        kind=SEND,
        queue=Queue.OTP,
        payload={"attempt": str(attempt.public_id)},
        dedupe_key=f"{SEND}:{attempt.public_id}",
    )
