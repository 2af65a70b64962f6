"""Sign-up, confirmation and the first token (ACC-02, ACC-10, WEB-06)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from console.accounts.forms import opened_now
from console.accounts.models import Account, AuthToken, User
from console.accounts.services import authenticate_token
from console.core.models import OutboxRow

from .conftest import FRESH, deliver, last_link

NEW = "new@example.com"


def _confirm(visitor):
    return visitor.client.post(last_link(deliver()), follow=True)


def test_acc_02_before_confirmation_there_is_no_account_and_no_sign_in(visitor):
    answer = visitor.sign_up(NEW)
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert not Account.objects.exists()
    assert visitor.client.get("/settings/").status_code == 302


def test_acc_02_confirming_opens_the_trial_and_shows_its_token_once(visitor):
    visitor.sign_up(NEW)
    page = _confirm(visitor)
    account = Account.objects.get()
    assert account.on_trial
    token = re.search(r"rfm_\w{36}", page.content.decode())[0]
    assert authenticate_token(account.auth_id, token)
    assert "no-store" in page.headers["Cache-Control"]
    again = visitor.client.get(page.request["PATH_INFO"])
    assert token not in again.content.decode()
    assert "make a new one" in again.content.decode()


def test_acc_10_the_waiting_token_is_not_readable_in_the_session(visitor):
    visitor.sign_up(NEW)
    visitor.client.post(last_link(deliver()))
    waiting = str(dict(visitor.client.session))
    assert "token_once" in waiting
    assert "rfm_" not in waiting


def test_acc_02_looking_at_the_link_confirms_nothing(visitor):
    visitor.sign_up(NEW)
    page = visitor.client.get(last_link(deliver()))
    assert "Confirm</button>" in page.content.decode()
    assert not Account.objects.exists()


def test_acc_02_a_link_works_once(visitor):
    visitor.sign_up(NEW)
    link = last_link(deliver())
    visitor.client.post(link)
    assert "does not work" in Client().get(link).content.decode()
    assert Client().post(link).status_code == 404
    assert Account.objects.count() == 1


def test_acc_02_a_link_is_dead_after_a_day(visitor, time_machine):
    visitor.sign_up(NEW)
    link = last_link(deliver())
    time_machine.move_to(datetime.now(UTC) + timedelta(days=1, minutes=1))
    assert "does not work" in visitor.client.get(link).content.decode()


def test_confirming_in_another_browser_leads_to_signing_in_and_then_to_the_token(visitor):
    visitor.sign_up(NEW)
    elsewhere = Client()
    answer = elsewhere.post(last_link(deliver()))
    assert answer.headers["Location"].startswith("/accounts/login/")
    assert Account.objects.count() == 1
    assert not AuthToken.objects.exists()
    answer = elsewhere.post("/accounts/login/", {"login": NEW, "password": FRESH}, follow=True)
    assert re.search(r"rfm_\w{36}", answer.content.decode())


def test_the_second_sign_in_goes_home(visitor):
    visitor.sign_up(NEW)
    _confirm(visitor)
    answer = Client().post("/accounts/login/", {"login": NEW, "password": FRESH})
    assert answer.headers["Location"] == "/"


def test_acc_02_a_known_address_gets_the_same_answer_and_another_letter(visitor, confirmed):
    known = visitor.sign_up(confirmed.email)
    letters = deliver()
    assert letters[-1].subject == "You already have an account"
    assert letters[-1].to == [confirmed.email]
    other = Client()
    visitor.client = other
    unknown = visitor.sign_up(NEW)
    assert known.status_code == unknown.status_code == 302
    assert known.headers["Location"] == unknown.headers["Location"]
    assert User.objects.get(email=confirmed.email).check_password(FRESH) is False


def test_web_05_links_do_not_believe_the_host_header(visitor, settings):
    settings.ALLOWED_HOSTS = ["*"]
    visitor.client.defaults["HTTP_HOST"] = "evil.example.com"
    visitor.sign_up(NEW)
    letter = deliver()[-1]
    assert "evil" not in letter.body
    assert "evil" not in letter.alternatives[0][0]


def test_the_letter_and_its_link_are_in_no_payload(visitor):
    visitor.sign_up(NEW)
    payload = str(OutboxRow.objects.get(kind="accounts.mail").payload)
    assert "confirm" not in payload
    assert NEW not in payload


def test_web_06_a_filled_honeypot_looks_like_success_and_does_nothing(visitor):
    answer = visitor.sign_up(NEW, website="https://example.com")
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert not User.objects.exists()
    assert not OutboxRow.objects.exists()


def test_web_06_a_form_sent_in_under_two_seconds_is_refused_with_its_input_kept(visitor, frozen):
    data = {"email": NEW, "password1": FRESH, "opened": opened_now()}
    frozen.advance(seconds=1)
    page = visitor.client.post("/accounts/signup/", data)
    assert "very quick" in page.content.decode()
    assert NEW in page.content.decode()
    assert not User.objects.exists()


def test_web_06_the_refused_form_goes_through_when_sent_again(visitor, frozen):
    data = {"email": NEW, "password1": FRESH, "opened": opened_now()}
    page = visitor.client.post("/accounts/signup/", data).content.decode()
    frozen.advance(seconds=2.5)
    data["opened"] = re.search(r'name="opened" value="([^"]+)"', page)[1]
    assert visitor.client.post("/accounts/signup/", data).status_code == 302


@pytest.mark.parametrize("opened", ["", "forged", "x" * 5000])
def test_web_06_a_form_without_a_signed_time_is_refused(visitor, opened):
    visitor.sign_up(NEW, opened=opened)
    assert not User.objects.exists()


def test_acc_02_the_sixth_sign_up_of_an_address_in_an_hour_is_refused(visitor):
    for number in range(5):
        assert visitor.sign_up(f"new{number}@example.com").status_code == 302
    answer = visitor.sign_up("new5@example.com")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert User.objects.count() == 5


@pytest.mark.parametrize(
    "email", ["", "no address", "a@b", "x" * 250 + "@example.com", "ne\u202ew@example.com\n"]
)
def test_a_wrong_address_is_refused_beside_its_field(visitor, email):
    page = visitor.sign_up(email)
    assert page.status_code == 200
    assert "id_email_error" in page.content.decode()


def test_a_nul_in_the_form_is_a_400(visitor):
    assert visitor.sign_up("new@example.com\0").status_code == 400
