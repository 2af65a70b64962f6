"""Adding, finding and removing sandbox numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.accounts.models import Account, Subaccount
from console.core import clock, limits
from console.core.errors import DomainError, NotFound
from console.core.numbers import METADATA_VERSION, Number, canonical_number, require_supported
from console.numbers.models import RentedNumber
from sandbox.fence import facts
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.fence.policy import current_policy
from sandbox.network.services import open_handset
from sandbox.verification import buckets
from sandbox.verification.errors import CannotSend, from_bucket
from sandbox.verification.models import Challenge, Channel
from sandbox.verification.services.holding import held_elsewhere, require_room
from sandbox.verification.services.sending import begin, cancel_challenge, guard

PROVED_BY_CODE, PROVED_BY_OPERATOR = "code", "operator"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text means, told before anything is sent (NUM-04)."""

    number: Number
    note: str

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that a first code may take: of `sms` and `call`."""
        call = (Channel.CALL.value,) if self.number.voice_early else ()
        return ((Channel.SMS.value,) if self.number.sms_otp else ()) + call


def preview(*, raw: str, region: str = "") -> Preview:
    """The canonical number, its country and how a code can reach it; no query.

    Raises DomainError for what is no number, and for types and numbers that need no proof.
    """
    number = canonical_number(raw, region or None, field="number")
    if number.is_outcome:
        raise DomainError(
            "This is an outcome number: you may always call and text it, so it needs no proof.",
            code="outcome_number",
            field="number",
        )
    require_supported(number, field="number")
    note = ""
    if not number.sms_otp:
        note = f"This is {number.type.words}, so we call it with the code."
    elif not number.voice_early:
        note = "The code comes by SMS. If it does not arrive, we can call instead."
    return Preview(number, note)


def add_number(
    *,
    account: Account,
    raw: str,
    channel: str,
    actor: Actor,
    region: str = "",
    ip: str = "",
    subaccount: Subaccount | None = None,
    alias: str = "",
    language: str = "",
) -> tuple[SandboxNumber, Challenge]:
    """Adds the number and queues its first code, all or nothing; opens its handset.

    Adding one that is there already starts (or repeats) its proof. Raises DomainError; what it
    says about numbers that others hold is the same for all reasons (OTP-12).
    """
    number = preview(raw=raw, region=region).number
    _refuse_hosted(number)
    guard(account=account, number=number, channel=channel)
    with transaction.atomic():
        limits.lock([buckets.allowance(account)])
        row = living_number(account, number.e164)
        if row is None:
            row = _insert(account, number, subaccount=subaccount, alias=alias)
            _count_addition(account)
        challenge = begin(
            account=account, number=row, channel=channel, actor=actor, ip=ip, language=language
        )
        open_handset(account=account, number=row.e164)
    return row, challenge


def living_number(account: Account, e164: str) -> SandboxNumber | None:
    """The account's row for the number, removed ones aside, or None (one query)."""
    return SandboxNumber.objects.for_account(account).live().filter(e164=e164).first()


def _refuse_hosted(number: Number) -> None:
    """OTP-17: a number of the platform would deliver the code to its tenant's own webhook."""
    rented = RentedNumber.objects.unscoped("hosted here, whoever rents it").living()
    if rented.filter(number=number.e164).exists():
        raise DomainError(
            "This number is hosted here, so it cannot prove that a phone is yours.",
            code="number_hosted_here",
            field="number",
        )


def _insert(
    account: Account, number: Number, *, subaccount: Subaccount | None, alias: str
) -> SandboxNumber:
    require_room(account)
    return SandboxNumber.objects.create(
        account=account,
        subaccount=subaccount,
        e164=number.e164,
        region=number.region,
        number_type=str(number.type),
        metadata_version=METADATA_VERSION,
        network=facts.current_network(),
        alias=alias,
    )


def _count_addition(account: Account) -> None:
    if not account.on_trial:
        return
    try:
        limits.take([buckets.additions(account)])
    except limits.BucketFull as full:
        raise from_bucket(full) from full


def find_number(
    *, account: Account, public_id: UUID, subaccount: Subaccount | None = None
) -> SandboxNumber:
    """The account's number by its public id; raises NotFound for any other (TEN-02)."""
    mine = SandboxNumber.objects.for_account(account, subaccount).live()
    found = mine.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("No such sandbox number.")
    return found


def remove_number(*, account: Account, number: SandboxNumber, actor: Actor, ip: str = "") -> bool:
    """Takes the number away at once (NUM-09); False when it was gone already.

    What is on its way is refused at the fence; no counter is reset (OTP-09).
    """
    with transaction.atomic():
        mine = SandboxNumber.objects.for_account(account).live().filter(pk=number.pk)
        if not mine.update(state=NumberState.REMOVED, removed_at=clock.now()):
            return False
        cancel_challenge(account=account, number=number)
        record(
            action="number.removed",
            actor=actor,
            account=account,
            object_type="sandbox_number",
            object_id=str(number.public_id),
            ip=ip,
        )
    return True


def vouch(*, account: Account, raw: str, actor: Actor) -> SandboxNumber:
    """An operator vouches for the number: verified without a code, and audited.

    Raises DomainError for what is no number, a hosted one, and when the account or the number is
    at its cap.
    """
    number = preview(raw=raw).number
    _refuse_hosted(number)
    with transaction.atomic():
        limits.lock([buckets.allowance(account)])
        limits.lock([buckets.holders(number.e164)])
        if held_elsewhere(account, number.e164):
            raise CannotSend
        row = living_number(account, number.e164)
        row = row or _insert(account, number, subaccount=None, alias="")
        require_room(account, but=row)
        cancel_challenge(account=account, number=row)
        settle_verified(row, proved_by=PROVED_BY_OPERATOR)
        open_handset(account=account, number=row.e164)
        record(
            action="number.vouched",
            actor=actor,
            account=account,
            object_type="sandbox_number",
            object_id=str(row.public_id),
        )
    return row


def settle_verified(row: SandboxNumber, *, proved_by: str) -> None:
    """Marks the number verified over the network in use, for as long as the policy says."""
    now = clock.now()
    row.state = NumberState.VERIFIED
    row.network = facts.current_network()
    row.proved_by = proved_by
    row.verified_at = now
    row.expires_at = now + timedelta(days=current_policy().verified_days)
    row.reminded_days = None
    fields = ["state", "network", "proved_by", "verified_at", "expires_at", "reminded_days"]
    row.save(update_fields=fields)
