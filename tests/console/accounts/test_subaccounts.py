"""Subaccounts: made, switched, left; and what each may see (TEN-03, GATE-07)."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.db import IntegrityError
from django.test import Client

from console.accounts.models import AuditEvent, AuthToken, Subaccount
from console.accounts.services import (
    authenticate_token,
    create_subaccount,
    delete_subaccount,
    find_subaccount,
    issue_token,
    signing_tokens,
    update_subaccount,
)
from console.applications.models import Application
from console.applications.services import create_application
from console.core.errors import DomainError, Forbidden, LimitReached, NotFound
from console.endpoints.models import Endpoint
from console.endpoints.services import create_endpoint
from console.numbers.models import DidType, RentedNumber, StockNumber

pytestmark = pytest.mark.django_db
DID = "+12065550150"


@pytest.fixture
def made(account, owner):
    """A subaccount with its token."""
    return create_subaccount(account=account, name="Branch", actor=owner)


@pytest.fixture
def furnished(account, made):
    """One of each thing that a subaccount has."""
    sub = made.subaccount
    application = create_application(
        account=account,
        subaccount=sub,
        actor="system",
        name="ivr",
        answer_url="https://app.example.com/",
        default_number_app=True,
    )
    create_endpoint(account=account, subaccount=sub, actor="system", name="ann", alias="Ann")
    stock = StockNumber.objects.create(
        number=DID, national=DID[2:], country="US", type=DidType.LOCAL, available=False
    )
    RentedNumber.objects.create(
        account=account,
        subaccount=sub,
        stock=stock,
        number=DID,
        application=application,
        renewal_date=date(2026, 4, 2),
    )
    return sub


def test_acc_08_its_token_is_a_subaccount_token_and_signs_in(account, made):
    assert made.token.startswith("rfs_")
    signed_in = authenticate_token(made.subaccount.auth_id, made.token)
    assert signed_in.account == account
    assert signed_in.subaccount == made.subaccount
    assert authenticate_token(account.auth_id, made.token) is None


def test_it_is_recorded_without_its_token(made):
    event = AuditEvent.objects.get(action="subaccount.created")
    assert event.object_id == made.subaccount.auth_id
    assert made.token not in str(event.data)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\nb", "a\u202eb"])
def test_a_name_that_hides_something_is_refused(account, owner, name):
    with pytest.raises(DomainError) as caught:
        create_subaccount(account=account, name=name, actor=owner)
    assert (caught.value.code, caught.value.field) == ("invalid_name", "name")
    assert not Subaccount.objects.exists()


def test_gate_07_a_trial_has_five_subaccounts(account, owner):
    for index in range(5):
        create_subaccount(account=account, name=f"Branch {index}", actor=owner)
    with pytest.raises(LimitReached):
        create_subaccount(account=account, name="One more", actor=owner)


def test_gate_07_subaccounts_do_not_multiply_the_accounts_limits(account, made, settings):
    other = create_subaccount(account=account, name="Other", actor="system").subaccount
    for index in range(10):
        sub = (made.subaccount, other, None)[index % 3]
        create_application(account=account, subaccount=sub, actor="system", name=f"App {index}")
    with pytest.raises(LimitReached):
        create_application(account=account, subaccount=other, actor="system", name="Too many")


def test_a_disabled_one_cannot_sign_in_and_an_enabled_one_can_again(made, owner):
    sub = update_subaccount(subaccount=made.subaccount, enabled=False, actor=owner)
    assert authenticate_token(sub.auth_id, made.token) is None
    update_subaccount(subaccount=sub, enabled=True, actor=owner)
    assert authenticate_token(sub.auth_id, made.token) is not None


def test_a_request_of_a_subaccount_that_was_disabled_meanwhile_changes_nothing(account, made):
    update_subaccount(subaccount=made.subaccount, enabled=False, actor="system")
    with pytest.raises(Forbidden):
        create_application(account=account, subaccount=made.subaccount, actor="system", name="Late")
    assert not Application.objects.exists()


def test_saving_what_is_there_already_is_no_change(made, owner):
    update_subaccount(subaccount=made.subaccount, name="Branch", actor=owner)
    assert not AuditEvent.objects.filter(action="subaccount.changed").exists()


def test_deleting_moves_its_things_to_the_main_account(account, furnished, owner):
    delete_subaccount(subaccount=furnished, actor=owner)
    assert Application.objects.get().subaccount is None
    assert Endpoint.objects.get().subaccount is None
    assert RentedNumber.objects.get().subaccount is None
    assert RentedNumber.objects.get().application == Application.objects.get()


def test_what_it_leaves_is_no_default_of_the_main_account(account, furnished, owner):
    own = create_application(account=account, actor=owner, name="Own", default_number_app=True)
    delete_subaccount(subaccount=furnished, actor=owner)
    assert Application.objects.get(default_number_app=True) == own


def test_deleting_with_all_it_has_releases_its_numbers(account, furnished, owner):
    delete_subaccount(subaccount=furnished, actor=owner, cascade=True)
    assert not Application.objects.exists()
    assert not Endpoint.objects.exists()
    assert RentedNumber.objects.get().released_at is not None
    assert StockNumber.objects.get().available


def test_deleting_ends_its_token_and_its_signatures(account, made, owner):
    main = issue_token(account)
    delete_subaccount(subaccount=made.subaccount, actor=owner)
    assert authenticate_token(made.subaccount.auth_id, made.token) is None
    assert AuthToken.objects.count() == 1
    assert signing_tokens(account).main == [main]


def test_a_deleted_one_is_found_nowhere_and_cannot_be_deleted_twice(account, made, owner):
    delete_subaccount(subaccount=made.subaccount, actor=owner)
    with pytest.raises(NotFound):
        find_subaccount(account=account, auth_id=made.subaccount.auth_id)
    with pytest.raises(NotFound):
        delete_subaccount(subaccount=made.subaccount, actor=owner)
    assert AuditEvent.objects.filter(action="subaccount.deleted").count() == 1


def test_ten_03_a_subaccount_finds_itself_and_neither_sibling_nor_strangers(
    account, other_account, made
):
    sibling = create_subaccount(account=account, name="Sibling", actor="system").subaccount
    foreign = create_subaccount(account=other_account, name="Foreign", actor="system").subaccount
    sub = made.subaccount
    assert find_subaccount(account=account, subaccount=sub, auth_id=sub.auth_id) == sub
    for hidden in (sibling, foreign):
        with pytest.raises(NotFound):
            find_subaccount(account=account, subaccount=sub, auth_id=hidden.auth_id)


def test_ten_03_a_subaccounts_default_leaves_the_parents_alone(account, made):
    parents = create_application(
        account=account, actor="system", name="Parent", default_number_app=True
    )
    create_application(
        account=account,
        subaccount=made.subaccount,
        actor="system",
        name="Sub",
        default_number_app=True,
    )
    parents.refresh_from_db()
    assert parents.default_number_app


def test_ten_03_a_subaccounts_endpoint_does_not_get_the_parents_default(account, made):
    create_application(account=account, actor="system", name="Parent", default_endpoint_app=True)
    endpoint = create_endpoint(
        account=account, subaccount=made.subaccount, actor="system", name="ann", alias="Ann"
    ).endpoint
    assert endpoint.application is None


# ---- The pages ----
URL = "/settings/subaccounts/"
TOKEN = "/settings/credentials/token/"


def test_acc_10_creating_shows_the_token_once_with_the_subaccounts_id(signed_in):
    answer = signed_in.post(URL, {"name": "Shop"}, follow=True)
    sub = Subaccount.objects.get()
    page = answer.content.decode()
    assert sub.auth_id in page
    assert "rfs_" in page
    assert "rfs_" not in signed_in.get("/settings/credentials/token/").content.decode()


def test_the_same_form_sent_twice_makes_one_and_its_token_waits(signed_in, account):
    given = {"name": "Shop", "form_key": str(uuid.uuid4())}
    answers = [signed_in.post(URL, given) for _ in range(2)]
    made = Subaccount.objects.for_account(account).get()
    assert AuthToken.objects.for_account(account, made).count() == 1
    assert {one["Location"] for one in answers} == {f"{TOKEN}?subaccount={made.auth_id}"}
    page = signed_in.get(answers[1]["Location"]).content.decode()
    assert "rfs_" in page
    assert f'href="{URL}{made.auth_id}/"' in page


def test_acc_10_a_form_sent_again_after_its_token_was_seen_leads_to_the_subaccount(
    signed_in, account
):
    given = {"name": "Shop", "form_key": str(uuid.uuid4())}
    signed_in.post(URL, given, follow=True)
    answer = signed_in.post(URL, given, follow=True)
    made = Subaccount.objects.for_account(account).get()
    assert answer.redirect_chain[-1][0] == f"{URL}{made.auth_id}/"
    assert "Its token was shown once" in answer.content.decode()


def test_the_key_of_a_deleted_one_makes_a_new_one(account):
    key = uuid.uuid4()
    facts = {"account": account, "name": "Shop", "actor": "system", "form_key": key}
    gone = create_subaccount(**facts).subaccount
    delete_subaccount(subaccount=gone, actor="system")
    made = create_subaccount(**facts)
    assert (made.subaccount != gone, made.token[:4]) == (True, "rfs_")


def test_one_form_makes_one_subaccount_in_the_database_too(account):
    key = uuid.uuid4()
    Subaccount.objects.create(account=account, name="Shop", form_key=key)
    with pytest.raises(IntegrityError, match=r"one_subaccount_a_form|form_key"):
        Subaccount.objects.create(account=account, name="Shop", form_key=key)


def test_ten_02_the_page_of_a_token_leads_to_no_stranger_subaccount(signed_in, other_account):
    foreign = create_subaccount(account=other_account, name="Foreign", actor="system").subaccount
    answer = signed_in.get(f"{TOKEN}?subaccount={foreign.auth_id}")
    assert answer.status_code == 200
    assert foreign.auth_id not in answer.content.decode()


@pytest.mark.parametrize("deed", ["create", "rotate", "delete"])
def test_acc_06_an_old_proof_is_asked_for_again(client: Client, owner, made, deed):
    client.force_login(owner)
    session = client.session
    session["proved_at"] = 0
    session.save()
    sub = made.subaccount
    path = URL if deed == "create" else f"{URL}{sub.auth_id}/{deed}/"
    answer = client.post(path, {"name": "Shop", "grace_hours": 0, "objects": "move"})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    sub.refresh_from_db()
    assert sub.deleted_at is None
    assert Subaccount.objects.count() == AuthToken.objects.filter(subaccount=sub).count() == 1


def test_rotating_gives_a_new_token_and_ends_the_old(signed_in, made):
    sub = made.subaccount
    page = signed_in.post(f"{URL}{sub.auth_id}/rotate/", {"grace_hours": 0}, follow=True)
    assert sub.auth_id in page.content.decode()
    assert authenticate_token(sub.auth_id, made.token) is None


def test_revoking_from_its_page_comes_back_to_it(signed_in, made):
    token = AuthToken.objects.get(subaccount=made.subaccount)
    answer = signed_in.post(f"/settings/credentials/{token.public_id}/revoke/")
    assert answer.headers["Location"] == f"{URL}{made.subaccount.auth_id}/"
    page = signed_in.get(f"{URL}{made.subaccount.auth_id}/").content.decode()
    assert "no auth token" in page


def test_renaming_disabling_and_deleting_by_their_buttons(signed_in, furnished):
    path = f"{URL}{furnished.auth_id}/"
    signed_in.post(path, {"name": "Shop"})
    signed_in.post(f"{path}enabled/", {"enabled": "0"})
    furnished.refresh_from_db()
    assert (furnished.name, furnished.enabled) == ("Shop", False)
    assert signed_in.post(f"{path}delete/", {"objects": "delete"}).headers["Location"] == URL
    assert not Application.objects.exists()
    assert signed_in.get(path).status_code == 404


def test_deleting_without_saying_what_becomes_of_its_things_does_nothing(signed_in, furnished):
    signed_in.post(f"{URL}{furnished.auth_id}/delete/", {})
    furnished.refresh_from_db()
    assert furnished.deleted_at is None


def test_the_list_costs_the_same_with_many(
    signed_in, account, owner, django_assert_max_num_queries
):
    account.state = "active"
    account.save()
    for index in range(55):
        Subaccount.objects.create(account=account, name=f"Branch {index}")
    with django_assert_max_num_queries(8):
        page = signed_in.get(URL).content.decode()
    assert page.count("SA") >= 50
    assert "Older" in page
