"""Whose phones of a call the account may open, and how the call can be placed once more."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from sandbox.calls.models import Call, Direction, Leg
from sandbox.network.models import HandsetAccess


def legs_with_phones(call: Call) -> list[Leg]:
    """The call's legs, A first, each with what `phones_of` wants to know (one query)."""
    mine = HandsetAccess.objects.for_account(call.account)
    caller, callee = (mine.filter(number=OuterRef(f"{end}_number")) for end in ("from", "to"))
    return list(call.legs.annotate(from_phone=Exists(caller), to_phone=Exists(callee)))


def phones_of(call: Call, legs: Sequence[Leg]) -> list[str]:
    """Numbers whose handset the account may open, the caller's first.

    No query for legs of `legs_with_phones`; one for legs that are made of records.
    """
    if all(hasattr(leg, "to_phone") for leg in legs):
        ends = [("from", leg) for leg in legs if leg.is_a] + [("to", leg) for leg in legs]
        open_ = [getattr(leg, f"{end}_number") for end, leg in ends if getattr(leg, f"{end}_phone")]
        return list(dict.fromkeys(open_))
    numbers = [call.from_number, *(leg.to_number for leg in legs)]
    mine = HandsetAccess.objects.for_account(call.account).filter(number__in=numbers)
    found = set(mine.values_list("number", flat=True))
    return [number for number in dict.fromkeys(numbers) if number in found]


def how_again(call: Call, phones: Sequence[str]) -> str:
    """How a call that is over can be placed once more; no query.

    `handset`: by the phone that placed it, one of `phones_of` it. `test`: as a test call of its
    application. "": it cannot, or it still lives.
    """
    if not call.is_over:
        return ""
    if call.direction == Direction.INBOUND:
        return "handset" if call.from_number in phones else ""
    return "test" if call.app_id else ""
