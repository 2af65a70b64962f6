"""What a person or a script does with a handset.

Every function takes the account and the number of a handset that the account may open; any other
number is NotFound, exactly like one that never was (TEN-02).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from console.accounts.models import Account
from console.core import randomness
from console.core.errors import DomainError, NotFound
from sandbox.network.models import CallDirection, CallState, HandsetAccess, HandsetCall
from sandbox.network.phones import Action, Deed, perform
from sandbox.network.registration import endpoint_of
from sandbox.network.state import (
    SHOWN_CALLS,
    SHOWN_MESSAGES,
    recent_calls,
    recent_messages,
    state_json,
)

if TYPE_CHECKING:
    from sandbox.network.state import State

_DIGITS = re.compile(r"[0-9*#]{1,32}")
LONGEST_SAID = 500
_NO_HANDSET = "There is no handset with this number in your account."


def open_handset(*, account: Account, number: str) -> None:
    """Lets the account open the handset from now on; again is nothing (one query)."""
    access = HandsetAccess(account=account, number=number)
    HandsetAccess.objects.bulk_create([access], ignore_conflicts=True)


def close_handset(*, account: Account, number: str) -> None:
    """Takes the handset from the account; what it showed comes back when it is opened again."""
    HandsetAccess.objects.for_account(account).filter(number=number).delete()


def handsets(*, account: Account) -> list[HandsetAccess]:
    """The handsets that the account may open, in order of their numbers (one query)."""
    return list(HandsetAccess.objects.for_account(account).order_by("number"))


def require_handset(*, account: Account, number: str) -> HandsetAccess:
    """The handset (one query); raises NotFound when the account may not open it.

    The SIP URI of an endpoint is a handset of whoever has the endpoint; it comes back as the
    endpoint's own, whatever its case was.
    """
    if number.startswith("sip:"):
        endpoint = endpoint_of(account=account, uri=number)
        if endpoint is None:
            raise NotFound(_NO_HANDSET)
        return HandsetAccess(account=account, number=endpoint.sip_uri)
    found = HandsetAccess.objects.for_account(account).filter(number=number).first()
    if found is None:
        raise NotFound(_NO_HANDSET)
    return found


def handset_state(*, account: Account, number: str) -> State:
    """What the handset shows, as sandbox-api.md writes it; four queries. Raises NotFound."""
    require_handset(account=account, number=number)
    return state_json(
        number,
        recent_messages(account, number, SHOWN_MESSAGES),
        recent_calls(account, number, SHOWN_CALLS),
    )


def answer(
    *, account: Account, number: str, call_uuid: UUID | None = None, action_id: str = ""
) -> HandsetCall:
    """Takes the ringing call; one that is taken already is a friendly no-op.

    Raises NotFound without such a call, DomainError `call_over` when it has ended.
    """
    call = _call_at(account, number, call_uuid, inbound=True)
    return _act(call, Deed.ANSWER, action_id)


def reject(
    *, account: Account, number: str, call_uuid: UUID | None = None, action_id: str = ""
) -> HandsetCall:
    """Refuses the ringing call; again is a no-op.

    Raises NotFound without such a call, DomainError `call_over` when it is taken already.
    """
    call = _call_at(account, number, call_uuid, inbound=True)
    if call.state == CallState.UP:
        raise DomainError("The call is answered already; hang up.", code="call_over", status=409)
    return _act(call, Deed.REJECT, action_id)


def hang_up(
    *, account: Account, number: str, call_uuid: UUID | None = None, action_id: str = ""
) -> HandsetCall:
    """Ends the call, ringing or up, whoever called; again is a no-op. Raises NotFound."""
    return _act(_call_at(account, number, call_uuid), Deed.HANG_UP, action_id)


def press_digits(
    *,
    account: Account,
    number: str,
    digits: str,
    call_uuid: UUID | None = None,
    action_id: str = "",
) -> HandsetCall:
    """Presses keys during the call; with an `action_id` that was seen before, a no-op.

    Raises NotFound without a call, DomainError `invalid_digits` or `call_over`.
    """
    if not _DIGITS.fullmatch(digits):
        raise DomainError(
            "Press 1 to 32 keys of 0 to 9, * and #.", code="invalid_digits", field="digits"
        )
    call = _call_at(account, number, call_uuid)
    if call.state != CallState.UP:
        raise DomainError("Nobody is on the line to hear keys.", code="call_over", status=409)
    return _act(call, Deed.DIGITS, action_id, digits=digits)


def sendable(text: str) -> bool:
    """Whether a phone can send the text: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text)


def say(
    *,
    account: Account,
    number: str,
    text: str,
    call_uuid: UUID | None = None,
    action_id: str = "",
) -> HandsetCall:
    """Says words into the phone during the call; a known `action_id` makes it a no-op.

    White space is made plain. Raises NotFound without a call, DomainError `invalid_text` or
    `call_over`.
    """
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_SAID or not sendable(words):
        raise DomainError(
            f"Say something, in at most {LONGEST_SAID} characters.",
            code="invalid_text",
            field="text",
        )
    call = _call_at(account, number, call_uuid)
    if call.state != CallState.UP:
        raise DomainError("Nobody is on the line to hear you.", code="call_over", status=409)
    return _act(call, Deed.SAY, action_id, text=words)


def _act(
    call: HandsetCall, deed: Deed, action_id: str, *, digits: str = "", text: str = ""
) -> HandsetCall:
    """Does it; when the row was past it, says so only if that matters to the person."""
    action = Action(deed, action_id[:64] or str(randomness.new_uuid()), digits=digits, text=text)
    done = perform(call, action)
    call.refresh_from_db(from_queryset=HandsetCall.objects.for_account(call.account))
    if not done and deed is Deed.ANSWER and call.state == CallState.ENDED:
        raise DomainError("This call has ended.", code="call_over", status=409)
    return call


def _call_at(
    account: Account, number: str, call_uuid: UUID | None, *, inbound: bool = False
) -> HandsetCall:
    """The call that is meant: the named one, else the newest that lives (two queries)."""
    require_handset(account=account, number=number)
    calls = HandsetCall.objects.for_account(account).filter(number=number)
    if inbound:
        calls = calls.filter(direction=CallDirection.INBOUND)
    if call_uuid is not None:
        call = calls.select_related("account").filter(pk=call_uuid).first()
    else:
        living = calls.exclude(state=CallState.ENDED).select_related("account")
        # A ringing call comes before one that is up: it is the one that wants something.
        ordered = living.order_by("state" if inbound else "-state", "-started_at", "pk")
        call = ordered.first()
    if call is None:
        raise NotFound("This phone has no such call now.")
    return call
