"""The account's sandbox numbers in the command palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from console.core import palette
from console.core.numbers import display
from sandbox.fence.models import SandboxNumber

_SHORTEST = 3


@palette.source
def numbers(request: HttpRequest, words: str) -> Iterable[palette.Entry]:
    """Numbers whose digits hold those of the query (one query); none for fewer than three."""
    account = getattr(request, "account", None)
    digits = "".join(sign for sign in words if sign in "0123456789")
    if not account or len(digits) < _SHORTEST:
        return []
    mine = SandboxNumber.objects.for_account(account).live().filter(e164__contains=digits)
    return [
        palette.Entry(
            display(number.e164),
            reverse("verification:detail", args=[number.public_id]),
            "shield-check",
            "Sandbox numbers",
            number.shown_state,
        )
        for number in mine.order_by("e164")[: palette.PER_SOURCE]
    ]
