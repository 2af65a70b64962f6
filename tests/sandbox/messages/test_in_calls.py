"""`Message` in a call's document: sent, refused, told, and never in the call's way."""

from __future__ import annotations

import pytest
from plivo import plivoxml

from sandbox.calls.flow.commands import Answer, Speak
from sandbox.calls.flow.verbs.message import SendMessage
from sandbox.fence.models import FenceDenial
from sandbox.messages.models import Message
from sandbox.network.models import HandsetMessage, Permit
from tests.sandbox.calls.conftest import call_in
from tests.sandbox.calls.flow.line import Line
from tests.sandbox.messages.conftest import DID, FRIEND, on_phone

pytestmark = pytest.mark.django_db
UNVERIFIED, GEO_BLOCKED = "+12025550144", "+33639980123"


def document(server, inside: str) -> None:
    server.answers["/answer/"] = lambda got: f"<Response>{inside}<Speak>Bye.</Speak></Response>"


def test_a_document_of_the_sdk_sends_a_text_and_the_call_goes_on(
    account, did, proved, server, status_url, frozen
):
    element = plivoxml.MessageElement(
        "Thanks", src=DID, dst=FRIEND, type="sms", callback_url=status_url, callback_method="GET"
    )
    document(server, element.to_string(False))
    line = call_in(account, frozen).live(5)
    assert on_phone() == ["Thanks"]
    assert "Bye." in line.heard
    row = Message.objects.get()
    assert (row.origin, row.state, row.call_uuid) == ("xml_message", "delivered", line.call_uuid)
    assert [got.method for got in server.seen("/status/")] == ["GET"] * 3
    assert line.line("message_sent")["message"] == str(row.uuid)


@pytest.mark.parametrize("to", [FRIEND, UNVERIFIED, GEO_BLOCKED])
@pytest.mark.parametrize("way", ["{}", "{}&lt;" + FRIEND])
def test_gate_04_what_a_document_texts_has_a_permit(account, did, proved, server, frozen, way, to):
    document(server, f"<Message src='{DID}' dst='{way.format(to)}'>Hi</Message>")
    line = call_in(account, frozen).live(5)
    arrived = HandsetMessage.objects.values_list("number", flat=True)
    permits = Permit.objects.filter(kind="message").exclude(consumed_at=None)
    assert sorted(arrived) == sorted(permits.values_list("to", flat=True))
    assert (to in arrived) == (to == FRIEND)
    refused = 0 if to == FRIEND else 1
    assert FenceDenial.objects.count() == refused
    assert Message.objects.filter(state="rejected").count() == refused
    assert line.kinds.count("message_refused") == refused
    assert "Bye." in line.heard


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (f"<Message dst='{FRIEND}'>Hi</Message>", "message_incomplete"),
        (f"<Message src='{DID}' dst='12ab'>Hi</Message>", "message_not_sent"),
        (f"<Message src='{DID}' dst='{FRIEND}'/>", "message_not_sent"),
        (f"<Message src='{DID}' dst='{FRIEND}' type='fax'>Hi</Message>", "message_not_sent"),
    ],
)
def test_what_cannot_be_sent_is_a_line_of_the_story(
    account, did, proved, server, frozen, written, kind
):
    document(server, written)
    line = call_in(account, frozen).live(5)
    assert kind in line.kinds
    assert "Bye." in line.heard
    assert not Message.objects.exists()


def test_a_text_does_not_answer_the_call():
    line = Line().run("<PreAnswer><Message src='1' dst='2'>x</Message></PreAnswer><Speak>a</Speak>")
    kinds = [type(one) for one in line.all if type(one) in {SendMessage, Answer, Speak}]
    assert kinds == [SendMessage, Answer, Speak]


def test_a_callback_that_cannot_be_asked_is_left_out():
    sent = (
        Line().run("<Message src='1' dst='2' callbackUrl='ftp://x/'>x</Message>").one(SendMessage)
    )
    assert (sent.callback_url, sent.callback_method) == ("", "POST")


def test_settings_of_the_callback_url_are_kept_apart():
    url = "https://example.com/s/#rc=2"
    sent = Line().run(f"<Message src='1' dst='2' callbackUrl='{url}'>x</Message>").one(SendMessage)
    assert (sent.callback_url, sent.settings) == ("https://example.com/s/", "rc=2")
