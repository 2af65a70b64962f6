"""The trial policy: versions, and the mirror that shows whom an edit would have refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.accounts.models import AccountState
from console.accounts.services import change_state
from console.applications.models import Application
from console.core import clock, randomness
from console.core.errors import DomainError
from console.records.models import Cdr
from sandbox.fence import operating
from sandbox.fence.operating import KNOBS, propose
from sandbox.fence.policy import current_policy, seed_policy
from sandbox.fence.rear_view import rear_view
from tests.operator.conftest import audited

pytestmark = pytest.mark.django_db
URL = "/operator/policy/"


@pytest.fixture(autouse=True)
def seeded():
    seed_policy()


def record(account, *, at: float = 0, length: int = 60, **fields: Any) -> Cdr:
    """A record of a call that began `at` seconds after yesterday's noon."""
    began = clock.now() - timedelta(days=1) + timedelta(seconds=at)
    values = {
        "leg": "A",
        "direction": "inbound",
        "state": "ANSWER",
        "from_number": "+12025550142",
        "to_number": "+12065550150",
        "initiated_at": began,
        "answered_at": began,
        "ended_at": began + timedelta(seconds=length),
        "duration": length,
        "billed_duration": length,
    }
    values |= fields
    return Cdr.objects.create(call_uuid=randomness.new_uuid(), account=account, **values)


def mirrored(**values: Any) -> dict[str, int]:
    return {one.knob: one.count for one in rear_view(propose(**values)).reflections}


def test_the_policy_in_force_would_have_refused_nothing_of_what_it_let_pass(account, frozen):
    record(account)
    assert mirrored() == {}


def test_calls_longer_than_the_new_limit_are_counted(account, frozen):
    record(account, length=400)
    record(account, at=1000, length=20)
    assert mirrored(call_seconds=300) == {"call_seconds": 1}


def test_calls_at_a_time_are_counted_where_they_overlap(account, other_account, frozen):
    for at in (0, 10, 20):
        record(account, at=at, length=60)
    record(account, at=70, length=5)
    record(other_account, at=15, length=60)
    found = rear_view(propose(concurrent_calls=1)).reflections
    assert [(one.knob, one.count, one.examples) for one in found] == [
        ("concurrent_calls", 3, "Owner Ltd (3)")
    ]


def test_calls_of_one_second_are_counted(account, frozen):
    for at in (0, 0.2, 0.9, 5):
        record(account, at=at, length=0, answered_at=None)
    assert mirrored(calls_a_second=1)["calls_a_second"] == 2


def test_countries_that_would_be_closed_are_counted_but_not_the_accounts_own(
    account, frozen, settings
):
    settings.REGIONS = ["US", "GB", "AU"]
    out = {"leg": "B", "direction": "outbound"}
    record(account, to_number="+442079460123", region="GB", **out)
    record(account, to_number="+12025550142", region="US", **out)
    record(account, to_number="+15005550121", region="CA", **out)
    assert mirrored(regions=["AU"]) == {"regions": 1}


def test_borrowed_caller_ids_are_counted_when_they_would_be_forbidden(account, frozen):
    out = {"leg": "B", "direction": "outbound", "to_number": "+12025550143", "region": "US"}
    record(account, **out)
    assert mirrored(verified_caller_ids=False) == {"verified_caller_ids": 1}


def test_trials_over_a_new_cap_are_counted(account, other_account):
    for number in range(3):
        Application.objects.create(account=account, name=f"{number}", answer_url="https://x.test/")
    assert mirrored(applications=2) == {"applications": 1}
    assert mirrored(applications=3) == {}


def test_only_trials_of_the_last_thirty_days_are_looked_at(account, other_account, frozen):
    record(other_account, length=400)
    change_state(other_account, AccountState.ACTIVE, "operator", "paid")
    old = record(account, length=400)
    Cdr.objects.filter(pk=old.pk).update(
        initiated_at=frozen.now() - timedelta(days=40),
        answered_at=frozen.now() - timedelta(days=40),
        ended_at=frozen.now() - timedelta(days=40),
    )
    assert mirrored(call_seconds=300) == {}


def given(**changes: Any) -> dict[str, Any]:
    now = current_policy()
    fields = {name: getattr(now, name) for name in KNOBS}
    fields |= {"version": now.version, "note": "Less fraud.", **changes}
    if not fields["verified_caller_ids"]:
        del fields["verified_caller_ids"]
    return fields


def test_the_mirror_is_shown_before_anything_is_saved(at_desk, account, frozen):
    record(account, length=400)
    first = at_desk.get(URL).content.decode()
    assert 'name="save"' not in first
    answer = at_desk.post(URL, given(call_seconds=300, look="1"))
    html = answer.content.decode()
    assert "Longer than a call may last now" in html
    assert 'name="save"' in html
    assert current_policy().version == 1


def test_saving_makes_a_version_that_is_in_force_at_once(at_desk, staff):
    answer = at_desk.post(URL, given(concurrent_calls=5, save="1"))
    assert answer.status_code == 302
    policy = current_policy()
    assert (policy.version, policy.concurrent_calls, policy.note) == (2, 5, "Less fraud.")
    assert policy.created_by == staff
    (event,) = audited("policy.changed")
    assert event.data == {"note": "Less fraud.", "concurrent_calls": "2 → 5"}


def test_a_version_needs_its_reason(at_desk):
    answer = at_desk.post(URL, given(concurrent_calls=5, note=" ", save="1"))
    assert answer.status_code == 400
    assert current_policy().version == 1


def test_of_two_editors_the_second_is_told(staff):
    values = {name: getattr(current_policy(), name) for name in KNOBS}
    operating.save_policy(actor=staff, note="one", version=1, **values)
    with pytest.raises(DomainError) as refused:
        operating.save_policy(actor=staff, note="two", version=1, **values)
    assert refused.value.code == "state_changed"
    assert current_policy().note == "one"


def test_figures_that_make_no_sense_are_refused(at_desk):
    answer = at_desk.post(URL, given(call_seconds=-1, save="1"))
    assert answer.status_code == 400
    assert current_policy().version == 1
