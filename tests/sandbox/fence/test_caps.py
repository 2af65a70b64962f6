"""Edits of the trial policy hold at the next creation (product.md, "The fence")."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from console.accounts.services import create_account
from console.applications.services import create_application
from console.core.errors import LimitReached
from console.endpoints.services import create_endpoint
from console.home.meter import trial_meter
from console.numbers.models import DidType, StockNumber
from console.numbers.services import rent_number
from sandbox.fence.models import TrialPolicy
from sandbox.fence.policy import seed_policy, shipped_policy

pytestmark = pytest.mark.django_db


def edit(**changes) -> None:
    """Staff write a new version of the policy."""
    seed_policy()
    fresh = shipped_policy()
    fresh.version = TrialPolicy.objects.first().version + 1
    for name, value in changes.items():
        setattr(fresh, name, value)
    fresh.save()


def test_applications(account):
    edit(applications=1)
    create_application(account=account, actor="system", name="one")
    with pytest.raises(LimitReached) as refused:
        create_application(account=account, actor="system", name="two")
    assert "1 applications" in refused.value.message
    edit(applications=2)
    create_application(account=account, actor="system", name="two")


def test_endpoints(account):
    edit(endpoints=0)
    with pytest.raises(LimitReached):
        create_endpoint(account=account, actor="system", name="ann", alias="Ann")


def test_numbers(account):
    edit(rented_numbers=0)
    StockNumber.objects.create(
        number="+12065550150", national="2065550150", country="US", type=DidType.LOCAL
    )
    with pytest.raises(LimitReached):
        rent_number(account=account, number="+12065550150", actor="system")


def test_the_first_credit(db):
    edit(credit="3.50")
    made = create_account(email="new@example.com", password="seven green kettles sing")
    assert f"{made.account.credit:.2f}" == "3.50"


def test_the_meter_shows_the_policy(account):
    edit(verified_numbers=7, credit="25")
    request = SimpleNamespace(account=account)
    meter = trial_meter(request)
    assert (meter.verified, meter.verified_limit, meter.credit_limit) == (0, 7, 25)
