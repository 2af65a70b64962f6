"""Assigning, naming and releasing rented numbers."""

from __future__ import annotations

import pytest

from console.accounts.models import AuditEvent
from console.applications.models import Application
from console.core.errors import DomainError, NotFound
from console.numbers import services
from console.numbers.models import RentedNumber, StockNumber


@pytest.fixture
def rented(account, stock) -> list[RentedNumber]:
    return [
        services.rent_number(account=account, number=one.number, actor="system")
        for one in stock[:2]
    ]


def assign(account, numbers, application=None):
    return services.assign_numbers(
        account=account, numbers=numbers, application=application, actor="system"
    )


def living(account):
    return RentedNumber.objects.for_account(account).living()


def test_many_numbers_are_assigned_at_once(account, rented, application):
    assert assign(account, [one.number for one in rented], application) == 2
    assert set(living(account).values_list("application", flat=True)) == {application.pk}


def test_the_same_number_twice_counts_once(account, rented, application):
    assert assign(account, [rented[0].number] * 3, application) == 1


def test_no_application_takes_it_away(account, rented, application):
    assign(account, [rented[0].number], application)
    assign(account, [rented[0].number], None)
    assert living(account).get(pk=rented[0].pk).application is None


def test_ten_02_a_number_of_someone_else_changes_none(account, other_account, rented, stock):
    services.rent_number(account=other_account, number=stock[2].number, actor="system")
    application = Application.objects.create(account=account, name="Mine")
    with pytest.raises(NotFound):
        assign(account, [rented[0].number, stock[2].number], application)
    assert not living(account).filter(application=application).exists()


def test_choosing_nothing_is_refused(account, rented):
    with pytest.raises(DomainError, match="at least one"):
        assign(account, [])


def test_choosing_too_many_is_refused(account, rented):
    with pytest.raises(DomainError, match="at most 200"):
        assign(account, [f"+1206555{index:04d}" for index in range(201)])


def test_ten_03_a_subaccount_cannot_touch_its_parents_numbers(account, subaccount, rented):
    with pytest.raises(NotFound):
        services.assign_numbers(
            account=account,
            numbers=[rented[0].number],
            application=None,
            actor="system",
            subaccount=subaccount,
        )


def test_an_alias_is_kept_in_composed_form(account, rented):
    services.update_number(rented=rented[0], actor="system", alias=" Cafe\u0301 ")
    assert living(account).get(pk=rented[0].pk).alias == "Café"


def test_what_is_not_given_stays(account, rented, application):
    assign(account, [rented[0].number], application)
    services.update_number(rented=rented[0], actor="system", alias="Desk")
    assert living(account).get(pk=rented[0].pk).application == application


def test_released_is_back_on_offer_at_once(account, rented):
    services.release_number(rented=rented[0], actor="system")
    assert StockNumber.objects.on_offer().filter(number=rented[0].number).exists()
    with pytest.raises(NotFound):
        services.find_number(account=account, number=rented[0].number)


def test_releasing_twice_is_refused_and_does_not_take_it_from_the_next(
    account, other_account, rented
):
    services.release_number(rented=rented[0], actor="system")
    services.rent_number(account=other_account, number=rented[0].number, actor="system")
    with pytest.raises(NotFound):
        services.release_number(rented=rented[0], actor="system")
    assert services.rental_of(rented[0].number).account == other_account


def test_releasing_is_audited(account, rented):
    services.release_number(rented=rented[0], actor="system")
    events = AuditEvent.objects.for_account(account).filter(action="number.released")
    assert [event.object_id for event in events] == [rented[0].number]


def test_a_late_change_does_not_reach_a_released_number(account, rented):
    stale = RentedNumber.objects.get(pk=rented[0].pk)
    services.release_number(rented=rented[0], actor="system")
    with pytest.raises(NotFound):
        services.update_number(rented=stale, actor="system", alias="Late")


def test_otp_17_a_rented_number_is_hosted_here(account, rented):
    assert services.rental_of(rented[0].number).account == account
    assert services.rental_of("+12065550154") is None
