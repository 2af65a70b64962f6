"""What customers' URLs are told (compat/callbacks.md section 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from console.accounts.models import Account
from console.core import money
from sandbox.calls.flow import cause
from sandbox.calls.flow.commands import Fetch, HangUp, Notify
from sandbox.calls.models import Call, Direction, Leg
from sandbox.fence.kinds import Origin

Params: TypeAlias = dict[str, str]
ElementParams: TypeAlias = Callable[[Call, Fetch | Notify], Params]
_CLOCK = "%Y-%m-%d %H:%M:%S"
# What other apps know about a request of an element of theirs.
ELEMENTS: dict[str, ElementParams] = {}


def standard(call: Call, leg: Leg, *, event: str, status: str) -> Params:
    """The standard set; parameters that do not apply are left out."""
    told = {
        "CallUUID": str(call.call_uuid),
        "From": call.from_number,
        "To": call.to_number,
        "Direction": call.direction,
        "CallStatus": status,
        "Event": event,
        "CallerName": leg.caller_name,
        "SessionStart": call.started_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
        "STIRVerification": verification(leg),
        "STIRAttestation": leg.attestation,
        "ParentAuthID": call.account.auth_id,
        "BillRate": money.text(leg.rate),
    }
    if call.direction == Direction.OUTBOUND:
        uuid = str(call.call_uuid)
        a_leg = str(call.parent_call_uuid) if call.origin == Origin.TRANSFER else uuid
        told |= {"ALegUUID": a_leg, "ALegRequestUUID": a_leg, "RequestUUID": uuid}
    told |= {f"X-PH-{name}": value for name, value in call.sip_headers.items()}
    return {name: value for name, value in told.items() if value}


def verification(leg: Leg) -> str:
    """What the call's signature says of its caller (STIR/SHAKEN)."""
    return "Verified" if leg.attestation else "Not Applicable"


def for_command(
    call: Call,
    legs: Mapping[int, Leg],
    command: Fetch | Notify,
    elements: Mapping[str, ElementParams] = ELEMENTS,
) -> Params:
    """The parameters of a request of the flow: the standard set, the element's, the Dial's.

    `elements` know what other apps add; those that are asked by default look into the database.
    """
    told = standard(call, legs[0], event=command.event, status=command.call_status)
    told |= dict(command.extra)
    if command.element == "Dial" and command.purpose != "transfer":
        told |= _dial(call, legs, command)
    elif command.element in elements:
        told |= elements[command.element](call, command)
    return told


def hangup(call: Call, leg: Leg, command: HangUp) -> Params:
    """What the hangup URL is told; the A leg has been settled."""
    told = standard(call, leg, event="Hangup", status=command.call_status)
    told |= {
        "HangupCause": command.hangup_cause,
        "HangupCauseName": command.name,
        "HangupCauseCode": str(command.cause),
        "HangupSource": command.source,
    }
    if leg.failed_over:
        told["CarrierFailoverTriggered"] = "true"
    return told | _bill(leg, call.account, "")


def _dial(call: Call, legs: Mapping[int, Leg], command: Fetch | Notify) -> Params:
    """Which legs a Dial speaks of; at the end of a leg also its bill."""
    leg = legs.get(command.child) if command.child else None  # 0: nobody answered
    told = {"DialALegUUID": str(call.call_uuid)}
    if leg is not None or command.purpose == "action":
        told["DialBLegUUID"] = str(leg.call_uuid) if leg else ""
    if leg is None or not isinstance(command, Notify) or command.purpose != "dial_callback":
        return told
    told |= {"DialBLegFrom": leg.from_number, "DialBLegTo": leg.to_number}
    if dict(command.extra).get("DialAction") == "hangup":
        told |= _bill(leg, call.account, "DialBLeg")
        told["DialBLegBillRate"] = money.text(leg.rate)
    return told


def _bill(leg: Leg, account: Account, prefix: str) -> Params:
    told = {
        f"{prefix}Duration": str(leg.seconds),
        f"{prefix}BillDuration": str(leg.billed_seconds),
        f"{prefix}TotalCost": money.text(leg.amount),
        "StartTime": _local(leg.initiated_at, account),
        "AnswerTime": _local(leg.answered_at, account),
        "EndTime": _local(leg.ended_at, account),
    }
    return {name: value for name, value in told.items() if value}


def _local(moment: datetime | None, account: Account) -> str:
    return moment.astimezone(ZoneInfo(account.time_zone)).strftime(_CLOCK) if moment else ""


def telephone_cause(code: int) -> str:
    """The telephony name of a hangup cause: `NORMAL_CLEARING`."""
    return cause(code).hangup_cause
