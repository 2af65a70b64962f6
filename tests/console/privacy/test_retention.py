"""`manage.py retention` (PRIV-03)."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from console.privacy import retention
from sandbox.network.models import HandsetMessage
from sandbox.verification import upkeep
from sandbox.verification.models import Challenge
from tests.sandbox.verification.conftest import add, work

__all__ = ["add"]
pytestmark = pytest.mark.django_db


def run(*words) -> dict:
    """What the command says it did, by job."""
    out = StringIO()
    call_command("retention", *words, "--json", stdout=out)
    return json.loads(out.getvalue())["jobs"]


@pytest.fixture
def old(add, frozen):
    """A challenge and its text of 31 days ago."""
    add()
    work()
    frozen.advance(days=31)
    upkeep.expire_challenges()


def test_priv_03_a_dry_run_counts_and_changes_nothing(old):
    told = run("--dry-run")
    assert told["sandbox.verification.tasks.prune"]["deleted"]["verification_challenge"] == 1
    assert told["sandbox.network.tasks.prune_handsets"]["deleted"]["network_handsetmessage"] == 1
    assert Challenge.objects.count() == HandsetMessage.objects.count() == 1


def test_priv_03_a_real_run_deletes_the_same_and_a_second_finds_nothing(old):
    assert run("--dry-run") == run()
    assert not Challenge.objects.exists()
    assert run("--dry-run")["sandbox.verification.tasks.prune"]["deleted"] == {}


def test_it_speaks_to_people_too(old):
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert "1 rows of verification_challenge would be deleted" in out.getvalue()


def test_priv_03_the_jobs_that_forget_are_known():
    names = {job.name.rpartition(".")[2] for job in retention.jobs()}
    assert {"prune", "prune_handsets", "prune_deliveries", "prune_calls"} <= names
    assert {"forget_old_requests", "forget_what_is_old", "prune_limits"} <= names
