"""Records counted by day, in the account's own zone: what the charts draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, ClassVar, Final, Protocol, TypeVar

from django.db.models import Case, CharField, Count, Model, Q, Sum, Value, When

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import zones
from console.core.charts import Chart, Day, daily
from console.core.money import ZERO, money
from console.records.models import CallState

FAILED: Final = Q(state=CallState.FAILED)
MOST_DAYS: Final = 14
_EARLIEST: Final = date(1970, 1, 1)
_Record = TypeVar("_Record", bound=Model)


class Filter(Protocol):
    """What a chart needs of the filter of a list. `until` is exclusive."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def since(self) -> datetime | None:
        """The first moment that is meant; None: no beginning."""

    @property
    def until(self) -> datetime | None:
        """The first moment that is not meant any more; None: no end."""

    @property
    def errors(self) -> Mapping[str, str]:
        """What could not be read."""

    def rows(self, account: Account, subaccount: Subaccount | None = None) -> TenantQuerySet[Any]:
        """The records that it means, without a query."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How records become bars: the column of their time, what went well, what failed."""

    time: str
    good: Q
    failed: Q


CALLS: Final = Counting(time="ended_at", good=Q(answered_at__isnull=False), failed=FAILED)


@dataclass(frozen=True, slots=True)
class Picture:
    """The days of a filter as a chart, and their totals."""

    chart: Chart
    total: int
    good: int
    failed: int
    spend: Decimal

    @property
    def rate(self) -> int | None:
        """What went well, in hundredths; None without records."""
        return round(100 * self.good / self.total) if self.total else None


def picture(*, account: Account, wanted: Filter, counting: Counting = CALLS) -> Picture | None:
    """The last `MOST_DAYS` days of what the filter means, in one query over those days alone.

    None for a filter that cannot be read.
    """
    if wanted.errors:
        return None
    zone = zones.zone_of(account)
    days = _days(wanted, zones.today(account), zone)
    start, end = zones.bounds(days[0], zone)[0], zones.bounds(days[-1], zone)[1]
    within = replace(
        wanted,
        since=max(filter(None, (wanted.since, start))),
        until=min(filter(None, (wanted.until, end))),
    )
    counted = list(count(within.rows(account), days, zone, counting).values())
    return Picture(
        chart=daily(counted),
        total=sum(one.total for one in counted),
        good=sum(one.good for one in counted),
        failed=sum(one.failed for one in counted),
        spend=sum((one.spend for one in counted), ZERO),
    )


def _days(wanted: Filter, last: date, zone: tzinfo) -> list[date]:
    """The days to draw: up to the filter's end, at the latest today."""
    if wanted.until and wanted.until < zones.bounds(last, zone)[1]:
        last = max(_date(wanted.until - timedelta(microseconds=1), zone), _EARLIEST)
    first = last - timedelta(days=MOST_DAYS - 1)
    while wanted.since and first < last and zones.bounds(first, zone)[1] <= wanted.since:
        first += timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _date(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date() if moment.year > _EARLIEST.year else _EARLIEST


def count(
    rows: TenantQuerySet[_Record],
    days: Sequence[date],
    zone: tzinfo,
    counting: Counting = CALLS,
) -> dict[date, Day]:
    """The rows by day (one query); a day without any has noughts."""
    bounds = {day: zones.bounds(day, zone) for day in days}
    start = min(start for start, _ in bounds.values())
    end = max(end for _, end in bounds.values())
    found = (
        rows.filter(_between(counting.time, start, end))
        .annotate(
            day=Case(
                *(
                    When(_between(counting.time, *ends), then=Value(day.isoformat()))
                    for day, ends in reversed(bounds.items())
                ),
                output_field=CharField(),
            )
        )
        .values("day")
        .annotate(
            well=Count("id", filter=counting.good),
            wrong=Count("id", filter=counting.failed),
            total=Count("id"),
            spend=Sum("amount"),
        )
        .order_by()
    )
    by_day = {row["day"]: row for row in found}
    return {day: _counted(day, by_day.get(day.isoformat())) for day in days}


def _between(column: str, start: datetime, end: datetime) -> Q:
    return Q(**{f"{column}__gte": start, f"{column}__lt": end})


def _counted(day: date, row: Mapping[str, Any] | None) -> Day:
    if row is None:
        return Day(day)
    return Day(
        day,
        good=row["well"],
        neither=row["total"] - row["well"] - row["wrong"],
        failed=row["wrong"],
        spend=money(row["spend"]),
    )
