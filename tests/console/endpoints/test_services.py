"""Endpoints: names, passwords that are kept nowhere, caps."""

from __future__ import annotations

import hashlib
import re
import uuid
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import IntegrityError, transaction

from console.accounts.models import AuditEvent
from console.applications.models import Application
from console.core import clock
from console.core.errors import DomainError, LimitReached, NotFound
from console.endpoints import services
from console.endpoints.models import Endpoint
from tests.support.threads import at_once


def create(account, **facts) -> services.NewEndpoint:
    facts = {"name": "alice", "alias": "Alice's desk", "actor": "system"} | facts
    return services.create_endpoint(account=account, **facts)


def refusal(account, **facts) -> DomainError:
    with pytest.raises(DomainError) as caught:
        create(account, **facts)
    assert not Endpoint.objects.exists()
    return caught.value


def test_the_username_is_the_name_and_twelve_digits(account, frozen):
    made = create(account).endpoint
    assert re.fullmatch(r"alice260302[0-9]{6}", made.username)
    assert re.fullmatch(r"[1-9][0-9]{13}", made.endpoint_id)


def test_the_sip_uri_is_at_the_phone_domain(account, settings):
    settings.SIP_DOMAIN = "phone.ringfence.test"
    made = create(account).endpoint
    assert made.sip_uri == f"sip:{made.username}@phone.ringfence.test"


def test_the_password_is_kept_as_its_digest_hash_only(account, settings):
    made = create(account)
    text = f"{made.endpoint.username}:{settings.SIP_DOMAIN}:{made.password}"
    assert made.endpoint.ha1 == hashlib.md5(text.encode()).hexdigest()
    assert made.password not in serializers.serialize("json", Endpoint.objects.all())
    assert made.password not in serializers.serialize("json", AuditEvent.objects.all())


def test_generated_passwords_are_long_and_differ(account):
    passwords = {create(account).password for _ in range(3)}
    assert len(passwords) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9]{24}", one) for one in passwords)


@pytest.mark.parametrize(
    "name", ["", "1alice", "al ice", "alice!", "ａｌｉｃｅ", "alice١", "a\u202eb", "a\0", "x" * 41]
)
def test_a_strange_name_is_refused(account, name):
    assert refusal(account, name=name).field == "username"


@pytest.mark.parametrize("alias", ["", " ", "x" * 81, "a\u202eb"])
def test_a_strange_alias_is_refused(account, alias):
    assert refusal(account, alias=alias).field == "alias"


@pytest.mark.parametrize("password", ["abcd", "x" * 65, "with space", "pässword", "abcde\n"])
def test_a_strange_password_is_refused(account, password):
    assert refusal(account, password=password).field == "password"


def test_it_gets_the_default_application(account):
    default = Application.objects.create(account=account, name="D", default_endpoint_app=True)
    assert create(account).endpoint.application == default


def test_gate_09_a_trial_account_has_five_endpoints(account):
    for _ in range(5):
        create(account)
    with pytest.raises(LimitReached, match="5 endpoints"):
        create(account)


def test_a_form_that_is_sent_twice_makes_one_and_shows_the_password_once(account):
    key = uuid.uuid4()
    first, second = create(account, form_key=key), create(account, form_key=key)
    assert (second.endpoint, second.password) == (first.endpoint, "")


def test_ten_06_names_are_unique_in_any_case(account, other_account):
    made = create(account).endpoint
    with pytest.raises(IntegrityError), transaction.atomic():
        Endpoint.objects.create(
            account=other_account, username=made.username.upper(), alias="A", ha1="0" * 32
        )


def test_a_new_password_ends_the_registration(account):
    made = create(account).endpoint
    made.registered_until = clock.now() + timedelta(hours=1)
    made.save()
    assert made.registered
    before = made.ha1
    services.update_endpoint(endpoint=made, actor="system", password="fresh-one")
    made.refresh_from_db()
    assert (made.registered, made.ha1 != before) == (False, True)


def test_registration_ends_by_itself(account, frozen):
    made = create(account).endpoint
    made.registered_until = clock.now() + timedelta(minutes=1)
    frozen.advance(minutes=1)
    assert not made.registered


def test_a_change_of_alias_keeps_the_rest(account):
    application = Application.objects.create(account=account, name="A")
    made = create(account, application=application).endpoint
    services.update_endpoint(endpoint=made, actor="system", alias="Hall")
    made.refresh_from_db()
    assert (made.alias, made.application) == ("Hall", application)


def test_ten_02_someone_elses_endpoint_is_not_found(account, other_account):
    made = create(account).endpoint
    with pytest.raises(NotFound):
        services.find_endpoint(account=other_account, endpoint_id=made.endpoint_id)


def test_deleting_is_audited(account, owner):
    made = create(account).endpoint
    services.delete_endpoint(endpoint=made, actor=owner)
    assert AuditEvent.objects.for_account(account).filter(action="endpoint.deleted").count() == 1
    assert not Endpoint.objects.exists()


def test_what_was_deleted_meanwhile_is_not_found(account):
    made = create(account).endpoint
    stale = Endpoint.objects.get(pk=made.pk)
    services.delete_endpoint(endpoint=made, actor="system")
    with pytest.raises(NotFound):
        services.update_endpoint(endpoint=stale, actor="system", alias="Late")
    with pytest.raises(NotFound):
        services.delete_endpoint(endpoint=stale, actor="system")


@pytest.mark.django_db(transaction=True)
def test_gate_09_the_cap_holds_when_all_ask_at_once(account):
    outcomes = at_once(*[lambda: create(account)] * 8)
    assert Endpoint.objects.count() == 5
    assert sum(isinstance(one, LimitReached) for one in outcomes) == 3
