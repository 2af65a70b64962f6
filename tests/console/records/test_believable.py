"""Made-up records look like a past that could have been."""

from __future__ import annotations

from datetime import UTC, datetime

from console.records.believable import believable


def test_no_record_ends_in_the_future():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    made = list(believable(rows=3000, days=1, seed=1, end=now, app_ids=[]))
    assert max(record["ended_at"] for record in made) <= now
    assert all(record["initiated_at"] < record["ended_at"] for record in made)
