"""How a leg ends: once, with its record and its price in the same transaction."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Round

from console.accounts.models import Account
from console.core import money
from console.records.services import write_cdr
from sandbox.calls.flow import call_state, cause
from sandbox.calls.models import Call, Leg, LegState
from sandbox.calls.work import Work
from sandbox.fence.kinds import Origin
from sandbox.network import usage


def settle(work: Work, leg: Leg, *, code: int, source: str) -> bool:
    """Ends the leg, writes its record, takes its price (four queries); False when it had ended.

    Of two workers one wins the conditional update, so a leg has one record and one price. The
    price may take the credit below zero: what was spoken is owed. A platform call costs nothing
    and has no record (OTP-16).
    """
    if leg.is_over:
        return False
    leg.ended_at = max(work.at, leg.answered_at or leg.initiated_at, leg.initiated_at)
    leg.state, leg.cause = LegState.ENDED, code
    leg.source = source or cause(code).source
    leg.amount = money.amount_for(rate_per_minute=leg.rate, billed_seconds=leg.billed_seconds)
    ended = Leg.objects.filter(pk=leg.pk).exclude(state=LegState.ENDED)
    won = ended.update(
        state=leg.state,
        ended_at=leg.ended_at,
        answered_at=leg.answered_at,
        cause=leg.cause,
        source=leg.source,
        amount=leg.amount,
    )
    if not won:
        return False
    if leg.carrier:
        answered = leg.answered_at is not None
        usage.ended(call_uuid=leg.call_uuid, cause=leg.cause, answered=answered)
    if not work.call.platform:
        _record(work.call, leg, work.room if leg.is_a else "")
        charge(work.call.account, leg.amount)
    return True


def charge(account: Account, amount: Decimal) -> None:
    """Takes an amount in US dollars from the account's credit (one query, none for nothing).

    What the caller holds of the account is charged too, so that `credit.watch` reckons with it.
    """
    if amount:
        left = Round(F("credit") - amount, precision=5)  # SQLite has binary fractions
        Account.objects.filter(pk=account.pk).update(credit=left)
        account.credit -= amount


def _record(call: Call, leg: Leg, room: str) -> None:
    row = cause(leg.cause)
    b_leg = not leg.is_a or call.origin == Origin.TRANSFER
    write_cdr(
        call_uuid=leg.call_uuid,
        parent_call_uuid=call.parent_call_uuid if leg.is_a else call.call_uuid,
        account_id=call.account_id,
        subaccount_id=call.subaccount_id,
        app_id=call.app_id,
        leg="B" if b_leg else "A",
        direction=leg.direction,
        state=call_state(leg.cause, answered=leg.answered_at is not None),
        from_number=leg.from_number,
        to_number=leg.to_number,
        initiated_at=leg.initiated_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        duration=leg.seconds,
        billed_duration=leg.billed_seconds,
        rate=leg.rate,
        amount=leg.amount,
        hangup_code=leg.cause,
        hangup_name=row.name,
        hangup_source=leg.source,
        conference_uuid=room or None,
        pop=leg.pop,
        carrier=leg.carrier,
        region=leg.region,
        stir_verification="Verified" if leg.attestation else "Not Applicable",
        stir_attestation=leg.attestation,
        source_ip=call.source_ip,
    )
