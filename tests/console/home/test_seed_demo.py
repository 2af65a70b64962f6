"""The demo account of `./ringfence up --demo`."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from console.applications.models import Application
from console.home.management.commands import seed_demo
from console.numbers.models import RentedNumber
from console.records.models import Cdr
from sandbox.fence.models import SandboxNumber

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(monkeypatch):
    """The command with few records."""
    monkeypatch.setattr(seed_demo, "ROWS", 40)
    monkeypatch.setattr(seed_demo, "TEXTS", 4)
    return lambda: call_command("seed_demo", verbosity=0)


def test_every_call_of_the_demo_went_over_an_application_of_its_account(demo):
    demo()
    ids = {one.app_id for one in Application.objects.unscoped("test")}
    assert len(ids) == len(seed_demo.APPLICATIONS)
    assert set(Cdr.objects.unscoped("test").values_list("app_id", flat=True)) <= ids


def test_the_demo_has_phones_of_its_own_and_a_did_that_leads_to_an_application(demo):
    call_command("seed", verbosity=0)
    demo()
    proved = SandboxNumber.objects.unscoped("test").filter(state="verified")
    assert {one.e164 for one in proved} == set(seed_demo.PHONES)
    (rented,) = RentedNumber.objects.unscoped("test")
    assert rented.application.name == seed_demo.APPLICATIONS[0]


def test_a_call_of_the_demo_to_the_united_kingdom_says_so(demo):
    demo()
    regions = Cdr.objects.unscoped("test").values_list("to_number", "region")
    assert {("GB" if to.startswith("+44") else "US", region) for to, region in regions} == {
        ("GB", "GB"),
        ("US", "US"),
    }


def test_a_second_run_adds_nothing(demo):
    demo()
    demo()
    assert Cdr.objects.unscoped("test").count() == 40
    assert Application.objects.unscoped("test").count() == len(seed_demo.APPLICATIONS)
