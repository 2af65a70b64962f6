"""Months after the first are paid once, or the number goes back after a week."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from console.accounts.models import Account, AuditEvent
from console.numbers import renewals, services
from console.numbers.models import RentedNumber, StockNumber


@pytest.fixture
def rented(account, stock, frozen) -> RentedNumber:
    return services.rent_number(account=account, number=stock[0].number, actor="system")


def credit(account) -> Decimal:
    account.refresh_from_db()
    return account.credit


def test_nothing_is_due_before_its_day(account, rented, frozen):
    frozen.advance(days=30)  # 1 April; the month ends on the 2nd
    assert renewals.renew_due() == 0
    assert credit(account) == Decimal("8.50000")


def test_a_month_is_paid_on_its_day_and_once(account, rented, frozen):
    frozen.advance(days=31)
    assert (renewals.renew_due(), renewals.renew_due()) == (1, 0)
    assert credit(account) == Decimal("8.00000")
    rented.refresh_from_db()
    assert rented.renewal_date == date(2026, 5, 2)


def test_a_stale_row_is_not_charged_again(account, rented, frozen):
    frozen.advance(days=31)
    stale = RentedNumber.objects.select_related("stock", "account").get()
    renewals.renew_due()
    assert not renewals._renew(stale)
    assert credit(account) == Decimal("8.00000")


def test_missed_months_are_all_paid(account, rented, frozen):
    frozen.advance(days=31 + 30)
    assert (renewals.renew_due(), renewals.renew_due(), renewals.renew_due()) == (1, 1, 0)
    assert credit(account) == Decimal("7.50000")


def test_without_credit_the_number_stays_for_a_week(account, rented, frozen):
    Account.objects.update(credit="0.49")
    frozen.advance(days=31 + 6)
    assert renewals.renew_due() == 0
    rented.refresh_from_db()
    assert rented.is_living
    assert credit(account) == Decimal("0.49000")


def test_credit_that_comes_within_the_week_renews(account, rented, frozen):
    Account.objects.update(credit="0")
    frozen.advance(days=31)
    renewals.renew_due()
    Account.objects.update(credit="5")
    assert renewals.renew_due() == 1


def test_after_a_week_it_goes_back_to_the_stock(account, rented, frozen):
    Account.objects.update(credit="0")
    frozen.advance(days=31 + 7)
    renewals.renew_due()
    rented.refresh_from_db()
    assert not rented.is_living
    assert StockNumber.objects.on_offer().filter(number=rented.number).exists()
    events = AuditEvent.objects.for_account(account).filter(action="number.released")
    assert events.get().data == {"reason": "the month was not paid"}


def test_a_released_number_costs_nothing_more(account, rented, frozen):
    services.release_number(rented=rented, actor="system")
    frozen.advance(days=40)
    assert renewals.renew_due() == 0
    assert credit(account) == Decimal("8.50000")
