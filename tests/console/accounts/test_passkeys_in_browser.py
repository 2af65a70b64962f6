"""Passkeys in a real Chromium with a virtual authenticator (ACC-04)."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from tests.conftest import PASSWORD
from tests.support.browser import Watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def at_desk(browse, owner) -> Watched:
    """The owner's browser, with a finger on the reader and a passkey just added."""
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    watched = browse(owner)
    devices = watched.page.context.new_cdp_session(watched.page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page = watched.open("/accounts/2fa/webauthn/add/")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url("**/recovery-codes/")
    return watched


def _sign_out(watched: Watched) -> None:
    watched.open("/accounts/logout/")
    watched.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    watched.page.wait_for_url(watched.base + "/")


def test_acc_04_the_first_passkey_brings_ten_recovery_codes(at_desk, owner):
    shown = at_desk.page.get_by_role("region", name="Your codes").inner_text()
    assert len(re.findall(r"\b\d{8}\b", shown)) == 10
    assert Authenticator.objects.filter(user=owner, type="webauthn").count() == 1
    assert at_desk.complaints == []


def test_acc_04_a_passkey_signs_in_alone(at_desk):
    _sign_out(at_desk)
    page = at_desk.open("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("navigation", name="Main").wait_for()
    assert at_desk.complaints == []


def test_acc_04_a_passkey_is_the_second_step_after_the_password(at_desk, owner):
    _sign_out(at_desk)
    page = at_desk.open("/accounts/login/")
    page.get_by_label("Email").fill(owner.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/2fa/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("navigation", name="Main").wait_for()
    assert at_desk.complaints == []
