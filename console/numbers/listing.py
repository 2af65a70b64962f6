"""The list of an account's numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.numbers.models import RentedNumber

PAGE_SIZE = 50
_CURSOR = re.compile(r"[0-9]{7,15}")


@dataclass(frozen=True, slots=True)
class Page:
    """Numbers of one page; `after` is where the next one begins, "" on the last."""

    rows: list[RentedNumber]
    after: str


def list_numbers(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    words: str = "",
    app_id: str = "",
    after: str = "",
) -> Page:
    """The account's living numbers in their order (one query).

    `words` are digits of the number or a part of the alias; `app_id` narrows to one application;
    `after` is the last page's last number, digits only, and ignored when it is none.
    """
    found = RentedNumber.objects.for_account(account, subaccount).living().with_facts()
    if words:
        digits = re.sub(r"[^0-9]", "", words) if words.isascii() else ""
        either = Q(alias__icontains=words)
        found = found.filter(either | Q(number__contains=digits) if digits else either)
    if app_id:
        found = found.filter(application__app_id=app_id)
    if _CURSOR.fullmatch(after):
        found = found.filter(number__gt=f"+{after}")
    rows = list(found.order_by("number")[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    return Page(rows, rows[-1].number[1:] if more else "")
