"""The tools of the webhook log in a browser: axe, widths, schemes, a replay that arrives."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from console.accounts.services import issue_token
from console.applications.services import create_application
from console.core import clock
from console.core.models import OutboxRow
from sandbox.webhooks import replays, services
from sandbox.webhooks.chaos import Fault
from sandbox.webhooks.faults import Wanted, set_faults, set_sender_faults
from sandbox.webhooks.models import Purpose, Sender, WebhookDelivery
from tests.sandbox.webhooks.answer_server import answer, in_turn, running
from tests.sandbox.webhooks.conftest import opened
from tests.support.axe import violations
from tests.support.browser import picture

__all__ = ["opened"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("opened"),
]
THEN = b"<Response>\n  <Speak>You have one message.</Speak>\n  <Hangup/>\n</Response>"
NOW = b"<Response>\n  <Speak>You have two messages.</Speak>\n  <Hangup/>\n</Response>"
PARAMS = {
    "CallUUID": str(uuid.UUID(int=7)),
    "From": "+14155550100",
    "To": "+14155550123",
    "Direction": "inbound",
    "CallStatus": "ringing",
    "Event": "StartApp",
}


@pytest.fixture
def application(account):
    issue_token(account)
    return create_application(
        account=account, actor="system", name="Support line", answer_url="https://app.example.com/"
    )


@pytest.fixture
def paths(application, owner) -> dict[str, str]:
    """One page of each kind with something on it."""
    wanted = Wanted(fault=Fault(delay_ms=1500, double=True), share=50, lasting=timedelta(hours=1))
    with running(answer=in_turn(answer(THEN), answer(NOW))) as server:
        services.fetch_document(
            account=application.account, url=server.url("/answer"), params=PARAMS,
            purpose=Purpose.ANSWER, application=application.app_id,
        )  # fmt: skip
        row = WebhookDelivery.objects.get()
        made = replays.replay(account=application.account, row_id=row.pk, actor=owner)
        replays.carry_out(made.pk)
    waiting = replays.replay(account=application.account, row_id=row.pk, actor=owner)
    set_faults(application=application, wanted=wanted, actor=owner)
    set_sender_faults(account=application.account, sender=Sender.VERIFY, wanted=wanted, actor=owner)
    WebhookDelivery.objects.filter(pk=row.pk).update(fault=wanted.fault.sentence)
    log = "/logs/webhooks/"
    return {
        "list": f"{log}?outcome=delivered&since=2026-01-01T00:00",
        "try": f"{log}{row.pk}/",
        "edit": f"{log}{row.pk}/replay/",
        "replay": f"{log}replays/{made.pk}/",
        "waiting": f"{log}replays/{waiting.pk}/",
        "signatures": f"/logs/signatures/?row={row.pk}",
        "faults": f"/applications/{application.app_id}/faults/",
        "verify-faults": "/logs/webhooks/faults/verify/",
        "sessions": "/sandbox-numbers/sessions/",
        "application": f"/applications/{application.app_id}/",
        "guide": "/help/guides/check-signatures/",
    }


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (390, "dark"), (390, "light"), (1280, "dark")]
)
def test_every_tool_of_the_log_is_clean(browse, owner, paths, width, scheme):
    seen = browse(owner, width=width, scheme=scheme)
    wrong = []
    for name, path in paths.items():
        answered = seen.page.goto(seen.base + path, wait_until="load")
        if name == "signatures":
            seen.page.get_by_role("button", name="Check", exact=True).click()
            seen.page.wait_for_load_state("load")
        found = violations(seen.page)
        wrong += [f"{name} {v['id']} {[n['target'] for n in v['nodes']]}" for v in found]
        if answered is None or answered.status != 200:
            wrong.append(f"{name} answered {answered and answered.status}")
        if not seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append(f"{name} scrolls sideways")
        picture(seen.page, f"{name}-{width}-{scheme}")
    assert wrong == []
    assert seen.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_operators_outbox_is_clean(browse, staff, width, scheme):
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    error = "Traceback (most recent call last):\n  File …\nValueError: no such number"
    OutboxRow.objects.create(
        kind="calls.fetch", queue="webhooks", state="dead", attempts=5, last_error=error,
        dedupe_key="1", done_at=clock.now(),
    )  # fmt: skip
    OutboxRow.objects.create(
        kind="accounts.mail", queue="mail", next_at=clock.now() - timedelta(seconds=95),
        dedupe_key="2",
    )  # fmt: skip
    seen = browse(staff, width=width, scheme=scheme)
    page = seen.open("/operator/outbox/")
    page.get_by_text("Show", exact=True).click()
    found = violations(page)
    assert [f"{v['id']} {[n['target'] for n in v['nodes']]}" for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"outbox-{width}-{scheme}")
    assert seen.complaints == []


def test_a_replay_is_watched_until_its_answer_is_there(browse, owner, application):
    with running(answer=in_turn(answer(THEN), answer(NOW))) as server:
        services.fetch_document(
            account=application.account, url=server.url("/answer"), params=PARAMS,
            purpose=Purpose.ANSWER, application=application.app_id,
        )  # fmt: skip
        row = WebhookDelivery.objects.get()
        seen = browse(owner)
        page = seen.open(f"/logs/webhooks/{row.pk}/")
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_text("Waiting for our sender.")).to_be_visible()
        made = replays.replays_of(row).get()
        replays.carry_out(made.pk)
        expect(page.get_by_text("the body has changed")).to_be_visible()
        expect(page.get_by_role("region", name="What differs")).to_contain_text("two messages")
    assert seen.complaints == []


def test_the_range_is_asked_about_before_it_goes_out(browse, owner, paths):
    seen = browse(owner)
    page = seen.open("/logs/webhooks/?outcome=delivered")
    page.get_by_role("button", name="Send these again").click()
    page.get_by_role("button", name="Send again", exact=True).click()
    expect(page.get_by_text("1 request goes out again.", exact=False)).to_be_visible()
