"""What happens to a form when things go wrong around it."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_was_typed_comes_back_after_the_session_had_ended(browse, owner):
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    page = browse(owner).open("/settings/")
    page.get_by_label("Name").first.fill("Copper & Sons of the night")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url(re.compile("/accounts/login/"))
    page.get_by_label("Email").fill(owner.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("I have saved it").click()  # the first sign-in shows a token
    page.wait_for_url(re.compile("/settings/$"))
    expect(page.get_by_label("Name").first).to_have_value("Copper & Sons of the night")
    expect(page.get_by_text("What you had typed is back")).to_be_visible()


def test_a_form_that_was_saved_is_not_kept(browse, owner):
    page = browse(owner).open("/settings/")
    page.get_by_label("Name").first.fill("Saved Ltd")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_label("Name").first).to_have_value("Saved Ltd")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("sessionStorage.getItem('draft')") is None


def test_a_form_is_sent_once_however_often_it_is_pressed(browse, owner):
    page = browse(owner).open("/settings/")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    with page.expect_navigation():
        page.evaluate(
            "for (let i = 0; i < 5; i++) document.querySelector('main form [type=submit]').click()"
        )
    page.wait_for_load_state("networkidle")
    assert len(sent) == 1
