"""What the pages look like to a browser, to axe and to a keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.core import clock, randomness
from console.records.models import Cdr
from tests.support.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/design/", "/palette/?q=home"]
SIZES = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
PICTURES = Path(__file__).resolve().parents[2] / "test-results" / "look"
LARGEST_PAGE = 60 * 1024
LARGEST_SCRIPTS = 30 * 1024


def _call(account) -> None:
    now = clock.now()
    Cdr.objects.create(
        call_uuid=randomness.new_uuid(), account=account, leg="A", direction="inbound",
        state="FAILED", from_number="+447700900123", to_number="+14155550100",
        initiated_at=now, ended_at=now, hangup_name="Invalid Answer XML",
    )  # fmt: skip


def _axe(page) -> list[str]:
    found = violations(page)
    return [f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']]}" for v in found]


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_every_page_is_clean_in_both_schemes_and_widths(browse, owner, account, width, scheme):
    _call(account)
    seen = browse(owner, width=width, scheme=scheme)
    for path in PAGES:
        page = seen.open(path)
        name = path.strip("/").split("/")[0] or "home"
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
        assert _axe(page) == [], path
        assert "<c-" not in page.content(), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert seen.complaints == []


@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_the_signed_out_front_page_is_clean(browse, db, width, scheme):
    seen = browse(width=width, scheme=scheme)
    page = seen.open("/")
    assert _axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []


def test_the_error_page_is_clean(browse, owner):
    seen = browse(owner)
    page = seen.open("/nowhere/")
    assert page.get_by_role("heading", name="Not found").is_visible()
    assert _axe(page) == []
    assert [c for c in seen.complaints if "404" not in c] == []


def test_at_200_percent_nothing_scrolls_sideways(browse, owner, account):
    _call(account)
    seen = browse(owner, width=640, device_scale_factor=2)
    for path in PAGES:
        page = seen.open(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_forced_colours_leave_everything_readable(browse, owner):
    page = browse(owner, forced_colors="active").open("/design/")
    assert _axe(page) == []


def test_pages_and_scripts_stay_small(browse, owner):
    seen = browse(owner)
    sizes: dict[str, int] = {}
    seen.page.on("response", lambda r: sizes.update({r.url: len(r.body())}))
    seen.open("/design/")
    ours = sum(n for url, n in sizes.items() if "/static/js/" in url)
    assert sizes[f"{seen.base}/design/"] <= LARGEST_PAGE
    assert 0 < ours <= LARGEST_SCRIPTS


def test_nothing_jumps_while_the_page_loads(browse, owner, account):
    _call(account)
    seen = browse(owner)
    seen.page.add_init_script(
        "window.shift = 0; "
        "new PerformanceObserver(list => list.getEntries().forEach(e => shift += e.value))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    assert seen.open("/").evaluate("window.shift") < 0.01
