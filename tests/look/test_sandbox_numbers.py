"""Proving a number in a real browser: shown before sent, counted down, pasted, verified."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from console.core import clock
from sandbox.verification.models import Challenge, CodeDelivery
from tests.sandbox.verification.conftest import LINE, NUMBER, codes_on, work
from tests.support.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/sandbox-numbers/"


def ask_for_a_code(seen, number=NUMBER):
    """Types a number and presses the button at once."""
    page = seen.open(LIST)
    page.get_by_label("Phone number").fill(number)
    page.get_by_role("button", name="Send code").click()
    page.wait_for_url(re.compile(LIST + ".+/"))
    return page


def test_num_04_the_canonical_number_appears_while_typing(browse, owner):
    page = browse(owner).open(LIST)
    page.get_by_label("Phone number").fill("+1 (202) 555-0142")
    expect(page.locator("#echo")).to_contain_text("+1 202 555 0142, United States")
    assert not CodeDelivery.objects.exists()


def test_num_06_a_fixed_line_offers_the_call_only(browse, owner):
    page = browse(owner).open(LIST)
    page.get_by_label("Phone number").fill(LINE)
    expect(page.locator("#echo")).to_contain_text("so we call it with the code")
    expect(page.get_by_role("button", name="Send code")).to_be_disabled()
    expect(page.get_by_role("button", name="Call me with the code")).to_be_enabled()


def test_a_wrong_number_is_said_at_once_and_when_sent(browse, owner):
    page = browse(owner).open(LIST)
    page.get_by_label("Phone number").fill("+1 202 555")
    expect(page.locator("#echo")).to_contain_text("too short")
    page.get_by_role("button", name="Send code").click()
    expect(page.locator("main [role=alert]").first).to_contain_text("too short")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_whole_way_with_a_pasted_code_and_no_complaint(browse, owner, width):
    seen = browse(owner, width=width)
    page = ask_for_a_code(seen)
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    assert violations(page) == []
    work()
    expect(page.locator("#status")).to_contain_text("Code sent by SMS.")
    code = codes_on()[0]
    page.get_by_label("Code", exact=True).fill(f"{code[:3]} {code[3:]}")
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#status")).to_contain_text("Verified")
    assert violations(page) == []
    assert seen.complaints == []


def test_otp_07_the_buttons_wait_and_then_come_back(browse, owner):
    page = ask_for_a_code(browse(owner))
    resend = page.get_by_role("button", name="Resend code")
    expect(resend).to_be_disabled()
    expect(page.get_by_text("You can ask for another code in")).to_be_visible()
    Challenge.objects.update(next_send_at=clock.now())
    page.reload()
    expect(resend).to_be_enabled()
    resend.click()
    page.wait_for_load_state("networkidle")
    assert CodeDelivery.objects.count() == 2


def test_num_04_without_javascript_the_number_is_shown_on_a_page_between(browse, owner):
    page = browse(owner, java_script_enabled=False).open(LIST)
    page.get_by_label("Phone number").fill(NUMBER)
    page.get_by_role("button", name="Send code").click()
    expect(page.locator("#echo")).to_contain_text("United States")
    assert not CodeDelivery.objects.exists()
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_label("Code", exact=True)).to_be_visible()
    assert CodeDelivery.objects.count() == 1


def test_removing_asks_by_naming_the_number(browse, owner):
    page = ask_for_a_code(browse(owner))
    page.get_by_role("button", name="Remove").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Remove +1 202 555 0142?")
    dialog.get_by_role("button", name="Remove").click()
    page.wait_for_url(re.compile(LIST + "$"))
    expect(page.get_by_text("No number yet.")).to_be_visible()


def test_the_fence_answers_in_the_page(browse, owner):
    seen = browse(owner)
    page = seen.open("/fence/")
    page.get_by_role("textbox", name="To", exact=True).fill(NUMBER)
    page.get_by_role("button", name="Ask the fence").click()
    expect(page.locator("#verdict")).to_contain_text("No, the fence would refuse this")
    expect(page.get_by_role("link", name="Verify +1 202 555 0142")).to_be_visible()
    assert violations(page) == []
    assert seen.complaints == []
