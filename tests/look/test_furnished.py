"""Every page with something on it: axe, widths, complaints, in a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.applications.services import create_application
from console.core import clock, randomness
from console.endpoints.services import create_endpoint
from console.numbers.models import StockNumber
from console.numbers.services import rent_number
from console.records.models import Cdr
from sandbox.calls.models import Call, CallEvent, Leg
from sandbox.messages.media import upload_media
from sandbox.messages.models import Message, MessageEvent, Powerpack
from sandbox.messages.powerpacks import add_number as add_to_pool
from sandbox.messages.powerpacks import create_powerpack
from sandbox.verification.services.numbers import add_number
from tests.support.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/", "/sandbox-numbers/", "/handsets/", "/numbers/", "/numbers/search/?country=US",
    "/applications/", "/applications/new/", "/endpoints/", "/endpoints/new/", "/endpoints/phones/",
    "/calls/", "/calls/live/", "/messages/", "/messages/new/",
    "/messages/powerpacks/", "/messages/powerpacks/new/", "/messages/media/", "/logs/webhooks/",
    "/help/", "/help/glossary/did/", "/help/guides/messages/", "/settings/",
    "/settings/credentials/", "/settings/security/", "/settings/team/", "/settings/audit-log/",
    "/network/", "/network/routes/test/?to=%2B15005550127",
)  # fmt: skip


@pytest.fixture
def details(owner, account) -> list[str]:
    """The paths of one object of each kind."""
    number, _ = add_number(account=account, raw="+447700900123", channel="sms", actor=owner)
    StockNumber.objects.create(
        number="+14155550100", national="4155550100", country="US", region="California",
        city="San Francisco", type="local", monthly_rate="0.8", sms_enabled=True,
    )  # fmt: skip
    application = create_application(
        account=account, actor=owner, name="Support line", answer_url="http://example.com/answer"
    )
    rent_number(account=account, number="+14155550100", actor=owner, application=application)
    made = create_endpoint(account=account, actor=owner, name="desk", alias="Desk phone")
    call = _call(account)
    return [
        f"/sandbox-numbers/{number.public_id}/",
        "/handsets/+447700900123/",
        "/numbers/+14155550100/",
        f"/applications/{application.app_id}/",
        f"/endpoints/{made.endpoint.endpoint_id}/",
        f"/calls/{call.call_uuid}/",
        f"/messages/{_message(account).uuid}/",
        f"/messages/powerpacks/{_powerpack(account).uuid}/",
    ]


def _powerpack(account) -> Powerpack:
    pack = create_powerpack(account=account, actor="system", name="Reminders")
    add_to_pool(pack=pack, number="+14155550100", actor="system")
    upload_media(account=account, file_name="map.png", content=b"\x89PNG\r\n\x1a\nrest")
    return pack


def _message(account) -> Message:
    message = Message.objects.create(
        account=account, direction="outbound", state="undelivered", error_code=30, text="Hello",
        from_number="+14155550100", to_number="+15005550182", sent_at=clock.now(), sequence=2,
    )  # fmt: skip
    for sequence, state in enumerate(("queued", "undelivered"), start=1):
        MessageEvent.objects.create(message=message, sequence=sequence, state=state)
    return message


def _call(account) -> Call:
    now = clock.now()
    facts = {"direction": "inbound", "from_number": "+447700900123", "to_number": "+14155550100"}
    uuid = randomness.new_uuid()
    call = Call.objects.create(
        call_uuid=uuid, account=account, phase="ended", ended_at=now, started_at=now, **facts
    )
    Leg.objects.create(
        call=call, call_uuid=uuid, state="ended", initiated_at=now - timedelta(seconds=9),
        answered_at=now - timedelta(seconds=8), ended_at=now, cause=4000, source="Caller", **facts,
    )  # fmt: skip
    for seq, kind in enumerate(("ringing", "answered", "ended"), start=1):
        CallEvent.objects.create(call=call, seq=seq, kind=kind)
    Cdr.objects.create(
        call_uuid=uuid, account=account, leg="A", state="ANSWER", initiated_at=now,
        answered_at=now, ended_at=now, duration=8, billed_duration=60, hangup_code=4000,
        hangup_name="Normal Hangup", **facts,
    )  # fmt: skip
    return call


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_page_with_something_on_it_is_clean(browse, owner, details, width, scheme):
    seen = browse(owner, width=width, scheme=scheme)
    wrong = []
    for path in [*PAGES, *details]:
        answer = seen.page.goto(seen.base + path, wait_until="load")
        found = violations(seen.page)
        wrong += [f"{path} {v['id']} {[n['target'] for n in v['nodes']]}" for v in found]
        if answer is None or answer.status != 200:
            wrong.append(f"{path} answered {answer and answer.status}")
        if not seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append(f"{path} scrolls sideways")
    assert wrong == []
    assert [one for one in seen.complaints if "/live/" not in one] == []
