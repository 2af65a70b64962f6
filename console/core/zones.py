"""The account's time zone, and its days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from console.core import clock


def zone_of(account: object) -> tzinfo:
    """The account's time zone; UTC when there is none or its name is unknown."""
    try:
        return ZoneInfo(str(getattr(account, "time_zone", "") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def today(account: object) -> date:
    """The date it is now where the account is."""
    return clock.now().astimezone(zone_of(account)).date()


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a day begins there, and when the next one does; 23 to 25 hours apart."""
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(1), time(), zone)
