"""The simulated network: a command to a phone is a row in the caller's own transaction.

So nothing secret enters a payload, a broker or a log, and what the caller rolls back never rang.
"""

from __future__ import annotations

import re
from uuid import UUID

from django.db import transaction
from django.db.models import F

from console.core import clock
from console.core.errors import DomainError
from console.core.models import E164_PATTERN, Queue
from console.core.outbox import enqueue
from console.core.outcomes import MessageFate, MessagePlan, find_outcome
from console.core.telephone_time import scaled
from sandbox.network import automata, loops
from sandbox.network.models import (
    CallDirection,
    CallState,
    CaptionKind,
    HandsetAccess,
    HandsetCall,
    HandsetCaption,
    HandsetMessage,
    Permit,
    PermitKind,
)
from sandbox.network.permits import consume
from sandbox.network.phones import REASON, change, ending
from sandbox.network.registration import registered_endpoint

_E164 = re.compile(E164_PATTERN)
_LIVING = (CallState.RINGING, CallState.UP)
MASK = "•"


class SimulatedDriver:
    """Rings, speaks and delivers by writing what the phone notices. See LineDriver."""

    network = "simulated"

    def ring(
        self,
        *,
        permit: Permit,
        call_uuid: UUID,
        from_: str,
        caller_name: str = "",
        platform: bool = False,
    ) -> bool:
        """Three queries and, for phones that act by themselves, up to six more."""
        number = _phone_of(permit)
        with transaction.atomic():
            if HandsetCall.objects.unscoped(REASON).filter(pk=call_uuid).exists():
                return False
            consume(permit, kind=PermitKind.CALL, network=self.network)
            call = HandsetCall.objects.create(
                account=permit.account,
                number=number,
                call_uuid=call_uuid,
                direction=CallDirection.INBOUND,
                from_number=from_,
                to_number=permit.to,
                caller_name=caller_name[:80],
                platform=platform,
            )
            _open_outcome_number(permit)
            automata.rung(call)
        return True

    def answered(self, *, call_uuid: UUID, came_back: bool = False) -> bool:
        """One query, more when the call came from the platform itself."""
        call = HandsetCall(call_uuid=call_uuid)
        if not change(call, CallState.RINGING, state=CallState.UP, answered_at=clock.now()):
            return False
        if came_back:
            loops.answered(call_uuid)
        return True

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
        """Two queries, one right after picking up."""
        caption = HandsetCaption(
            call_id=call_uuid, key=key, kind=CaptionKind.SPEAK, language=language[:16]
        )
        caption.put(text, secret=secret)
        return _hear(caption, is_ours=picked_up)

    def said(
        self, *, call_uuid: UUID, text: str, key: str, secret: bool = False, tone: bool = False
    ) -> bool:
        """Two queries."""
        kind = CaptionKind.TONE if tone else CaptionKind.SPEAK
        caption = HandsetCaption(call_id=call_uuid, key=key, kind=kind, mine=True)
        caption.put(text, secret=secret)
        return _hear(caption)

    def hide_keys(self, *, call_uuid: UUID, digits: str) -> None:
        """Two queries."""
        calls = HandsetCall.objects.unscoped(REASON).select_for_update().select_related(None)
        with transaction.atomic(savepoint=False):
            call = calls.filter(pk=call_uuid).first()
            if call is None:
                return
            # The newest such keys: older ones that look the same were pressed for something else.
            before, found, after = call.digits_sent.rpartition(digits)
            shown = before + MASK * len(found) + after
            change(call, *CallState, digits_sent=shown)

    def play(self, *, call_uuid: UUID, url: str, key: str) -> bool:
        """Two queries."""
        return _hear(HandsetCaption(call_id=call_uuid, key=key, kind=CaptionKind.PLAY, text=url))

    def tone(self, *, call_uuid: UUID, tone: str, key: str) -> bool:
        """Three queries, more when the other end is the platform itself."""
        loops.keyed(call_uuid, tone, action_id=key)
        return _hear(HandsetCaption(call_id=call_uuid, key=key, kind=CaptionKind.TONE, text=tone))

    def stop(self, *, call_uuid: UUID, prefix: str = "") -> None:
        """Two queries."""
        heard = HandsetCaption.objects.filter(call_id=call_uuid, stopped_at=None, mine=False)
        if prefix:
            heard = heard.filter(key__startswith=prefix)
        if heard.update(stopped_at=clock.now()):
            change(HandsetCall(call_uuid=call_uuid), *_LIVING)

    def hang_up(self, *, call_uuid: UUID, cause: str) -> bool:
        """Two queries, more when the other end is the platform itself."""
        if not change(HandsetCall(call_uuid=call_uuid), *_LIVING, **ending(cause[:48])):
            return False
        loops.hung_up(call_uuid, cause)
        return True

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
        """Three queries, and three more with a report. A repeated key is counted, not shown."""
        _require_public_number(permit.to)
        with transaction.atomic():
            known = HandsetMessage.objects.unscoped(REASON).filter(key=key)
            if known.update(repeats=F("repeats") + 1):
                return False
            consume(permit, kind=PermitKind.MESSAGE, network=self.network)
            plan = _message_plan(permit.to)
            if plan.fate is not MessageFate.UNDELIVERED:
                message = HandsetMessage(
                    account=permit.account,
                    number=permit.to,
                    key=key,
                    message_uuid=message_uuid,
                    from_number=from_,
                    to_number=permit.to,
                    platform=platform,
                )
                message.put(text, secret=secret)
                message.save(force_insert=True)
            _open_outcome_number(permit)
            if report_kind:
                _report(plan, message_uuid, kind=report_kind, platform=platform)
        return True


def _message_plan(number: str) -> MessagePlan:
    outcome = find_outcome(number)
    return outcome.message if outcome else MessagePlan()


def _report(plan: MessagePlan, message_uuid: UUID, *, kind: str, platform: bool) -> None:
    if plan.fate is MessageFate.NO_REPORT:
        return
    bad = plan.fate is MessageFate.UNDELIVERED
    enqueue(
        kind=kind,
        queue=Queue.OTP if platform else Queue.CALLS,
        delay=scaled(plan.seconds),
        dedupe_key=f"report:{kind}:{message_uuid}",
        payload={
            "message_uuid": str(message_uuid),
            "state": "undelivered" if bad else "delivered",
            "error": plan.error,
        },
    )


def _hear(caption: HandsetCaption, *, is_ours: bool = False) -> bool:
    with transaction.atomic(savepoint=False):  # one would cost two more trips
        # The call's row first: it says whether anybody listens, and keeps captions in order.
        if not (is_ours or change(HandsetCall(call_uuid=caption.call_id), *_LIVING)):
            return False
        HandsetCaption.objects.bulk_create([caption], ignore_conflicts=True)
    return True


def _open_outcome_number(permit: Permit) -> None:
    """An outcome number that an account has reached is a handset it may open from now on."""
    if find_outcome(permit.to):
        access = HandsetAccess(account_id=permit.account_id, number=permit.to)
        HandsetAccess.objects.bulk_create([access], ignore_conflicts=True)


def _phone_of(permit: Permit) -> str:
    """The handset that the permit's address rings: a number, or an endpoint that is registered."""
    if not permit.to.startswith("sip:"):
        _require_public_number(permit.to)
        return permit.to
    endpoint = registered_endpoint(account=permit.account, uri=permit.to)
    if endpoint is None:
        raise DomainError("No phone is registered for this endpoint.", code="not_registered")
    return endpoint.sip_uri


def _require_public_number(to: str) -> None:
    if not _E164.fullmatch(to):
        raise DomainError(
            "The simulated network reaches phone numbers only.", code="invalid_number", field="to"
        )
