"""Call records counted by day, in the account's own zone: what the charts draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, CharField, Count, Q, Sum, Value, When

from console.accounts.models import Account
from console.accounts.querysets import TenantQuerySet
from console.core import zones
from console.core.charts import Chart, Day, daily
from console.core.money import ZERO, money
from console.records.filters import CallFilter
from console.records.models import CallState, Cdr

FAILED: Final = Q(state=CallState.FAILED)
MOST_DAYS: Final = 14
_EARLIEST: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A day's calls and what they cost, in US dollars."""

    day: Day
    spend: Decimal


@dataclass(frozen=True, slots=True)
class Picture:
    """The days of a filter as a chart, and their totals."""

    chart: Chart
    calls: int
    answered: int
    failed: int
    spend: Decimal

    @property
    def answer_rate(self) -> int | None:
        """Answered calls in hundredths; None without calls."""
        return round(100 * self.answered / self.calls) if self.calls else None


def picture(*, account: Account, wanted: CallFilter) -> Picture | None:
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
    counted = count(within.rows(account), days, zone).values()
    return Picture(
        chart=daily([one.day for one in counted]),
        calls=sum(one.day.total for one in counted),
        answered=sum(one.day.answered for one in counted),
        failed=sum(one.day.failed for one in counted),
        spend=sum((one.spend for one in counted), ZERO),
    )


def _days(wanted: CallFilter, last: date, zone: tzinfo) -> list[date]:
    """The days to draw: up to the filter's end, at the latest today."""
    if wanted.until and wanted.until < zones.bounds(last, zone)[1]:
        last = max(_date(wanted.until - timedelta(microseconds=1), zone), _EARLIEST)
    first = last - timedelta(days=MOST_DAYS - 1)
    while wanted.since and first < last and zones.bounds(first, zone)[1] <= wanted.since:
        first += timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _date(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date() if moment.year > _EARLIEST.year else _EARLIEST


def count(rows: TenantQuerySet[Cdr], days: Sequence[date], zone: tzinfo) -> dict[date, Counted]:
    """The rows by day (one query); a day without any has noughts."""
    bounds = {day: zones.bounds(day, zone) for day in days}
    found = (
        rows.filter(
            ended_at__gte=min(start for start, _ in bounds.values()),
            ended_at__lt=max(end for _, end in bounds.values()),
        )
        .annotate(
            day=Case(
                *(
                    When(ended_at__gte=start, ended_at__lt=end, then=Value(day.isoformat()))
                    for day, (start, end) in reversed(bounds.items())
                ),
                output_field=CharField(),
            )
        )
        .values("day")
        .annotate(
            picked_up=Count("id", filter=Q(answered_at__isnull=False)),
            failed=Count("id", filter=FAILED),
            total=Count("id"),
            spend=Sum("amount"),
        )
        .order_by()
    )
    by_day = {row["day"]: row for row in found}
    return {day: _counted(day, by_day.get(day.isoformat())) for day in days}


def _counted(day: date, row: Mapping[str, Any] | None) -> Counted:
    if row is None:
        return Counted(Day(day), ZERO)
    figures = Day(
        day,
        answered=row["picked_up"],
        unanswered=row["total"] - row["picked_up"] - row["failed"],
        failed=row["failed"],
    )
    return Counted(figures, money(row["spend"]))
