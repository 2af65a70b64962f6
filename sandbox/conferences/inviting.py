"""Participants that the API brings into a multiparty call: dialled, or moved from where they are.

Both run a document of the platform's own with the one element; a dialled one passes the fence, now
and again when it rings, like every call that leaves (GATE-02, GATE-04: origin `conference`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from django.db import transaction

from console.accounts.models import Account, Subaccount
from console.core import clock, randomness
from console.core.errors import DomainError, NotFound
from sandbox.calls import engine, outbound
from sandbox.calls.flow import events
from sandbox.calls.models import Call, CallPhase
from sandbox.calls.services import get_call
from sandbox.conferences import selectors
from sandbox.conferences.change import lock
from sandbox.fence.kinds import Origin

MOST_AGENTS: Final = 20
_INITIATED: Final = "AddParticipantByAPIActionInitiated"
_NAMES: Final = {"relay_dtmf_inputs": "relayDTMFInputs"}


@dataclass(frozen=True, slots=True)
class Invited:
    """A call on its way into the room."""

    call_uuid: UUID
    from_number: str
    to_number: str


def add_participants(
    *,
    account: Account,
    named: str,
    role: str,
    subaccount: Subaccount | None = None,
    from_: str = "",
    to: str = "",
    call_uuid: str = "",
    dialling: dict[str, Any] | None = None,
    wishes: dict[str, Any] | None = None,
) -> list[Invited]:
    """Dials `to` (agents: several joined by `<`), or moves the living call `call_uuid`.

    `named` is `uuid_…` of a living multiparty call, or `name_…`, which the first participant
    makes. `dialling` are words of `outbound.place_calls`, `wishes` attributes of the element under
    their API names. Raises NotFound, and DomainError as the fence and `place_calls` do.
    """
    name = _name(account, subaccount, named)
    document = _document(name, role, wishes or {})
    if call_uuid:
        found = [_move(account, subaccount, call_uuid, document)]
    else:
        found = _dial(account, subaccount, from_, to, role, document, dialling or {})
    _tell(account, subaccount, named)
    return found


def _name(account: Account, subaccount: Subaccount | None, named: str) -> str:
    if named.startswith("name_") and len(named) > len("name_"):
        return named.removeprefix("name_")
    room = selectors.find_mpc(account=account, subaccount=subaccount, named=named)
    if room.is_over:
        raise NotFound
    return room.name


def _document(name: str, role: str, wishes: dict[str, Any]) -> str:
    written = {"role": role, **wishes}
    attributes = " ".join(
        f"{_camel(key)}={quoteattr(_text(value))}"
        for key, value in written.items()
        if value not in (None, "")
    )
    return f"<Response><MultiPartyCall {attributes}>{escape(name)}</MultiPartyCall></Response>"


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return _NAMES.get(name) or first + "".join(one.capitalize() for one in others)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _dial(
    account: Account,
    subaccount: Subaccount | None,
    from_: str,
    to: str,
    role: str,
    document: str,
    dialling: dict[str, Any],
) -> list[Invited]:
    for field, given in (("from", from_), ("to", to)):
        if not given:
            raise DomainError(
                f"{field} parameter is missing", code="missing_parameter", field=field
            )
    count = to.count("<") + 1
    if count > (MOST_AGENTS - 1 if role == "agent" else 1):
        said = "to parameter is invalid: only agents are dialled several at a time, 19 at most."
        raise DomainError(said, code="invalid_parameter", field="to")
    uuids = outbound.place_calls(
        account=account,
        subaccount=subaccount,
        from_=from_,
        to=to,
        document=document,
        origin=Origin.CONFERENCE,
        **dialling,
    )
    made = Call.objects.for_account(account).filter(call_uuid__in=uuids).order_by("pk")
    return [Invited(one.call_uuid, one.from_number, one.to_number) for one in made]


def _move(
    account: Account, subaccount: Subaccount | None, call_uuid: str, document: str
) -> Invited:
    try:
        wanted = UUID(call_uuid)
    except ValueError as error:
        raise NotFound from error
    call = get_call(account=account, subaccount=subaccount, call_uuid=wanted)
    if call.phase != CallPhase.LIVE:
        raise NotFound
    key = f"mpc-{randomness.new_uuid()}"
    engine.apply(wanted, events.DocumentGiven(document), key=key)
    return Invited(wanted, call.from_number, call.to_number)


def _tell(account: Account, subaccount: Subaccount | None, named: str) -> None:
    """Tells the status URL of a call that is there already."""
    try:
        room = selectors.find_mpc(account=account, subaccount=subaccount, named=named)
    except NotFound:
        return
    with transaction.atomic():
        change = lock(room.pk, at=clock.now())
        if change is not None:
            change.status(_INITIATED)
            change.save()
