"""What axe, the checker of accessibility, says of a page that has come to rest."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AT_REST = """
Promise.all(
    document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
        .map((one) => one.finished.catch(() => null))
)
"""


def violations(page: Page) -> list[dict[str, Any]]:
    """The findings, once nothing fades any more: what is half seen has half its contrast."""
    page.evaluate(f"async () => {{ await {_AT_REST.strip()} }}")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return list(found.response["violations"])
