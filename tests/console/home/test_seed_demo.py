"""The demo account of `./ringfence up --demo`."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from console.applications.models import Application
from console.home.management.commands import seed_demo
from console.records.models import Cdr

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


def test_a_second_run_adds_nothing(demo):
    demo()
    demo()
    assert Cdr.objects.unscoped("test").count() == 40
    assert Application.objects.unscoped("test").count() == len(seed_demo.APPLICATIONS)
