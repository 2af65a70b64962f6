"""The test call's page, and the buttons on a living call's page."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from console.applications.services import create_application
from sandbox.calls import services
from sandbox.calls.models import Call
from sandbox.network.models import HandsetCall, Permit
from tests.sandbox.calls.conftest import DID, FRIEND, PHONE, Line, call_in, ringing_at
from tests.support.drain import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def owners(client, owner):
    """The owner's browser."""
    client.force_login(owner)
    return client


@pytest.fixture
def line(frozen, account, proved, did, server) -> Line:
    """A call that goes on and on."""
    server.answers["/answer/"] = lambda got: '<Response><Speak loop="0">On.</Speak></Response>'
    server.answers["/moved/"] = lambda got: '<Response><Wait length="60"/></Response>'
    return call_in(account, frozen).live(1)


def test_the_applications_page_leads_to_a_test_call(owners, application, did):
    page = owners.get(reverse("applications:detail", args=[application.app_id]))
    assert f"/calls/test/?application={application.app_id}" in page.content.decode()
    form = owners.get(f"/calls/test/?application={application.app_id}").content.decode()
    assert f'value="{application.app_id}" selected' in form


def test_a_test_call_needs_an_application_and_then_a_number(owners, account):
    assert 'href="/applications/new/"' in owners.get("/calls/test/").content.decode()
    create_application(
        account=account, actor="system", name="ivr", answer_url="https://app.example.com/"
    )
    page = owners.get("/calls/test/").content.decode()
    assert 'href="/numbers/search/"' in page
    assert 'name="application"' not in page


def test_the_only_application_is_chosen_beforehand(owners, application, did):
    page = owners.get("/calls/test/").content.decode()
    assert f'value="{application.app_id}" selected' in page


def test_gate_04_a_test_call_rings_with_a_permit_of_its_own_origin(
    frozen, owners, account, application, proved, did, server
):
    sent = {"application": application.app_id, "from": DID, "to": FRIEND}
    answer = owners.post("/calls/test/", sent)
    call = Call.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("story:detail", args=[call.call_uuid])
    drain(frozen, seconds=1)
    assert ringing_at(FRIEND).call_uuid == call.call_uuid
    assert Permit.objects.get().origin == "test_call"
    assert call.app_id == application.app_id


def test_a_refused_test_call_says_why_and_what_mends_it(
    owners, account, application, proved, did, server
):
    sent = {"application": application.app_id, "from": DID, "to": "+12025550199"}
    answer = owners.post("/calls/test/", sent)
    assert answer.status_code == 400
    assert "is not a sandbox number of this account" in answer.content.decode()
    assert not Call.objects.exists()


def test_another_accounts_application_and_number_cannot_be_chosen(
    client, stranger, application, proved, did
):
    client.force_login(stranger)
    sent = {"application": application.app_id, "from": DID, "to": FRIEND}
    assert client.post("/calls/test/", sent).status_code == 400
    assert not Call.objects.exists()


def test_a_living_call_is_spoken_to_and_moved_from_its_page(owners, line, server):
    page = owners.get(reverse("story:detail", args=[line.call_uuid])).content.decode()
    for deed in ("speak", "digits", "transfer"):
        assert reverse("story:act", args=[line.call_uuid, deed]) in page
    owners.post(reverse("story:act", args=[line.call_uuid, "speak"]), {"text": "Hold on."})
    owners.post(reverse("story:act", args=[line.call_uuid, "digits"]), {"digits": "12"})
    assert line.heard[1:] == ["Hold on.", "12"]
    url = f"{server.url}/moved/"
    owners.post(reverse("story:act", args=[line.call_uuid, "transfer"]), {"url": url})
    line.live(1)
    assert len(server.seen("/moved/")) == 1


def test_a_button_pressed_twice_does_it_once(owners, line):
    sent = {"text": "Hold on.", "request_id": "a-form"}
    for _ in range(2):
        owners.post(reverse("story:act", args=[line.call_uuid, "speak"]), sent)
    assert line.heard.count("Hold on.") == 1


def test_what_cannot_be_done_is_said(owners, line):
    url = reverse("story:act", args=[line.call_uuid, "digits"])
    page = owners.post(url, {"digits": "x"}, follow=True).content.decode()
    assert "Use 0 to 9" in page
    line.hang_up().live(1)
    page = owners.post(url, {"digits": "1"}, follow=True).content.decode()
    assert "The call had ended already." in page


def test_there_are_no_such_buttons_for_who_only_reads_or_on_an_ended_call(
    client, analyst, owners, line
):
    where = reverse("story:detail", args=[line.call_uuid])
    client.force_login(analyst)
    assert "/control/speak/" not in client.get(where).content.decode()
    line.hang_up().live(1)
    assert "/control/speak/" not in owners.get(where).content.decode()


def test_the_story_of_an_api_call_reads_as_sentences(
    frozen, owners, account, application, proved, did, server
):
    sent = {"application": application.app_id, "from": DID, "to": FRIEND}
    owners.post("/calls/test/", sent)
    drain(frozen, seconds=1)
    call = Call.objects.get()
    page = owners.get(reverse("story:detail", args=[call.call_uuid])).content.decode()
    assert "The test button asks for a call from +1 206 555 0150 to +1 202 555 0143." in page
    assert "The call&#x27;s turn has come" in page


def test_the_head_of_a_living_call_leads_to_what_can_be_done_with_it(owners, line):
    lasting = owners.get(f"/calls/{line.call_uuid}/").content.decode()
    assert 'href="#while-it-lasts"' in lasting
    assert 'id="while-it-lasts"' in lasting
    line.hang_up().live(1)
    assert "#while-it-lasts" not in owners.get(f"/calls/{line.call_uuid}/").content.decode()


def test_a_call_that_is_over_is_placed_again_by_its_phone(frozen, owners, account, line):
    line.hang_up().live(1)
    page = owners.get(f"/calls/{line.call_uuid}/").content.decode()
    (form,) = re.findall(r"<form[^>]*>(?=(?:(?!</form>).)*call-again)", page, re.DOTALL)
    (action,) = re.findall(r'action="([^"]+/call/)"', form)
    assert owners.post(action, {"to": DID}).status_code == 302
    again = HandsetCall.objects.for_account(account).exclude(call_uuid=line.call_uuid).get()
    assert (again.from_number, again.to_number) == (PHONE, DID)


def test_a_call_to_somebody_is_placed_again_from_the_form_of_test_calls(
    frozen, owners, application, proved, did, server
):
    owners.post("/calls/test/", {"application": application.app_id, "from": DID, "to": FRIEND})
    call = Call.objects.get()
    services.hang_up_call(account=call.account, call_uuid=call.call_uuid, source="API Request")
    page = owners.get(f"/calls/{call.call_uuid}/").content.decode()
    (address,) = re.findall(r'href="(/calls/test/[^"]+)"', page)
    form = owners.get(html.unescape(address)).content.decode()
    assert f'value="{application.app_id}" selected' in form
    assert f'value="{DID}" selected' in form
    assert f'value="{FRIEND}"' in form


@pytest.mark.parametrize("who", ["analyst", "owner"])
def test_a_call_is_not_placed_again_while_it_lives_nor_by_who_only_reads(
    frozen, client, owners, analyst, line, who
):
    if who == "analyst":
        line.hang_up().live(1)
        client.force_login(analyst)
    assert "call-again" not in client.get(f"/calls/{line.call_uuid}/").content.decode()
