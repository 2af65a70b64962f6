"""Owners and visitors who act at the same moment."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from console.accounts.models import Membership, Role
from console.accounts.services import invitations
from console.accounts.services import settings as service
from console.applications.models import Application
from console.core.errors import DomainError
from console.numbers.models import RentedNumber
from tests.conftest import make_member
from tests.support.threads import at_once
from tests.tenancy.world import IN_STOCK, furnish

pytestmark = pytest.mark.django_db(transaction=True)


def _as(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_two_owners_who_remove_each_other_leave_one_and_no_error(account, owner):
    second = make_member("second@example.com", account)
    one, other = _as(owner), _as(second)
    answers = at_once(
        lambda: one.post(f"/settings/team/{second.public_id}/remove/").status_code,
        lambda: other.post(f"/settings/team/{owner.public_id}/remove/").status_code,
    )
    assert set(answers) <= {302, 403}
    assert Membership.objects.filter(account=account, role=Role.OWNER).count() == 1


def test_an_owner_who_was_removed_meanwhile_gets_a_plain_refusal(account, owner):
    second = make_member("second@example.com", account)
    Membership.objects.filter(user=owner).delete()
    with pytest.raises(DomainError) as refused:
        service.remove_member(account=account, member_id=second.public_id, actor=owner)
    assert refused.value.status in {403, 404}
    assert Membership.objects.filter(user=second).exists()


def test_one_number_goes_to_one_of_two_accounts(account, owner, other_account, stranger):
    furnish(account, owner)
    one, other = _as(owner), _as(stranger)
    path = f"/numbers/{IN_STOCK}/rent/"
    form = {"application": "", "alias": ""}
    answers = at_once(*(lambda c=c: c.post(path, form).status_code for c in (one, other) * 3))
    assert not [status for status in answers if status >= 500]
    assert RentedNumber.objects.filter(number=IN_STOCK, released_at=None).count() == 1


def test_a_button_pressed_ten_times_makes_one_application(account, owner):
    page = _as(owner).get("/applications/new/").content.decode()
    key = page.partition('name="form_key" value="')[2].partition('"')[0]
    form = {"name": "ivr", "answer_url": "https://app.example.com/", "form_key": key}
    form |= {"answer_method": "POST", "hangup_method": "POST", "fallback_method": "POST"}
    form |= {"message_method": "POST"}
    clients = [_as(owner) for _ in range(10)]
    answers = at_once(*(lambda c=c: c.post("/applications/new/", form) for c in clients))
    places = Counter(answer.headers.get("Location", answer.status_code) for answer in answers)
    assert len(places) == 1, places
    assert Application.objects.for_account(account).count() == 1


def test_an_invitation_is_accepted_once(account, owner, stranger):
    offer = invitations.invite(
        account=account, email=stranger.email, role=Role.ANALYST, actor=owner
    )
    monkey = "x" * 32
    offer.secret_hash = invitations._hash(monkey)
    offer.save(update_fields=["secret_hash"])
    clients = [_as(stranger) for _ in range(4)]
    path = f"/invitations/{offer.pk}/{monkey}/"
    answers = at_once(*(lambda c=c: c.post(path).status_code for c in clients))
    assert sorted(answers) == [302, 404, 404, 404]
    assert Membership.objects.filter(account=account, user=stranger).count() == 1
