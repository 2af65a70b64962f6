"""The account's day: today's figures, a fortnight of calls, what failed last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from console.accounts.models import Account
from console.core import clock, zones
from console.core.charts import Chart, Day, daily
from console.core.money import ZERO
from console.core.sparks import Spark, spark
from console.records.days import FAILED, count
from console.records.models import Cdr

CHART_DAYS = 14
_LAST_FAILURES = 5
_SETTLED_AFTER = timedelta(hours=1)
_KEEP = CHART_DAYS * 86_400


def facts(account: Account) -> dict[str, Any]:
    """All that the page shows, by the names it has in the template; three queries."""
    fortnight = calls_by_day(account)
    return {
        "today": fortnight.today,
        "spend": fortnight.today.spend,
        "chart": fortnight.chart,
        "rates": answer_rates(fortnight.chart.days),
        "spends": spends(fortnight.chart.days),
        "failures": list(last_failures(account)),
    }


@dataclass(frozen=True, slots=True)
class Fortnight:
    """The chart, whose last day is today, where the account is."""

    chart: Chart

    @property
    def today(self) -> Day:
        """Calls that ended today."""
        return self.chart.days[-1]


def last_failures(account: Account) -> QuerySet[Cdr]:
    """The latest failed legs of the last two weeks; one query when it is read."""
    since = clock.now() - timedelta(days=CHART_DAYS)
    rows = Cdr.objects.for_account(account).filter(FAILED, ended_at__gte=since)
    return rows.order_by("-ended_at", "-id")[:_LAST_FAILURES]


def calls_by_day(account: Account) -> Fortnight:
    """A fortnight of calls. Days that are over are counted once and kept in the cache.

    Costs one look into the cache and one query over the days that it does not hold (today, and
    the day before for its first hour); the first view counts all fourteen.
    """
    zone, last = zones.zone_of(account), zones.today(account)
    wanted = [last - timedelta(days=back) for back in range(CHART_DAYS - 1, -1, -1)]
    keys = {day: f"home:days:{account.pk}:{account.time_zone}:{day}" for day in wanted}
    kept = cache.get_many(list(keys.values()))
    days = {day: Day(day, *kept[key]) for day, key in keys.items() if key in kept}
    missing = [day for day in wanted if day not in days]
    counted = count(Cdr.objects.for_account(account), missing, zone)
    settled = clock.now() - _SETTLED_AFTER
    fresh = {
        keys[day]: (one.good, one.neither, one.failed, one.spend)
        for day, one in counted.items()
        if zones.bounds(day, zone)[1] <= settled
    }
    if fresh:
        cache.set_many(fresh, _KEEP)
    chart = daily([days.get(day) or counted[day] for day in wanted])
    return Fortnight(chart)


def answer_rates(days: Sequence[Day]) -> Spark:
    """Answered calls in hundredths, day by day."""
    said = [(day.rate, f"{day.day:%-d %b}: {day.rate} %") for day in days]
    known = [rate for rate, _ in said if rate is not None]
    summary = f"Between {min(known)} and {max(known)} % a day." if known else "No calls."
    return spark(said, summary=summary, ceiling=100)


def spends(days: Sequence[Day]) -> Spark:
    """What calls cost, day by day, in US dollars."""
    said = [(float(day.spend), f"{day.day:%-d %b}: ${day.spend:.2f}") for day in days]
    total = sum((day.spend for day in days), ZERO)
    return spark(said, summary=f"${total:.2f} in {len(days)} days.")
