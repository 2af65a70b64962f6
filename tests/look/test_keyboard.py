"""Everything that a hand on the keyboard can do in the shell."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_first_tab_offers_to_skip_to_the_page(browse, owner):
    page = browse(owner).open("/design/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_palette_opens_finds_and_goes(browse, owner):
    page = browse(owner).open("/design/")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name=re.compile("Home"))).to_be_visible()
    field.fill("hom")
    expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text("Home")
    expect(field).to_have_attribute("aria-activedescendant", "palette-1-1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))


def test_escape_closes_the_palette_and_gives_the_focus_back(browse, owner):
    page = browse(owner).open("/design/")
    opener = page.get_by_role("button", name="Go to…").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Go to")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_g_and_a_letter_go_to_a_page(browse, owner):
    page = browse(owner).open("/design/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(re.compile(r":\d+/$"))


def test_letters_in_a_field_are_only_letters(browse, owner):
    page = browse(owner).open("/design/")
    page.get_by_label("Email").first.focus()
    page.keyboard.type("gh/")
    expect(page.get_by_label("Email").first).to_have_value("gh/")
    assert page.url.endswith("/design/")


def test_slash_focuses_the_pages_search(browse, owner):
    page = browse(owner).open("/design/")
    page.keyboard.press("/")
    expect(
        page.get_by_role("search", name="Filter calls").get_by_label("Phone number")
    ).to_be_focused()


def test_a_dialog_keeps_the_focus_and_a_destructive_one_starts_at_keep(browse, owner):
    page = browse(owner).open("/design/")
    page.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("dialog", name=re.compile("Support line"))
    expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def test_a_menu_closes_on_escape_and_outside(browse, owner):
    page = browse(owner).open("/design/")
    summary = page.locator("main details[data-menu] > summary")
    menu = page.locator("main details[data-menu]")
    summary.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    summary.click()
    page.get_by_role("heading", name="Design", exact=True).click()
    expect(menu).not_to_have_attribute("open", "")


def test_the_drawer_opens_and_closes_on_a_phone(browse, owner):
    page = browse(owner, width=390, has_touch=True).open("/design/")
    side = page.locator("#side")
    expect(side).to_be_hidden()
    page.get_by_role("button", name="Open the menu").click()
    expect(side).to_be_visible()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()


def test_the_chosen_colours_stay_and_do_not_flash(browse, owner):
    page = browse(owner, scheme="light").open("/")
    page.get_by_text("owner@example.com").first.click()
    page.get_by_role("button", name="Dark").click()
    ground = "getComputedStyle(document.body.parentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(18, 22, 23)"
    page.reload(wait_until="commit")
    page.wait_for_selector("h1")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(ground) == "rgb(18, 22, 23)"


def test_a_copied_id_is_announced(browse, owner):
    seen = browse(owner, permissions=["clipboard-read", "clipboard-write"])
    page = seen.open("/design/")
    page.get_by_role("button", name="Copy call UUID").first.click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("6f2d0f6e-")


def test_a_dead_console_is_told_in_the_palette_itself(browse, owner):
    page = browse(owner).open("/design/")
    page.route("**/palette/**", lambda route: route.abort())
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_text("The console does not answer")).to_be_visible()
