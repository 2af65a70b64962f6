"""The pages of four real calls: what each must tell, and that it is clean at every size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.callers import EMAIL, FAILS_OVER, PHONES, Customer, make_calls, serve
from tests.support.answer_server import AnswerServer
from tests.support.axe import violations
from tests.support.browser import PATIENCE, picture, settle
from tests.support.client import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@dataclass
class Told:
    """The calls' UUIDs by name, and the cookies of somebody who may read about them."""

    calls: dict[str, str]
    state: dict


@pytest.fixture(scope="module")
def told(stack, chromium) -> Iterator[Told]:
    """The four calls, over; somebody is signed in."""
    with AnswerServer() as server:
        serve(server)
        with closing(Customer(stack, server)) as customer:
            calls = make_calls(customer)
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    steps.go(page, stack.url, "/accounts/login/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url(f"{stack.url}/")
    yield Told(calls, dict(context.storage_state()))
    context.close()


@pytest.fixture
def read(visit, stack, told):
    """Opens the page of a call."""

    def go(name: str, **options) -> Page:
        page = visit(storage_state=told.state, **options).page
        steps.go(page, stack.url, f"/calls/{told.calls[name]}/")
        return page

    return go


def lines(page: Page) -> list[str]:
    """The sentences of the story."""
    return [" ".join(text.split()) for text in page.locator(".story__text").all_inner_texts()]


def in_order(wanted: list[str], found: list[str]) -> bool:
    """Whether each sentence is there, one after the other."""
    rest = iter(found)
    return all(any(one in line for line in rest) for one in wanted)


def test_a_menu_tells_the_wrong_key_both_levels_and_who_hung_up(read):
    found = lines(read("menu"))
    told = [
        "Says: “For opening hours", "Keys pressed: 9", "The key 9 is not one of the valid ones.",
        "Attempt 1 of 3 brought no valid input.", "Says: “For opening hours", "Keys pressed: 1",
        "The action URL answers 200", "Says: “Weekdays", "Keys pressed: 1",
        "The action URL answers 200", "Says: “We open at nine.”",
        "The call has ended: Normal Hangup, by the XML. 4000",
    ]  # fmt: skip
    assert in_order(told, found), found


def test_the_documents_of_a_menu_are_lit_where_they_ran(read):
    trees = read("menu").get_by_role("region", name="Document from")
    expect(trees).to_have_count(3)
    expect(trees.first.locator(".tree__row--ran")).to_contain_text(["GetDigits", "opening hours"])
    expect(trees.first.locator(".tree__row:not(.tree__row--ran)").last).to_contain_text("Goodbye")


def test_a_forwarded_call_tells_which_carrier_failed_and_which_took_it(read):
    page = read("forwarded")
    expect(page.get_by_text("Goes over the carrier Bluewire Telecom, after")).to_be_visible()
    page.get_by_text("How the carrier was chosen").click()
    expect(page.get_by_text("Failed at priority 1: carrier error.")).to_be_visible()
    expect(page.get_by_text("Taken at priority 2.")).to_be_visible()


def test_a_forwarded_call_has_a_b_leg_on_the_ladder_and_in_the_table(read):
    page = read("forwarded")
    assert page.locator(".rung--ab").count() == 1
    row = page.get_by_role("table", name="Legs").get_by_role("row").last
    expect(row).to_contain_text(f"{FAILS_OVER[:2]} {FAILS_OVER[2:5]}")
    expect(row).to_contain_text("Bluewire Telecom")


def test_a_failed_fetch_shows_what_was_sent_what_came_and_the_fallback(read):
    page = read("fallback")
    failed = page.locator(".story__line--bad")
    expect(failed).to_contain_text("The server answered 500")
    failed.get_by_text("Request and answer").click()
    expect(failed.get_by_role("definition").filter(has_text=PHONES[0])).to_be_visible()
    expect(failed.get_by_role("region", name="Answer")).to_have_text("Internal error")
    assert in_order(["The fallback URL answers 200", "Says: “We are sorry"], lines(page))


def test_a_conference_tells_who_was_there_and_who_left(read):
    found = lines(read("room"))
    other = f"{PHONES[1][:2]} {PHONES[1][2:5]} {PHONES[1][5:8]} {PHONES[1][8:]}"
    told = ["Enters “Monday” as member", f"Hears {other} leave.", "Leaves “Monday”. It hung up."]
    assert in_order(told, found), found


def test_the_story_leads_to_what_the_hangup_url_was_told(read):
    page = read("menu")
    page.get_by_role("link", name="Request and answer").last.click()
    row = page.get_by_role("table").get_by_role("row").last
    expect(row).to_contain_text("/hangup/")


@pytest.mark.parametrize("name", ["menu", "forwarded", "fallback", "room"])
def test_every_story_is_clean(read, name):
    page = read(name)
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        if (width, scheme) in {(1280, "light"), (390, "dark")}:
            found = violations(page)
            assert [f"{v['id']} {[n['target'] for n in v['nodes']]}" for v in found] == []
        picture(page, f"story-{name}-{width}-{scheme}")
