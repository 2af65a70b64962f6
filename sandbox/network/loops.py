"""Calls that come back: the platform calls a number of its own, and a second call answers.

The two ends are two rows of `HandsetCall` that name each other as `peer`: the leg that was dialled
(`inbound`, as its phone sees it) and the call that arrives (`outbound`, as its caller's phone would
see it). What the platform does at one end is what happens at the other. Neither belongs to a
handset that anybody could open.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from console.core import randomness
from console.core.models import Queue
from console.core.outbox import enqueue
from sandbox.network.events import PhoneEvent, tell
from sandbox.network.models import (
    CallDirection,
    CallState,
    CaptionKind,
    HandsetCall,
    HandsetCaption,
)
from sandbox.network.outgoing import CALL_KIND
from sandbox.network.phones import REASON, Action, Deed, change, perform

NOBODY: Final = "platform"
_KEYS: Final = frozenset("0123456789*#")
_REFUSED: Final = {"USER_BUSY": Deed.BUSY, "CALL_REJECTED": Deed.REJECT}
_FAILED: Final = 3080


def come_back(*, call_uuid: UUID, headers: dict[str, str], hops: int) -> UUID:
    """Lets the leg that rings at a number of the platform arrive there as a call (five queries).

    Runs in the transaction of the ring. The call engine gets an outbox row `call.incoming`.
    """
    calls = HandsetCall.objects.unscoped(REASON).select_related("account")
    near = calls.get(pk=call_uuid)
    far = HandsetCall.objects.create(
        call_uuid=randomness.new_uuid(),
        account=near.account,
        number=NOBODY,
        direction=CallDirection.OUTBOUND,
        from_number=near.from_number,
        to_number=near.to_number,
        caller_name=near.caller_name,
        peer=near.call_uuid,
    )
    calls.filter(pk=near.pk).update(peer=far.call_uuid)
    enqueue(
        kind=CALL_KIND,
        queue=Queue.CALLS,
        dedupe_key=f"incoming:{far.call_uuid}",
        payload={
            "call_uuid": str(far.call_uuid),
            "account": near.account.auth_id,
            "from": near.from_number,
            "to": near.to_number,
            "caller_name": near.caller_name,
            "headers": headers,
            "hops": hops,
        },
    )
    return far.call_uuid


def peer_of(call_uuid: UUID) -> HandsetCall | None:
    """The other end; None for a call with a phone (one query)."""
    calls = HandsetCall.objects.unscoped(REASON).select_related("account")
    return calls.filter(peer=call_uuid).first()


def answered(call_uuid: UUID) -> None:
    """The call that arrived was answered, so the leg was."""
    if (other := peer_of(call_uuid)) is not None:
        perform(other, Action(Deed.ANSWER, "peer-answer"))


def hung_up(call_uuid: UUID, cause: str) -> None:
    """One end hung up, so the other end hears that."""
    other = peer_of(call_uuid)
    if other is None:
        return
    if other.state == CallState.RINGING and other.direction == CallDirection.INBOUND:
        deed = _REFUSED.get(cause, Deed.FAIL)
        code = _FAILED if deed is Deed.FAIL else None
        perform(other, Action(deed, "peer-end", cause=code))
    else:
        perform(other, Action(Deed.HANG_UP, "peer-end"))


def keyed(call_uuid: UUID, tones: str, *, action_id: str) -> None:
    """Tones that one end sends are keys that the other end hears; waits among them are dropped."""
    digits = "".join(tone for tone in tones if tone in _KEYS)
    if not digits or tones in ("beep", "ringing"):
        return
    other = peer_of(call_uuid)
    if other is None:
        return
    with transaction.atomic():
        if change(other, CallState.UP):
            tell(other, PhoneEvent.DIGITS, action_id=f"peer-{action_id}"[:64], digits=digits)


def spoken(call_uuid: UUID, text: str, *, action_id: str) -> None:
    """Words that one end says are words that the other end hears (two queries, five at most)."""
    other = peer_of(call_uuid)
    if other is not None:
        perform(other, Action(Deed.SAY, f"peer-{action_id}"[:64], text=text))


def heard_at_far_end(call_uuid: UUID) -> list[str]:
    """What the other end has said so far and is still to be heard, in order (up to two queries)."""
    other = peer_of(call_uuid)
    if other is None:
        return []
    captions = HandsetCaption.objects.filter(call=other, stopped_at=None, mine=False)
    return [one.shown() for one in captions.exclude(kind=CaptionKind.TONE).order_by("id")]
