"""`create_account`, as service and as command, and the states of an account (GATE-08)."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import product

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from console.accounts.models import Account, AccountState, AuditEvent, Role, User
from console.accounts.services import change_state, create_account, open_trial
from console.accounts.services.states import TRANSITIONS
from console.core.errors import DomainError
from tests.conftest import PASSWORD


def test_a_new_account_is_a_trial_with_credit_and_its_owner(db):
    made = create_account(email="New@Example.com", password=PASSWORD)
    assert made.account.state == AccountState.TRIAL
    assert made.account.credit == Decimal("10")
    assert made.user.email == "new@example.com"
    assert made.user.memberships.get().role == Role.OWNER
    assert made.user.check_password(PASSWORD)


def test_acc_02_the_address_of_a_created_account_is_confirmed(db):
    create_account(email="new@example.com")
    assert EmailAddress.objects.get(email="new@example.com").verified


def test_a_full_plan_with_credit_and_staff(db):
    made = create_account(email="new@example.com", plan="full", credit="12.5", staff=True)
    assert made.account.state == AccountState.ACTIVE
    assert made.account.credit == Decimal("12.5")
    assert made.user.is_staff


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"email": "no address"}, "bad_email"),
        ({"email": "owner@example.com"}, "email_taken"),
        ({"email": "OWNER@example.com"}, "email_taken"),
        ({"password": "short"}, "weak_password"),
        ({"plan": "gold"}, "bad_plan"),
        ({"credit": "-1"}, "bad_credit"),
        ({"credit": "NaN"}, "bad_credit"),
        ({"credit": "much"}, "bad_credit"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(owner, given, code):
    before = (User.objects.count(), Account.objects.count())
    with pytest.raises(DomainError) as refused:
        create_account(**{"email": "new@example.com", **given})
    assert refused.value.code == code
    assert (User.objects.count(), Account.objects.count()) == before


def test_the_command_prints_one_object_with_json(db, capsys):
    call_command("create_account", email="new@example.com", password=PASSWORD, json=True)
    facts = json.loads(capsys.readouterr().out)
    assert list(facts) == ["email", "auth_id", "auth_token"]


def test_the_command_refuses_with_a_sentence(owner):
    with pytest.raises(CommandError, match="This address has an account"):
        call_command("create_account", email=owner.email)


def test_opening_a_trial_twice_makes_one_account(db):
    user = User.objects.create_user("new@example.com")
    first = open_trial(user)
    assert first is not None
    assert first.on_trial
    assert open_trial(user) is None
    assert Account.objects.count() == 1


@pytest.mark.parametrize(("before", "to"), list(product(AccountState.values, repeat=2)))
def test_gate_08_only_named_transitions_change_the_state(account, staff, before, to):
    Account.objects.filter(pk=account.pk).update(state=before)
    account.refresh_from_db()
    if (before, to) in TRANSITIONS:
        change_state(account, AccountState(to), staff, "asked by phone")
    else:
        with pytest.raises(DomainError):
            change_state(account, AccountState(to), staff, "asked by phone")
    account.refresh_from_db()
    assert account.state == (to if (before, to) in TRANSITIONS else before)


def test_gate_08_a_change_is_audited_with_actor_and_reason(account, staff):
    change_state(account, AccountState.ACTIVE, staff, "asked by phone")
    event = AuditEvent.objects.get(action="account.upgraded")
    assert event.actor_name == staff.email
    assert event.data == {"before": "trial", "after": "active", "reason": "asked by phone"}


def test_gate_08_a_change_without_a_reason_is_refused(account, staff):
    with pytest.raises(DomainError) as refused:
        change_state(account, AccountState.ACTIVE, staff, " ")
    assert refused.value.code == "reason_required"


def test_gate_08_of_two_changes_at_once_one_wins(account, staff):
    stale = Account.objects.get(pk=account.pk)
    change_state(account, AccountState.ACTIVE, staff, "first")
    with pytest.raises(DomainError) as refused:
        change_state(stale, AccountState.SUSPENDED, staff, "second")
    assert refused.value.code == "state_changed"
