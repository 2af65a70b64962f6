"""The help center in a real browser: tooltips of the terms, contents on a phone, search, axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "/help/glossary/did/",
    "/help/guides/answer-server/",
    "/help/xml/",
    "/help/check-xml/",
    "/help/playground/",
    "/help/outcome-numbers/",
    "/help/errors/",
    "/help/search/?q=busy",
    "/help/search/?q=leg",  # finds long addresses
]
SIZES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
TIP = "#term-tip"


@pytest.fixture
def watched(browse, db):
    """A signed-out page at desk width that must have nothing to complain of."""
    seen = browse()
    yield seen
    assert seen.complaints == []


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_the_help_center_is_clean_in_both_schemes_and_widths(browse, db, width, scheme):
    seen = browse(width=width, scheme=scheme)
    for path in PAGES:
        page = seen.open(path)
        found = violations(page)
        assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert seen.complaints == []


def _term(page: Page):
    return page.locator("a.term", has_text="application").first


def test_hovering_a_term_shows_its_short_text_and_stays_while_the_pointer_is_on_it(watched):
    page = watched.open("/help/glossary/did/")
    _term(page).hover()
    expect(page.locator(TIP)).to_contain_text("The set of URLs")
    page.locator(f"{TIP} a").hover()
    page.wait_for_timeout(400)
    expect(page.locator(TIP)).to_be_visible()
    page.locator("h1").hover()
    expect(page.locator(TIP)).to_be_hidden()


def test_a_term_reached_by_keyboard_is_described_and_escape_puts_the_text_away(watched):
    page = watched.open("/help/glossary/did/")
    page.locator("h1").click()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('a.term')"):
            break
    expect(_term(page)).to_be_focused()
    expect(page.locator(TIP)).to_be_visible()
    expect(_term(page)).to_have_accessible_description(
        "The set of URLs that tells the platform what to do with calls and messages."
        " Assign it to DIDs and endpoints."
    )
    page.keyboard.press("Escape")
    expect(page.locator(TIP)).to_be_hidden()
    expect(_term(page)).to_be_focused()


def test_the_first_tap_shows_the_text_and_its_link_leads_to_the_page(browse, db):
    page = browse(width=390, has_touch=True, is_mobile=True).open("/help/glossary/did/")
    _term(page).tap()
    expect(page.locator(TIP)).to_be_visible()
    assert page.url.endswith("/help/glossary/did/")
    page.locator(TIP).get_by_role("link", name="Read more").tap()
    page.wait_for_url("**/help/glossary/application/")


def test_without_scripts_a_term_is_a_plain_link(browse, db):
    page = browse(java_script_enabled=False).open("/help/glossary/did/")
    _term(page).click()
    assert page.url.endswith("/help/glossary/application/")


def test_the_contents_open_as_a_sheet_on_a_phone(browse, db):
    page = browse(width=390).open("/help/")
    link = page.get_by_role("navigation", name="Help", exact=True).get_by_role(
        "link", name="Trial limits"
    )
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Contents").click()
    link.click()
    page.wait_for_url("**/help/guides/trial-limits/")


def test_the_search_finds_while_typing(watched):
    page = watched.open("/help/search/")
    page.get_by_label("Search for").fill("reject")
    expect(page.get_by_role("link", name="3020 Rejected")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("Reject")


def test_the_playground_goes_on_in_its_place_when_the_answer_is_pasted(watched):
    page = watched.open("/help/playground/")
    page.get_by_label("Its answer, as XML").fill("<Response><Speak>Sunny.</Speak></Response>")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".story")).to_contain_text("Says: “Sunny.”")
    expect(page.get_by_role("status").first).to_contain_text("End Of XML Instructions")
    expect(page.get_by_label("Keys or words").first).to_have_value("1")


def test_the_playground_works_without_scripts(browse, db):
    page = browse(java_script_enabled=False).open("/help/playground/")
    page.get_by_label("XML", exact=True).fill("<Response><Speak>Plain.</Speak></Response>")
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".story")).to_contain_text("Says: “Plain.”")
