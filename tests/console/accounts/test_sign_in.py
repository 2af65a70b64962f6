"""Signing in and out, resets, limits, sessions, re-authentication (ACC-02 to ACC-06)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.accounts.models import AuditEvent, User
from tests.conftest import PASSWORD

from .conftest import FRESH, Visitor, deliver, last_link, worked


def _is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_one_button_is_called_sign_in_so_that_a_script_finds_it(client, db):
    html = client.get("/accounts/login/").content.decode()
    buttons = re.findall(r"<button[^>]*>(.*?)</button>", html, re.S)
    assert sum("Sign in" in button for button in buttons) == 1


def test_the_right_password_signs_in(visitor, confirmed):
    visitor.sign_in(confirmed.email)
    assert _is_in(visitor.client)


def test_acc_02_an_unconfirmed_address_does_not_sign_in_and_gets_a_letter(visitor, owner):
    EmailAddress.objects.create(user=owner, email=owner.email, verified=False, primary=True)
    visitor.sign_in(owner.email)
    assert not _is_in(visitor.client)
    assert deliver()[-1].to == [owner.email]


def test_acc_02_wrong_password_and_unknown_address_answer_alike(visitor, confirmed):
    wrong = visitor.sign_in(confirmed.email, "not this one at all")
    unknown = Client().post("/accounts/login/", {"login": "nobody@example.com", "password": "x"})
    assert wrong.status_code == unknown.status_code == 200
    told = "The e-mail address or the password is not right."
    assert told in wrong.content.decode()
    assert told in unknown.content.decode()


def test_acc_02_an_unknown_address_costs_a_password_hash_too(visitor, confirmed):
    with patch.object(User, "set_password", autospec=True) as hashed:
        visitor.sign_in("nobody@example.com")
    assert hashed.called


def test_acc_02_known_and_unknown_addresses_cost_the_same_queries(visitor, confirmed):
    visitor.sign_in(confirmed.email, "x")  # from here on both chains of the log are there
    visitor.sign_in("nobody@example.com", "x")
    known = _queries(confirmed.email, "198.51.100.1")
    unknown = _queries("nobody@example.com", "198.51.100.2")
    assert abs(known - unknown) <= 1


def _queries(email: str, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        data = {"login": email, "password": "x"}
        Client().post("/accounts/login/", data, REMOTE_ADDR=address)
    return len([one for one in caught.captured_queries if "core_cache" not in one["sql"]])


def test_acc_02_ten_wrong_passwords_close_the_account_for_all_addresses(visitor, confirmed):
    for number in range(10):
        visitor.sign_in(confirmed.email, "wrong", REMOTE_ADDR=f"198.51.100.{number}")
    page = visitor.sign_in(confirmed.email, REMOTE_ADDR="198.51.100.77")
    assert "Too many tries" in page.content.decode()
    assert not _is_in(visitor.client)


def test_acc_02_the_limit_of_another_host_header_is_the_same_limit(visitor, confirmed, settings):
    settings.ALLOWED_HOSTS = ["*"]
    for number in range(10):
        visitor.sign_in(confirmed.email, "wrong", HTTP_HOST=f"h{number}.example.com")
    assert "Too many tries" in visitor.sign_in(confirmed.email).content.decode()


def test_acc_02_fifty_wrong_passwords_close_one_address_for_all_accounts(
    visitor, confirmed, settings
):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1000/m/ip"}
    for number in range(50):
        data = {"login": f"x{number}@example.com", "password": "wrong", **worked(form="sign-in")}
        visitor.client.post("/accounts/login/", data)
    assert "Too many tries" in visitor.sign_in(confirmed.email).content.decode()
    assert visitor.sign_in(confirmed.email, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_success_does_not_empty_the_bucket_of_failures(visitor, confirmed):
    for _ in range(9):
        visitor.sign_in(confirmed.email, "wrong")
    visitor.sign_in(confirmed.email)
    other = Visitor(Client())
    other.sign_in(confirmed.email, "wrong")
    assert "Too many tries" in other.sign_in(confirmed.email).content.decode()


def test_web_07_next_leads_to_our_own_paths_only(visitor, confirmed):
    for bad in ("https://example.com/", "//example.com", "http:///x", "javascript:alert(1)"):
        answer = Visitor(Client()).sign_in(f"{confirmed.email}", next=bad)
        assert answer.headers["Location"] == "/"
    answer = visitor.client.post(
        "/accounts/login/?next=/settings/team/",
        {"login": confirmed.email, "password": PASSWORD, "next": "/settings/team/"},
    )
    assert answer.headers["Location"] == "/settings/team/"


def test_web_03_signing_out_needs_a_post(signed_in):
    signed_in.get("/accounts/logout/")
    assert _is_in(signed_in)
    signed_in.post("/accounts/logout/")
    assert not _is_in(signed_in)


def test_web_04_signing_out_clears_what_the_browser_kept(signed_in):
    answer = signed_in.post("/accounts/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in signed_in.get("/accounts/login/").headers


def test_acc_05_a_live_stream_does_not_keep_a_session_in_use(frozen, signed_in):
    for _ in range(3):
        frozen.advance(minutes=25)
        signed_in.get("/live/handsets/%2B12025550142/events")
    assert not _is_in(signed_in)


def test_web_02_an_ended_session_sends_htmx_to_the_sign_in_page(visitor):
    answer = visitor.client.get(
        "/settings/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/settings/team/"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=%2Fsettings%2Fteam%2F"


def test_acc_05_signing_in_gives_a_new_session_id(visitor, confirmed):
    visitor.client.get("/accounts/login/?next=/settings/")
    session = visitor.client.session
    session["seen"] = 1
    session.save()
    before = session.session_key
    visitor.client.cookies["ringfence_session"] = before
    visitor.sign_in(confirmed.email)
    assert visitor.client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_acc_05_an_hour_without_use_ends_a_session(frozen, signed_in):
    frozen.advance(minutes=59)
    assert _is_in(signed_in)
    frozen.advance(minutes=61)
    assert not _is_in(signed_in)


def test_acc_05_a_day_ends_a_session_however_much_it_is_used(frozen, signed_in):
    for _ in range(29):
        frozen.advance(minutes=50)
        in_use = _is_in(signed_in)
    assert not in_use


def test_acc_05_the_cookie_is_http_only_and_lax(signed_in):
    cookie = signed_in.cookies["ringfence_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_acc_05_sessions_are_listed_and_the_others_can_be_ended(signed_in, confirmed):
    other = Visitor(Client())
    other.sign_in(confirmed.email, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0")
    page = signed_in.get("/accounts/sessions/").content.decode()
    assert "Firefox on Linux" in page
    signed_in.post("/accounts/sessions/")
    assert _is_in(signed_in)
    assert not _is_in(other.client)


def test_acc_05_a_password_change_ends_the_other_sessions(signed_in, confirmed):
    other = Visitor(Client())
    other.sign_in(confirmed.email)
    before = signed_in.session.session_key
    data = {"oldpassword": PASSWORD, "password1": FRESH, "password2": FRESH}
    assert signed_in.post("/accounts/password/change/", data).status_code == 302
    assert _is_in(signed_in)
    assert signed_in.session.session_key != before
    assert not _is_in(other.client)
    assert deliver()[-1].subject == "Your password was changed"


def _reset_link(client: Client, email: str) -> str:
    client.post("/accounts/password/reset/", {"email": email})
    return last_link(deliver())


def _choose(client: Client, link: str, password: str = FRESH):
    page = client.get(link, follow=True)
    return client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_acc_03_a_reset_sets_the_password_and_kills_all_sessions(signed_in, confirmed):
    visitor = Client()
    _choose(visitor, _reset_link(visitor, confirmed.email))
    confirmed.refresh_from_db()
    assert confirmed.check_password(FRESH)
    assert not _is_in(signed_in)
    assert not _is_in(visitor)
    assert deliver()[-1].subject == "Your password was reset"


def test_acc_03_a_reset_link_works_once(visitor, confirmed):
    link = _reset_link(visitor.client, confirmed.email)
    _choose(visitor.client, link)
    page = Client().get(link, follow=True).content.decode()
    assert "This link does not work" in page


def test_acc_03_a_sign_in_kills_the_reset_link(visitor, confirmed):
    link = _reset_link(Client(), confirmed.email)
    visitor.sign_in(confirmed.email)
    assert "This link does not work" in Client().get(link, follow=True).content.decode()


def test_acc_03_a_reset_link_is_dead_after_an_hour(confirmed, time_machine):
    link = _reset_link(Client(), confirmed.email)
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=61))
    assert "This link does not work" in Client().get(link, follow=True).content.decode()


def test_acc_03_a_reset_does_not_take_a_weak_password(visitor, confirmed):
    page = _choose(visitor.client, _reset_link(visitor.client, confirmed.email), "short")
    assert "use at least 15" in page.content.decode()


def test_acc_03_nobody_is_sent_more_than_five_reset_letters_an_hour(confirmed):
    for known in (confirmed.email, "nobody@example.com"):
        statuses = [
            Client()
            .post("/accounts/password/reset/", {"email": known}, REMOTE_ADDR=f"198.51.100.{number}")
            .status_code
            for number in range(7)
        ]
        assert statuses == [302] * 5 + [429] * 2
    assert len(deliver()) == 10


def test_acc_02_a_reset_for_an_unknown_address_looks_the_same(confirmed):
    known = Client().post("/accounts/password/reset/", {"email": confirmed.email})
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert known.status_code == unknown.status_code
    assert known.headers["Location"] == unknown.headers["Location"]
    deliver()
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "nobody@example.com",
        "owner@example.com",
    ]


def test_acc_03_a_new_address_is_confirmed_there_and_told_to_the_old_one(signed_in, confirmed):
    data = {"email": "fresh@example.com", "action_add": ""}
    assert signed_in.post("/accounts/email/", data).status_code == 302
    confirmed.refresh_from_db()
    assert confirmed.email == "owner@example.com"
    letters = deliver()
    assert letters[-1].to == ["fresh@example.com"]
    signed_in.post(last_link(letters))
    confirmed.refresh_from_db()
    assert confirmed.email == "fresh@example.com"
    assert any(
        letter.to == ["owner@example.com"] and "changed" in letter.subject for letter in deliver()
    )


def test_acc_06_changing_the_address_asks_for_the_password_after_a_quarter_of_an_hour(
    frozen, signed_in, confirmed
):
    frozen.advance(minutes=16)
    answer = signed_in.post("/accounts/email/", {"email": "fresh@example.com", "action_add": ""})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="fresh@example.com").exists()


@pytest.mark.parametrize("path", ["/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"])
def test_acc_06_second_factors_ask_for_a_proof(frozen, signed_in, path):
    assert signed_in.get(path).status_code == 200
    frozen.advance(minutes=16)
    assert "/reauthenticate/" in signed_in.get(path).headers["Location"]


def test_acc_06_the_password_opens_the_window_again_with_a_new_session_id(frozen, signed_in):
    frozen.advance(minutes=16)
    before = signed_in.session.session_key
    answer = signed_in.post(
        "/accounts/reauthenticate/", {"password": PASSWORD, "next": "/settings/team/"}
    )
    assert answer.headers["Location"] == "/settings/team/"
    assert signed_in.session.session_key != before
    assert signed_in.get("/accounts/2fa/totp/activate/").status_code == 200
    assert "This one" in signed_in.get("/accounts/sessions/").content.decode()


def test_acc_06_a_wrong_password_does_not(frozen, signed_in):
    frozen.advance(minutes=16)
    page = signed_in.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert "not your password" in page.content.decode()


def test_acc_12_sign_ins_failures_and_sign_outs_are_in_the_log(signed_in, confirmed):
    Visitor(Client()).sign_in(confirmed.email, "wrong")
    signed_in.post("/accounts/logout/")
    account = confirmed.memberships.get().account
    actions = list(
        AuditEvent.objects.for_account(account)
        .order_by("sequence")
        .values_list("action", flat=True)
    )
    assert [a for a in actions if a.startswith("auth.")] == [
        "auth.signed_in",
        "auth.failed",
        "auth.signed_out",
    ]
