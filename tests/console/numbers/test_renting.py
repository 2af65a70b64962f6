"""Renting: what it costs, whom it refuses, and that a refusal leaves no trace."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from console.accounts.models import Account, AccountState, AuditEvent
from console.applications.models import Application
from console.core.errors import DomainError, Forbidden, LimitReached, NotFound
from console.numbers import services
from console.numbers.models import RentedNumber, StockNumber, month_after
from tests.console.numbers.conftest import put_in_stock
from tests.support.threads import at_once

NUMBER = "+12065550150"


def rent(account, actor="system", number=NUMBER, **facts):
    return services.rent_number(account=account, number=number, actor=actor, **facts)


def refusal(account, number=NUMBER, **facts) -> DomainError:
    with pytest.raises(DomainError) as caught:
        rent(account, number=number, **facts)
    return caught.value


def untouched(account) -> bool:
    account.refresh_from_db()
    offered = StockNumber.objects.on_offer().count() == StockNumber.objects.count()
    return offered and account.credit == 10 and not RentedNumber.objects.exists()


def test_renting_takes_the_set_up_fee_and_the_first_month(account, owner, stock):
    rented = rent(account, owner)
    account.refresh_from_db()
    assert account.credit == Decimal("8.50000")
    assert (rented.number, rented.is_living) == (NUMBER, True)


def test_the_next_month_is_due_a_month_later(account, stock, frozen):
    assert rent(account).renewal_date == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("day", "then"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_short_months_are_minded(day, then):
    assert month_after(day) == then


def test_renting_is_audited(account, owner, stock):
    rent(account, owner)
    event = AuditEvent.objects.for_account(account).get(action="number.rented")
    assert (event.object_id, event.data["cost"]) == (NUMBER, "1.50000")


def test_a_rented_number_is_no_longer_on_offer(account, other_account, stock):
    rent(account)
    assert refusal(other_account).code == "number_taken"


def test_renting_twice_is_one_rental_and_one_fee(account, stock):
    rent(account)
    assert isinstance(refusal(account), services.AlreadyYours)
    account.refresh_from_db()
    assert account.credit == Decimal("8.50000")


def test_a_number_that_is_not_in_stock_is_not_found(account, stock):
    with pytest.raises(NotFound):
        rent(account, number="+12065550199")


def test_too_little_credit_is_refused_with_both_figures(account, stock):
    Account.objects.filter(pk=account.pk).update(credit="1.49999")
    error = refusal(account)
    assert (error.code, error.field) == ("insufficient_credit", "number")
    assert "$1.50" in error.message
    assert StockNumber.objects.on_offer().count() == 5
    assert not RentedNumber.objects.exists()


def test_the_last_cent_can_be_spent(account, stock):
    Account.objects.filter(pk=account.pk).update(credit="1.50000")
    rent(account)
    account.refresh_from_db()
    assert account.credit == 0


def test_gate_09_a_trial_account_has_two_numbers(account, stock):
    rent(account)
    rent(account, number="+12065550151")
    error = refusal(account, number="+12065550152")
    assert isinstance(error, LimitReached)
    assert "2 rented numbers" in error.message
    assert error.fix_url == "/numbers/"


def test_gate_07_a_subaccount_counts_with_its_account(account, subaccount, stock):
    rent(account, subaccount=subaccount)
    rent(account, number="+12065550151", subaccount=subaccount)
    assert isinstance(refusal(account, number="+12065550152"), LimitReached)


def test_a_full_account_may_have_more(account, stock):
    Account.objects.filter(pk=account.pk).update(state=AccountState.ACTIVE)
    for number in stock:
        rent(account, number=number.number)
    assert RentedNumber.objects.for_account(account).living().count() == 5


def test_a_released_number_makes_room(account, stock):
    services.release_number(rented=rent(account), actor="system")
    rent(account, number="+12065550151")
    rent(account, number="+12065550152")
    assert RentedNumber.objects.for_account(account).living().count() == 2


def test_a_suspended_account_rents_nothing(account, stock):
    Account.objects.filter(pk=account.pk).update(state=AccountState.SUSPENDED)
    with pytest.raises(Forbidden):
        rent(account)
    assert untouched(account)


@pytest.mark.parametrize("alias", ["x" * 81, "a\u202eb", "a\0b", "a\nb"])
def test_a_strange_alias_changes_nothing(account, stock, alias):
    assert refusal(account, alias=alias).field == "alias"
    assert untouched(account)


def test_it_gets_the_default_application(account, stock, application):
    Application.objects.filter(pk=application.pk).update(default_number_app=True)
    assert rent(account).application == application


def test_the_database_refuses_a_second_living_rental(account, other_account, stock):
    rent(account)
    second = RentedNumber(
        account=other_account, stock=stock[0], number=NUMBER, renewal_date=date(2026, 4, 2)
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_a_stock_that_says_free_by_mistake_still_gives_one_rental(account, other_account, stock):
    rent(account)
    StockNumber.objects.update(available=True)
    assert refusal(other_account).code == "number_taken"
    other_account.refresh_from_db()
    assert other_account.credit == 10


@pytest.mark.parametrize("number", ["12065550150", "+02065550150", "+1206555O150"])
def test_num_01_the_database_holds_e164_only(db, number):
    with pytest.raises(IntegrityError), transaction.atomic():
        put_in_stock(number, national="2065550150")


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_that_race_for_a_number_one_wins(account, other_account, stock):
    outcomes = at_once(lambda: rent(account), lambda: rent(other_account))
    assert sorted(type(one).__name__ for one in outcomes) == ["DomainError", "RentedNumber"]
    left = sorted(Account.objects.values_list("credit", flat=True))
    assert left == [Decimal("8.50000"), Decimal("10.00000")]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_rents_once(account, stock):
    outcomes = at_once(*[lambda: rent(account)] * 4)
    assert [type(one).__name__ for one in outcomes].count("RentedNumber") == 1
    account.refresh_from_db()
    assert account.credit == Decimal("8.50000")


@pytest.mark.django_db(transaction=True)
def test_gate_09_the_cap_holds_when_all_ask_at_once(account, stock):
    outcomes = at_once(*[lambda n=n.number: rent(account, number=n) for n in stock])
    assert RentedNumber.objects.living().count() == 2
    assert sum(isinstance(one, LimitReached) for one in outcomes) == 3, (
        outcomes,
        connection.vendor,
    )
