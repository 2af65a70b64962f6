"""Pages of lists by limit and offset (compat/README.md 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Window

from console.accounts.models import Account, Subaccount
from console.api.call import ApiCall, Reply
from console.core.errors import DomainError
from console.core.prepared import Prepared, number

LARGEST: Final = 20
FARTHEST: Final = 10_000_000
_PLACE: Final = {"limit", "offset", "cursor"}
_COUNT: Final = "total_count_"
Row = dict[str, Any]
Rows = Callable[[Account, Subaccount | None], QuerySet[Any, Row]]


def limits(raw: Mapping[str, Any]) -> tuple[int, int]:
    """Limit (1–20, 20 by default) and offset (0 by default); DomainError for anything else."""
    return _whole(raw, "limit", LARGEST, 1, LARGEST), _whole(raw, "offset", 0, 0, FARTHEST)


def _whole(raw: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    given = raw.get(name)
    if given is None or given == "":
        return default
    text = str(given)
    if isinstance(given, bool) or not (text.isascii() and text.isdigit() and len(text) < 10):
        given = -1
    number = int(given) if given != -1 else -1
    if not low <= number <= high:
        raise DomainError(
            f"{name} parameter is invalid: it is a whole number from {low} to {high}.",
            code="invalid_parameter",
            field=name,
        )
    return number


def page(
    call: ApiCall,
    rows: QuerySet[Any, Row],
    shape: Callable[[Row], Row],
    *,
    key: str = "objects",
) -> Reply:
    """One page of a `.values()` queryset with a total order: rows and their count in one query.

    A second query counts when the page is empty beyond the first. `shape` makes a row what the
    API shows.
    """
    limit, offset = limits(call.raw)
    counted = rows.annotate(**{_COUNT: Window(Count("*"))})
    found = list(counted[offset : offset + limit])
    total = found[0].pop(_COUNT) if found else (rows.count() if offset else 0)
    return listed(call, [shape(row) for row in found], total, limit, offset, key=key)


class Listing:
    """A list that is compiled once for as long as no filter narrows it.

    `rows` gives the `.values()` queryset of an account, or of a subaccount when there is one, with
    a total order.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._all = Prepared(lambda: _marked(rows, alone=True), paged=True)
        self._narrow = Prepared(lambda: _marked(rows, alone=False), paged=True)
        self._names: list[str] = []

    def page(self, call: ApiCall, scope: Subaccount | None, shape: Callable[[Row], Row]) -> Reply:
        """One page of all rows of the scope (one query; a second beyond the end)."""
        limit, offset = limits(call.raw)
        if scope is None:
            rows = self._all.rows(call.account.pk, limit, offset)
        else:
            rows = self._narrow.rows(call.account.pk, scope.pk, limit, offset)
        names = self._names = self._names or self._all.names()
        # The last column is the count, and has no name.
        found = [shape(dict(zip(names, row, strict=False))) for row in rows]
        if rows or not offset:
            total = rows[0][-1] if rows else 0
        else:
            total = self.rows(call.account, scope).count()
        return listed(call, found, total, limit, offset)


def _marked(rows: Rows, *, alone: bool) -> QuerySet[Any, Row]:
    account = Account(pk=number(0))
    subaccount = None if alone else Subaccount(pk=number(1), account=account)
    marked: QuerySet[Any, Row] = rows(account, subaccount).annotate(**{_COUNT: Window(Count("*"))})
    return marked


def listed(
    call: ApiCall,
    objects: Iterable[Row],
    total: int,
    limit: int,
    offset: int,
    *,
    key: str = "objects",
) -> Reply:
    """The envelope of a page whose objects are made already."""
    meta = {
        "limit": limit,
        "offset": offset,
        "next": _link(call, limit, offset + limit) if offset + limit < total else None,
        "previous": _link(call, limit, max(0, offset - limit)) if offset else None,
        "total_count": total,
    }
    return Reply(200, {"meta": meta, key: list(objects)})


def _link(call: ApiCall, limit: int, offset: int) -> str:
    """A relative URL with the active filters, which SDKs follow as it is.

    Never with a cursor: one SDK would go by it instead of the offset, and stop.
    """
    kept = {
        name: value if isinstance(value, list) else str(value)
        for name, value in call.raw.items()
        if name not in _PLACE and isinstance(value, str | int | float | bool | list)
    }
    return f"{call.path}?{urlencode(kept | {'limit': limit, 'offset': offset}, doseq=True)}"
