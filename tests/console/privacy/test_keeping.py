"""How long call records are kept, and what stays of them (trust.md section 11, PRIV-03)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.core.errors import DomainError
from console.exports.models import Export
from console.privacy import keeping, tasks
from console.records.models import Cdr, CdrMonth
from console.records.months import put_away
from tests.console.privacy.test_retention import run
from tests.console.records.conftest import write
from tests.support.threads import at_once

__all__ = ["write"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def record(write, frozen):
    """Writes a record that ended so many days ago."""

    def record_one(days: float, **given) -> Cdr:
        end = frozen.now() - timedelta(days=days)
        start = end - timedelta(seconds=60)
        return write(**{"answered_at": start, **given}, initiated_at=start, ended_at=end)

    return record_one


def left() -> set[int]:
    """The keys of the records that are there."""
    return set(Cdr.objects.values_list("pk", flat=True))


def reading(account, frozen) -> Export:
    """An export that is being made."""
    return Export.objects.create(
        account=account,
        kind="calls",
        format="csv",
        compression="none",
        as_of=frozen.now(),
        max_id=1,
    )


def test_priv_03_records_go_after_ninety_days_and_not_before(record):
    record(90.01)
    young = record(89.99)
    tasks.prune_call_records()
    assert left() == {young.pk}


def test_what_a_month_came_to_stays(record):
    record(100)
    record(100.1)
    record(101, direction="outbound", answered_at=None, duration=0, amount=0)
    record(130)
    tasks.prune_call_records()
    months = CdrMonth.objects.order_by("month", "direction").values_list(
        "month", "direction", "calls", "answered", "billed_seconds", "amount"
    )
    assert [(f"{month:%Y-%m}", *sums) for month, *sums in months] == [
        ("2025-10", "inbound", 1, 1, 60, Decimal("0.01200")),
        ("2025-11", "inbound", 2, 2, 120, Decimal("0.02400")),
        ("2025-11", "outbound", 1, 0, 60, Decimal(0)),
    ]


def test_a_second_run_adds_to_the_months(record):
    record(100)
    tasks.prune_call_records()
    record(100)
    tasks.prune_call_records()
    assert CdrMonth.objects.get().calls == 2


def test_priv_03_a_run_takes_twenty_batches_and_the_next_goes_on(record, monkeypatch):
    monkeypatch.setattr(keeping, "BATCH", 1)
    monkeypatch.setattr(keeping, "BATCHES_A_RUN", 2)
    for days in (100, 102, 101):
        record(days)
    assert keeping.prune() == 2
    assert keeping.prune() == 1
    assert keeping.prune() == 0


def test_priv_03_a_dry_run_of_the_command_keeps_records_and_a_real_one_does_not(record):
    record(100)
    job = "console.privacy.tasks.prune_call_records"
    assert run("--dry-run")[job]["deleted"] == {"records_cdr": 1}
    assert (Cdr.objects.count(), CdrMonth.objects.count()) == (1, 0)
    assert run()[job]["deleted"] == {"records_cdr": 1}
    assert (Cdr.objects.count(), CdrMonth.objects.count()) == (0, 1)


def test_an_account_may_choose_fewer_days_or_more(record, account, other_account, owner, stranger):
    keeping.keep_for(account=account, days=7, actor=owner)
    keeping.keep_for(account=other_account, days=400, actor=stranger)
    record(7.01)
    kept = {record(6.99).pk, record(399, account=other_account).pk}
    record(401, account=other_account)
    tasks.prune_call_records()
    assert left() == kept


@pytest.mark.parametrize("days", [6, 401])
def test_no_account_keeps_records_for_less_than_a_week_or_more_than_four_hundred_days(
    account, owner, days
):
    with pytest.raises(DomainError):
        keeping.keep_for(account=account, days=days, actor=owner)


def test_csv_03_records_wait_while_an_export_reads_them(record, account, frozen):
    export = reading(account, frozen)
    record(100)
    assert keeping.prune() == 0
    Export.objects.filter(pk=export.pk).update(state="failed")
    assert keeping.prune() == 1


def test_csv_03_an_export_that_waits_for_ever_holds_them_for_a_day(record, account, frozen):
    reading(account, frozen)
    record(100)
    frozen.advance(hours=25)
    assert keeping.prune() == 1


@pytest.mark.django_db(transaction=True)
def test_bg_11_two_runs_at_once_count_no_record_twice(record, account, frozen):
    for days in range(100, 108):
        record(days)

    def run_one() -> int:
        return put_away(account_id=account.pk, before=frozen.now(), batch=8)

    assert sum(at_once(*[run_one] * 4)) == 8
    assert sum(CdrMonth.objects.values_list("calls", flat=True)) == 8


def test_the_page_says_how_long_and_shows_the_months(client, owner, record):
    record(100)
    tasks.prune_call_records()
    client.force_login(owner)
    client.get("/settings/data/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/settings/data/").content.decode()
    assert "deleted 90 days after its call" in " ".join(page.split())
    assert "November 2025" in page
    assert len(asked) <= 8


def test_an_owner_sets_it_on_the_page(client, owner, account):
    client.force_login(owner)
    assert client.post("/settings/data/records/", {"days": "30"}).status_code == 302
    assert keeping.days_of(account) == 30
    page = client.post("/settings/data/records/", {"days": "5"})
    assert page.status_code == 400
    assert "greater than or equal to 7" in page.content.decode()
    assert keeping.days_of(account) == 30
