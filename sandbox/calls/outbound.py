"""Outbound calls: asked for, let through by the fence, queued, begun in their turn, cancelled.

A request makes one row of `Call` a destination, in the phase `queued`, and one outbox row each that
begins it: the waits live in the database. The pace is the account's: each call takes the next free
place of its line (compat/README.md section 4.4: what is too fast is queued, not refused).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Unpack
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from console.accounts.models import Account, Subaccount
from console.applications.models import Application
from console.core import clock, limits, randomness
from console.core.errors import DomainError, NotFound
from console.core.models import OutboxRow
from console.core.numbers import canonical_number
from console.core.outbox import Later, enqueue_many
from console.core.telephone_time import scaled
from console.records.models import Cdr
from sandbox.calls import engine, wishes
from sandbox.calls.flow import Leg as FlowLeg
from sandbox.calls.flow import events, new_call
from sandbox.calls.flow.causes import API_REQUEST, PLIVO
from sandbox.calls.models import Call, CallEvent, CallPace, CallPhase, Direction, Leg
from sandbox.calls.wishes import Asked, Target, Wishes
from sandbox.calls.work import START, Work, lock
from sandbox.fence import services as fence
from sandbox.fence.kinds import Kind, Origin
from sandbox.fence.policy import current_policy
from sandbox.fence.verdict import Verdict

log = structlog.get_logger(__name__)
_NOT_IN_TIME: Final = 5000
_BATCH: Final = 200


def place_calls(
    *,
    account: Account,
    from_: str,
    to: str,
    answer_url: str = "",
    document: str = "",
    subaccount: Subaccount | None = None,
    parent_call_uuid: str = "",
    error_if_parent_not_found: bool = False,
    origin: str = Origin.API_CALL,
    app_id: str = "",
    source_ip: str = "",
    **asked: Unpack[Asked],
) -> list[UUID]:
    """Queues a call to each destination of `to` (joined by `<`) and gives their request UUIDs.

    A request UUID is also the UUID of its call. An answered call asks `answer_url`, or runs the
    platform's own `document`. The fence looks at every destination first and one
    refusal refuses the request: its DomainError is raised. Also raises `invalid_parameter`,
    `invalid_url`, and NotFound for a parent that must be there. About twenty-five queries, and
    seven more for each hundred destinations, of which SQLite takes few rows at a time.
    """
    wanted = wishes.read(to=to, answer_url=answer_url, asked=asked, document=document)
    parent = _parent(account, subaccount, parent_call_uuid, must=error_if_parent_not_found)
    draft = Call(
        account=account,
        subaccount=subaccount,
        app_id=app_id,
        direction=Direction.OUTBOUND,
        from_number=_canonical(from_),
        hangup_url=wanted.hangup_url,
        hangup_method=wanted.hangup_method,
        phase=CallPhase.QUEUED,
        origin=origin,
        parent_call_uuid=parent,
        sip_headers=wanted.sip_headers,
        source_ip=source_ip or None,
    )
    verdicts = _verdicts(draft, from_, wanted)
    with transaction.atomic():
        return _queue(draft, wanted, verdicts)


def place_test_call(
    *, account: Account, application: Application, from_: str, to: str, source_ip: str = ""
) -> UUID:
    """Calls one destination with an application's URLs; for the button of the console."""
    hangup_url, hangup_method = application.url_for_hangup
    (call_uuid,) = place_calls(
        account=account,
        subaccount=application.subaccount,
        from_=from_,
        to=to.replace("<", " "),
        answer_url=application.answer_url,
        answer_method=application.answer_method,
        fallback_url=application.fallback_answer_url,
        fallback_method=application.fallback_method,
        hangup_url=hangup_url,
        hangup_method=hangup_method,
        origin=Origin.TEST_CALL,
        app_id=application.app_id,
        source_ip=source_ip,
    )
    return call_uuid


def start(call_uuid: UUID, *, planned: datetime) -> bool:
    """Begins a queued call in its turn; False when it is not queued any more. About 15 queries.

    Raises Later when the account has just begun as many calls as it may in a second.
    """
    with transaction.atomic():
        call = lock(call_uuid)
        if call is None or call.phase != CallPhase.QUEUED:
            return False
        work = Work(call, at=clock.now())
        work.reported("start")
        if work.now - planned > timedelta(seconds=settings.TRUST.call_useful_life):
            saw = "The platform could not begin this call in time."
            work.note("refused", rule="useful_life", saw=saw)
            event: events.Event = events.HangupAsked(_NOT_IN_TIME, PLIVO)
        else:
            _take_turn(call.account)
            event = events.OutgoingCall()
            call.phase = CallPhase.RINGING
            work.leg.initiated_at = work.at
            work.leg.save(update_fields=["initiated_at"])
        return engine.run(work, event, key="begin", data={})


def cancel_request(
    *, account: Account, request_uuid: UUID, subaccount: Subaccount | None = None
) -> None:
    """Ends a call that is queued or rings, with cause 1000; again is a no-op while it is known.

    Raises NotFound for what is not a request of the account, was answered, or is over.
    """
    mine = Call.objects.for_account(account, subaccount).filter(platform=False)
    found = mine.filter(call_uuid=request_uuid, direction=Direction.OUTBOUND).first()
    if found is None or found.phase not in (CallPhase.QUEUED, CallPhase.RINGING):
        raise NotFound
    engine.apply(request_uuid, events.HangupAsked(0, API_REQUEST), key="cancelled")


def calls_a_second(account: Account) -> int:
    """How many outbound calls of the account begin in a second."""
    if account.on_trial:
        return current_policy().calls_a_second
    return int(settings.TRUST.account_calls_a_second)


def _take_turn(account: Account) -> None:
    """Also counted when it happens: after a stop of the workers, all is due at once."""
    window = limits.Window(calls_a_second(account), 1)
    try:
        limits.take([limits.Bucket(kind="starts", subject=account.auth_id, windows=(window,))])
    except limits.BucketFull as full:
        raise Later(timedelta(milliseconds=250), "others of the account begin first") from full


def _parent(
    account: Account, subaccount: Subaccount | None, text: str, *, must: bool
) -> UUID | None:
    if not text:
        return None
    try:
        parent = UUID(text)
    except ValueError as error:
        raise wishes.wrong("parent_call_uuid", "This is no call UUID.") from error
    if must and not _is_known(account, subaccount, parent):
        raise NotFound("parent call not found", field="parent_call_uuid")
    return parent


def _is_known(account: Account, subaccount: Subaccount | None, parent: UUID) -> bool:
    living = Call.objects.for_account(account, subaccount).filter(platform=False)
    if living.filter(call_uuid=parent).exists():
        return True
    return Cdr.objects.for_account(account, subaccount).filter(call_uuid=parent).exists()


def _verdicts(draft: Call, from_: str, wanted: Wishes) -> list[Verdict]:
    """The fence's word on every destination; raises the DomainError of the first refusal."""
    verdicts = fence.check_each(
        account=draft.account,
        subaccount=draft.subaccount,
        kind=Kind.CALL,
        ways=[(from_, target.to) for target in wanted.targets],
        origin=draft.origin,
        in_line=True,
        stop=True,
    )
    verdicts[-1].require()
    return verdicts


def _canonical(from_: str) -> str:
    try:
        return canonical_number(from_, bare_digits=True).e164
    except DomainError:
        return from_.strip()  # a SIP address, which the fence has seen


def _queue(draft: Call, wanted: Wishes, verdicts: list[Verdict]) -> list[UUID]:
    """Writes all calls of a request: about ten queries, whatever their number."""
    now = clock.now()
    limit = current_policy().call_seconds if draft.account.on_trial else wishes.LONGEST_CALL
    calls: list[Call] = []
    legs: list[Leg] = []
    lines: list[CallEvent] = []
    rows: list[OutboxRow] = []
    places = _places(draft.account, len(verdicts), now)
    for target, verdict, begins in zip(wanted.targets, verdicts, places, strict=True):
        call = _call(draft, verdict.to, now)
        leg = _leg(call, wanted, target)
        work = Work(call, at=now)
        work.state = new_call(_flow_leg(call, wanted, target, limit))
        asked: dict[str, Any] = {"from": call.from_number, "to": call.to_number}
        work.note("call_asked", origin=call.origin, **asked)
        work.note("permitted", to=call.to_number, rules=verdict.as_json()["rules"])
        begins += scaled(target.delay)
        work.at_moment(START, "start", begins, planned=begins.isoformat())
        call.flow, call.wake_by = work.content(), work.wake_by()
        calls.append(call)
        legs.append(leg)
        lines += work.events
        rows += work.rows
    Call.objects.bulk_create(calls, batch_size=_BATCH)
    Leg.objects.bulk_create(legs, batch_size=_BATCH)
    CallEvent.objects.bulk_create(lines, batch_size=_BATCH)
    enqueue_many(rows)
    return [call.call_uuid for call in calls]


def _places(account: Account, count: int, now: datetime) -> list[datetime]:
    """When each of so many calls may begin: the next places of the account's line."""
    step = timedelta(seconds=1 / calls_a_second(account))
    CallPace.objects.bulk_create([CallPace(account=account, next_at=now)], ignore_conflicts=True)
    pace = CallPace.objects.for_account(account).select_for_update().get()
    first = max(now, pace.next_at)
    pace.next_at = first + step * count
    pace.save(update_fields=["next_at"])
    return [first + step * place for place in range(count)]


def _call(draft: Call, to: str, now: datetime) -> Call:
    copied = {
        field.attname: getattr(draft, field.attname)
        for field in Call._meta.concrete_fields
        if field.attname not in {"id", "call_uuid", "to_number", "started_at", "flow"}
    }
    call = Call(call_uuid=randomness.new_uuid(), to_number=to[:255], started_at=now, **copied)
    call.account, call.subaccount = draft.account, draft.subaccount
    return call


def _leg(call: Call, wanted: Wishes, target: Target) -> Leg:
    return Leg(
        call=call,
        call_uuid=call.call_uuid,
        kind="user" if call.to_number.startswith("sip:") else "number",
        direction=Direction.OUTBOUND,
        from_number=call.from_number,
        to_number=call.to_number,
        caller_name=wanted.caller_name,
        send_digits=target.send_digits,
        send_on_preanswer=wanted.send_on_preanswer,
        sip_headers=wanted.sip_headers,
        initiated_at=call.started_at,
    )


def _flow_leg(call: Call, wanted: Wishes, target: Target, limit: int) -> FlowLeg:
    return FlowLeg(
        direction="outbound",
        from_number=call.from_number,
        to_number=call.to_number,
        answer_url=wanted.answer_url,
        answer_method=wanted.answer_method,
        fallback_url=wanted.fallback_url,
        fallback_method=wanted.fallback_method,
        ring_url=wanted.ring_url,
        ring_method=wanted.ring_method,
        ring_timeout_seconds=target.ring_timeout,
        hangup_on_ring_seconds=wanted.hangup_on_ring,
        time_limit_seconds=min(target.time_limit, limit),
        machine=wanted.machine,
        detection=wanted.detection,
        machine_url=wanted.machine_url,
        machine_method=wanted.machine_method,
        document=wanted.document,
        confirm_key=wanted.confirm_key,
        confirm_sound=wanted.confirm_sound,
        confirm_method=wanted.confirm_method,
    )
