"""A real Chromium against Django's live server, for pages without streams."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("RINGFENCE_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

# The browser shares its cores with other tests; how quick a page is, the bench measures.
PATIENCE = 90_000
"""Milliseconds to wait for what must come."""
expect.set_options(timeout=PATIENCE)
_SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished.catch(() => {})))"""


def settle(page: Page) -> None:
    """Waits until nothing on the page is in motion, what never ends aside."""
    page.evaluate(_SETTLED)


def picture(page: Page, name: str) -> None:
    """Keeps the whole page as a picture in the folder that SHOTS names; without it, nothing."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture(scope="session")
def style_sheet() -> None:
    """The built CSS, as `./ringfence up` builds it; put in place at once, for other processes."""
    target = ROOT / "static" / "dist" / "app.css"
    target.parent.mkdir(exist_ok=True)
    fresh = target.with_name(f".app-{os.getpid()}.css")
    beside_python = Path(sys.executable).with_name("tailwindcss")
    subprocess.run(
        [beside_python, "-i", "static/css/app.css", "-o", str(fresh), "--minify"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    fresh.replace(target)


@pytest.fixture(scope="session")
def our_playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    if not CHROMIUM:
        pytest.skip("no Chromium here; set RINGFENCE_CHROMIUM")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(our_playwright: Playwright, style_sheet: None) -> Iterator[Browser]:
    """One browser for all tests of a process."""
    browser = our_playwright.chromium.launch(
        executable_path=CHROMIUM, args=FLAGS, timeout=2 * PATIENCE
    )
    yield browser
    browser.close()


class Watched:
    """A page that remembers what a careful user would mind."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message) -> None:
        if message.type in {"error", "warning"}:
            where = message.location.get("url", "")
            self.complaints.append(f"{message.type}: {message.text} {where}")

    def _asked(self, request) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.complaints.append(f"request off the host: {request.url}")

    def open(self, path: str) -> Page:
        """Goes there and waits until nothing is loading."""
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def browse(chromium: Browser, live_server, settings):
    """`browse(user, width=…, scheme=…, **context)` gives a watched page, signed in as the user."""
    opened: list[BrowserContext] = []

    def start(user=None, *, width: int = 1280, scheme: str = "light", **options) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            name = settings.SESSION_COOKIE_NAME
            value = client.cookies[name].value
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return Watched(context, live_server.url)

    yield start
    for context in opened:
        context.close()
