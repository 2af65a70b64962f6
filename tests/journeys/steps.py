"""What a newcomer does, step by step, by the labels that the interface keeps."""

from __future__ import annotations

import re
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.axe import violations

PASSWORD = "copper wires hum at night"
_CODE = re.compile(r"\b([0-9]{6}) is your Ringfence code")


def check_page(page: Page, seen: set[str]) -> None:
    """No axe finding, nothing sideways, no component left over; each kind of page once."""
    kind = re.sub(r"[0-9a-f-]{36}|%2B\d+|\+\d+|\d{6,}", "…", page.url.split("?")[0])
    if kind in seen:
        return
    seen.add(kind)
    page.wait_for_load_state("load")
    found = violations(page)
    told = [f"{v['id']}: {[n['html'] for n in v['nodes']][:3]}" for v in found]
    assert not told, f"{page.url}: {told}"
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, f"{page.url} scrolls sideways"
    assert "<c-" not in page.content()


def go(page: Page, base: str, path: str) -> None:
    """Opens a page of the console."""
    answer = page.goto(base + path)
    assert answer is not None
    assert answer.status == 200, f"{path}: {answer.status}"


def sign_up(page: Page, base: str, email: str, seen: set[str]) -> str:
    """Front page, form, letter, confirmation; gives the token that is shown once."""
    go(page, base, "/")
    check_page(page, seen)
    page.get_by_role("link", name="Create account").first.click()
    check_page(page, seen)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.wait_for_timeout(2200)  # a person needs longer than a robot (WEB-06)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("mail", re.I))
    go(page, base, "/mailbox/")
    check_page(page, seen)
    page.get_by_role("article").get_by_role("link", name=re.compile("confirm")).first.click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is open")
    check_page(page, seen)
    token = page.locator("code", has_text=re.compile(r"^rfm_")).get_attribute("title")
    assert token
    page.get_by_role("link", name="I have saved it").click()
    return token


def read_code(page: Page, base: str, number: str) -> str:
    """Opens the number's handset and reads the newest code."""
    go(page, base, f"/handsets/{number}/")
    expect(page.get_by_text(_CODE).last).to_be_visible()
    codes = _CODE.findall(page.content())
    return codes[-1]


def verify_number(page: Page, base: str, number: str, seen: set[str]) -> None:
    """Adds a sandbox number, asks for a code, reads it on the handset, types it in."""
    go(page, base, "/sandbox-numbers/")
    check_page(page, seen)
    page.get_by_label("Phone number").fill(number)
    page.get_by_role("button", name="Send code", exact=True).first.click()
    page.wait_for_url(re.compile(r"/sandbox-numbers/[0-9a-f-]{36}/"))
    check_page(page, seen)
    if page.get_by_label("Code", exact=True).count() == 0:
        page.get_by_role("button", name="Send code", exact=True).first.click()
    expect(page.get_by_label("Code", exact=True)).to_be_visible()
    place = page.url
    code = read_code(page, base, number)
    check_page(page, seen)
    page.goto(place)
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("main").get_by_text("Verified").first).to_be_visible()
    check_page(page, seen)


def rent_number(page: Page, base: str, seen: set[str]) -> str:
    """Searches the stock and rents the first number found; gives it in E.164."""
    go(page, base, "/numbers/search/")
    page.get_by_label("Country").select_option("US")
    page.get_by_role("button", name="Search").click()
    check_page(page, seen)
    page.get_by_role("table").get_by_role("button", name=re.compile("^Rent")).first.click()
    page.wait_for_url(re.compile(r"/rent/"))
    check_page(page, seen)
    page.get_by_role("button", name="Rent", exact=True).click()
    page.wait_for_url(re.compile(r"/numbers/(%2B|\+)\d+/$"))
    check_page(page, seen)
    found = re.search(r"/numbers/(?:%2B|\+)(\d+)/", page.url)
    assert found
    return f"+{found[1]}"


def create_application(page: Page, base: str, answer_url: str, seen: set[str]) -> None:
    """Makes an application with an answer URL and a hangup URL beside it."""
    go(page, base, "/applications/new/")
    check_page(page, seen)
    page.get_by_label("Name", exact=True).fill("Front desk")
    page.get_by_label("Answer URL", exact=True).fill(f"{answer_url}/answer/")
    page.get_by_label("Hangup URL", exact=True).fill(f"{answer_url}/hangup/")
    page.get_by_role("button", name="Create application").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Front desk")
    check_page(page, seen)


def assign(page: Page, base: str, did: str, seen: set[str]) -> None:
    """Points the DID at the application."""
    go(page, base, "/numbers/")
    page.get_by_role("checkbox", name=re.compile(re.escape(did[-4:]))).check()
    page.get_by_label("Application", exact=True).select_option(label="Front desk")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_role("table").get_by_text("Front desk")).to_be_visible()
    check_page(page, seen)


def call_from_handset(page: Page, base: str, number: str, did: str, seen: set[str]) -> None:
    """Calls the DID, hears the menu, presses 1, hears the answer; the platform hangs up."""
    go(page, base, f"/handsets/{number}/")
    page.get_by_label("Phone number").fill(did)
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.get_by_text("Press 1 for the weather").first).to_be_visible()
    check_page(page, seen)
    page.get_by_role("button", name=re.compile(r"^1\b")).first.click()
    expect(page.get_by_text("It is sunny").first).to_be_visible()


def read_story(page: Page, base: str, seen: set[str]) -> None:
    """The call's record and its story."""
    go(page, base, "/calls/")
    until = time.monotonic() + 240
    while not page.get_by_role("table").get_by_text("Completed").count():
        assert time.monotonic() < until, "the call never ended"
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("table").get_by_text("Completed").first).to_be_visible()
    check_page(page, seen)
    page.locator("table a.row-link").first.click()
    page.wait_for_url(re.compile(r"/calls/[0-9a-f-]{36}/"))
    expect(page.locator(".story__text", has_text="Press 1 for the weather").first).to_be_visible()
    check_page(page, seen)


def download_csv(page: Page, base: str, folder: Path) -> str:
    """The download of the calls page as text."""
    go(page, base, "/calls/")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Download CSV").click()
    target = folder / "calls.csv"
    waited.value.save_as(target)
    return target.read_bytes().decode()
