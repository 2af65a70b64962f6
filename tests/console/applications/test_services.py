"""Applications: what is accepted, what is refused, and the caps."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import IntegrityError, transaction

from console.accounts.models import Account, AccountState, AuditEvent
from console.applications import services
from console.applications.models import Application
from console.core.errors import DomainError, Forbidden, LimitReached, NotFound
from console.endpoints.models import Endpoint
from tests.support.threads import at_once

URL = "https://app.example.com/answer/"


def create(account, actor="system", **fields) -> Application:
    return services.create_application(
        account=account, actor=actor, **({"name": "Support line"} | fields)
    )


def refusal(account, **fields) -> DomainError:
    with pytest.raises(DomainError) as caught:
        create(account, **fields)
    assert not Application.objects.exists()
    return caught.value


def test_an_application_has_a_17_digit_id_and_a_sip_uri(account, settings):
    settings.SIP_DOMAIN = "phone.ringfence.test"
    made = create(account, answer_url=URL)
    assert re.fullmatch(r"[1-9][0-9]{16}", made.app_id)
    assert made.sip_uri == f"sip:{made.app_id}@app.ringfence.test"


def test_methods_are_post_unless_told_otherwise(account):
    made = create(account, answer_url=URL, hangup_method="get")
    assert (made.answer_method, made.hangup_method) == ("POST", "GET")


def test_without_a_hangup_url_the_answer_url_is_told(account):
    made = create(account, answer_url=URL, answer_method="GET")
    assert made.url_for_hangup == (URL, "GET")


def test_with_a_hangup_url_that_one_is_told(account):
    made = create(account, answer_url=URL, hangup_url="https://app.example.com/bye/")
    assert made.url_for_hangup == ("https://app.example.com/bye/", "POST")


def test_an_unknown_method_is_refused(account):
    assert refusal(account, answer_method="PUT").field == "answer_method"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\u202eb", "a\u200bb", "a\0b", "a\nb"])
def test_a_strange_name_is_refused(account, name):
    assert refusal(account, name=name).field == "name"


@pytest.mark.parametrize("name", ["ivr", "Línea de soporte", "受付", "A & B <c>"])
def test_names_in_any_script_are_kept(account, name):
    assert create(account, name=name).name == name


def test_gate_09_a_trial_account_has_ten_applications(account):
    for index in range(10):
        create(account, name=f"App {index}")
    with pytest.raises(LimitReached, match="10 applications"):
        create(account)


def test_a_suspended_account_creates_nothing(account):
    Account.objects.filter(pk=account.pk).update(state=AccountState.SUSPENDED)
    with pytest.raises(Forbidden):
        create(account)


def test_a_form_that_is_sent_twice_makes_one(account):
    key = uuid.uuid4()
    assert create(account, form_key=key) == create(account, form_key=key, name="Other")


def test_two_accounts_may_use_the_same_form_key(account, other_account):
    key = uuid.uuid4()
    assert create(account, form_key=key) != create(other_account, form_key=key)


def test_a_new_default_takes_the_place_of_the_old(account):
    old = create(account, default_number_app=True)
    new = create(account, default_number_app=True)
    old.refresh_from_db()
    assert (old.default_number_app, new.default_number_app) == (False, True)


def test_the_database_refuses_two_defaults(account):
    create(account, default_endpoint_app=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(account=account, name="B", default_endpoint_app=True)


def test_another_accounts_default_stays(account, other_account):
    theirs = create(other_account, default_number_app=True)
    create(account, default_number_app=True)
    theirs.refresh_from_db()
    assert theirs.default_number_app


def test_changing_saves_only_what_is_given(account):
    made = create(account, answer_url=URL)
    stale = Application.objects.get(pk=made.pk)
    services.update_application(application=made, actor="system", name="Sales")
    services.update_application(application=stale, actor="system", hangup_method="GET")
    made.refresh_from_db()
    assert (made.name, made.hangup_method, made.answer_url) == ("Sales", "GET", URL)


def test_a_refused_change_changes_nothing(account):
    made = create(account, answer_url=URL)
    with pytest.raises(DomainError):
        services.update_application(
            application=made, actor="system", name="Sales", answer_url="ftp://example.com"
        )
    made.refresh_from_db()
    assert made.name == "Support line"


def test_ten_02_someone_elses_application_is_not_found(account, other_account):
    made = create(account)
    with pytest.raises(NotFound):
        services.find_application(account=other_account, app_id=made.app_id)


def test_ten_03_a_subaccount_sees_only_its_own(account, subaccount):
    parents, own = create(account), create(account, subaccount=subaccount)
    find = services.find_application
    assert find(account=account, app_id=own.app_id, subaccount=subaccount) == own
    with pytest.raises(NotFound):
        find(account=account, app_id=parents.app_id, subaccount=subaccount)


def test_ten_03_a_foreign_application_in_a_form_is_an_error_of_the_field(account, other_account):
    made = create(other_account)
    with pytest.raises(DomainError) as caught:
        services.pick_application(account=account, app_id=made.app_id)
    assert (caught.value.status, caught.value.field) == (400, "application")


def endpoint_of(application: Application) -> Endpoint:
    return Endpoint.objects.create(
        account=application.account,
        username=f"alice{Endpoint.objects.count():012d}",
        alias="Alice",
        ha1="0" * 32,
        application=application,
    )


def test_deleting_leaves_endpoints_without_an_application(account):
    made = create(account)
    endpoint = endpoint_of(made)
    services.delete_application(application=made, actor="system")
    endpoint.refresh_from_db()
    assert endpoint.application is None


def test_deleting_can_move_endpoints_to_another(account):
    made, other = create(account), create(account, name="Other")
    endpoint = endpoint_of(made)
    services.delete_application(application=made, actor="system", move_endpoints_to=other)
    endpoint.refresh_from_db()
    assert endpoint.application == other


def test_deleting_can_take_the_endpoints_along(account):
    made = create(account)
    endpoint_of(made)
    services.delete_application(application=made, actor="system", delete_endpoints=True)
    assert not Endpoint.objects.exists()


def test_what_happens_is_audited(account, owner):
    made = create(account, owner)
    services.update_application(application=made, actor=owner, name="Sales")
    services.delete_application(application=made, actor=owner)
    events = AuditEvent.objects.for_account(account).order_by("sequence")
    actions = [event.action for event in events]
    assert actions == ["application.created", "application.changed", "application.deleted"]


@pytest.mark.django_db(transaction=True)
def test_gate_09_the_cap_holds_when_all_ask_at_once(account):
    for index in range(8):
        create(account, name=f"App {index}")
    outcomes = at_once(*[lambda: create(account)] * 6)
    assert Application.objects.count() == 10
    assert sum(isinstance(one, LimitReached) for one in outcomes) == 4


def test_a_change_is_compared_with_what_is_there_now(account):
    made = create(account)
    stale = Application.objects.get(pk=made.pk)
    services.update_application(application=made, actor="system", name="Sales")
    services.update_application(application=stale, actor="system", name="Support line")
    made.refresh_from_db()
    assert made.name == "Support line"


def test_what_was_deleted_meanwhile_is_not_found(account):
    made = create(account)
    stale = Application.objects.get(pk=made.pk)
    services.delete_application(application=made, actor="system")
    with pytest.raises(NotFound):
        services.update_application(application=stale, actor="system", name="Late")
    with pytest.raises(NotFound):
        services.delete_application(application=stale, actor="system")


def test_of_two_that_become_the_default_at_once_one_stays(account):
    first, second = create(account), create(account)
    for one in (first, second):
        services.update_application(application=one, actor="system", default_number_app=True)
    assert Application.objects.filter(default_number_app=True).get() == second
