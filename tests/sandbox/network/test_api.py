"""Handsets over the API (sandbox-api.md)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from console.endpoints.models import Endpoint
from sandbox.network.models import HandsetScript
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import (  # noqa: F401 - fixtures
    DID,
    FRIEND,
    PHONE,
    act,
    application,
    did,
    network,
    proved,
    rates,
    ringing_at,
    server,
)
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
AT = f"Sandbox/Handset/{PHONE}/"
MENU = (
    "<Response><GetDigits action='/done/' numDigits='2' timeout='9'><Speak>Press.</Speak>"
    "</GetDigits></Response>"
)


@pytest.fixture
def menu(server, did, proved):  # noqa: F811
    """A DID that asks for two keys."""
    server.answers["/answer/"] = lambda got: MENU
    server.answers["/done/"] = lambda got: (
        '<Response><Speak>Thanks.</Speak><Wait length="30"/></Response>'
    )
    return server


@pytest.fixture
def desk(account, application) -> Endpoint:  # noqa: F811
    """An endpoint of the account."""
    return Endpoint.objects.create(
        account=account,
        username="desk123456789012",
        alias="Desk",
        ha1="0" * 32,
        application=application,
    )


def test_a_handset_calls_presses_keys_and_hangs_up(frozen, api, menu):
    made = api.post(f"{AT}Call/", {"to": DID})
    assert made.status_code == 201
    drain(frozen, seconds=1)
    assert api.post(f"{AT}Digits/", {"digits": "42"}).status_code == 202
    drain(frozen, seconds=1)
    (got,) = menu.seen("/done/")
    assert got.params["Digits"] == "42"
    (call,) = api.get(AT).json()["calls"]
    assert call["call_uuid"] == made.json()["call_uuid"]
    assert [one["text"] for one in call["heard"]] == ["Press.", "Thanks."]
    assert (call["state"], call["digits_sent"]) == ("up", "42")
    assert api.post(f"{AT}Hangup/").status_code == 202
    drain(frozen, seconds=1)
    assert api.get(AT).json()["calls"][0]["state"] == "ended"


def test_a_handset_answers_and_rejects(frozen, api, menu):
    menu.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{FRIEND}</Number></Dial></Response>"
    )
    there = f"Sandbox/Handset/{FRIEND}/"
    api.post(f"{AT}Call/", {"to": DID})
    drain(frozen, seconds=2)
    uuid = api.get(there).json()["calls"][0]["call_uuid"]
    assert api.post(f"{there}Answer/", {"call_uuid": uuid}).json()["state"] == "up"
    assert api.post(f"{there}Reject/", {"call_uuid": uuid}).status_code == 409
    assert api.post(f"{there}Answer/", {"call_uuid": "nothing"}).status_code == 400
    assert api.post(f"{AT}Answer/").status_code == 404


def test_a_text_is_sent_and_shown(frozen, api, menu):
    made = api.post(f"{AT}Message/", {"to": DID, "text": "Hello"})
    assert made.status_code == 201
    (shown,) = api.get(AT).json()["messages"]
    assert (shown["message_uuid"], shown["text"]) == (made.json()["message_uuid"], "Hello")


def test_a_script_is_set_read_followed_and_taken_away(frozen, api, menu, account):
    script = {"on_ring": "answer", "after": 1, "then": [{"after": 1, "digits": "7"}]}
    where = f"Sandbox/Handset/{FRIEND}/Script/"
    assert api.call("PUT", where, script).status_code == 200
    assert api.get(where).json().items() >= script.items()
    menu.answers["/answer/"] = lambda got: (
        f"<Response><Dial><Number>{FRIEND}</Number></Dial></Response>"
    )
    api.post(f"{AT}Call/", {"to": DID})
    drain(frozen, seconds=4)
    assert ringing_at(FRIEND).digits_sent == "7"
    assert api.delete(where).status_code == 204
    assert not HandsetScript.objects.exists()
    assert api.call("PUT", where, {"on_ring": "dance"}).json()["error_code"] == "invalid_script"


def test_handsets_and_endpoints_are_listed(api, menu, desk):
    body = api.get("Sandbox/Handset/").json()
    assert [one["number"] for one in body["objects"]] == [PHONE, FRIEND, desk.sip_uri]
    assert body["objects"][2]["registered"] is False
    assert body["meta"]["total_count"] == 3


def test_a_handset_says_words(frozen, api, menu):
    menu.answers["/answer/"] = lambda got: (
        "<Response><GetInput action='/done/' inputType='speech'/></Response>"
    )
    api.post(f"{AT}Call/", {"to": DID})
    drain(frozen, seconds=1)
    assert api.post(f"{AT}Say/", {"text": "a table please"}).status_code == 202
    drain(frozen, seconds=4)
    (got,) = menu.seen("/done/")
    assert (got.params["Speech"], got.params["InputType"]) == ("a table please", "speech")
    assert got.params["BilledAmount"] == "0.02000"


def test_a_number_may_come_without_its_plus(api, menu):
    assert api.get(f"Sandbox/Handset/{PHONE[1:]}/").json()["number"] == PHONE


ROUTES = [
    ("GET", "", None),
    ("POST", "Answer/", {}),
    ("POST", "Reject/", {}),
    ("POST", "Hangup/", {}),
    ("POST", "Digits/", {"digits": "1"}),
    ("POST", "Say/", {"text": "hello"}),
    ("POST", "Call/", {"to": DID}),
    ("POST", "Message/", {"to": DID, "text": "x"}),
    ("GET", "Script/", None),
    ("PUT", "Script/", {"on_ring": "busy"}),
    ("DELETE", "Script/", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_ten_02_a_handset_of_nobody_here_is_not_found(other_api, menu, method, path, body):
    assert other_api.call(method, f"{AT}{path}", body).status_code == 404


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_ten_03_a_subaccount_sees_no_handset(sub_api, menu, method, path, body):
    assert sub_api.call(method, f"{AT}{path}", body).status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_otp_18_with_real_carriers_there_is_no_handset(api, menu, settings, method, path, body):
    settings.SIMULATED_NETWORK = False
    assert api.call(method, f"{AT}{path}", body).status_code == 404


def test_a_dry_run_tells_every_rule_and_sends_nothing(api, menu):
    allowed = api.post("Sandbox/DryRun/", {"kind": "call", "from": DID, "to": FRIEND}).json()
    assert allowed["allowed"] is True
    refused = api.post("Sandbox/DryRun/", {"kind": "call", "to": "+12025550199"}).json()
    assert refused["allowed"] is False
    failed = [one for one in refused["rules"] if one["outcome"] == "fail"]
    assert [one["rule"] for one in failed] == ["destination"]
    assert failed[0]["fix_url"].startswith("/sandbox-numbers/")
    assert api.post("Sandbox/DryRun/", {"to": FRIEND}).status_code == 400


def test_an_endpoint_rings_while_it_is_registered(frozen, api, menu, desk, account):
    menu.answers["/answer/"] = lambda got: (
        f"<Response><Dial sipHeaders='Order=17'><User>{desk.sip_uri}</User></Dial></Response>"
    )
    there = f"Sandbox/Handset/{desk.sip_uri}/"
    api.post(f"{AT}Call/", {"to": DID})
    drain(frozen, seconds=2)
    assert api.get(there).json()["calls"] == []
    api.call("PUT", f"{there}Script/", {"on_ring": "ignore"})
    assert api.get("Sandbox/Handset/").json()["objects"][2]["registered"] is True
    api.post(f"{AT}Call/", {"to": DID})
    drain(frozen, seconds=2)
    (call,) = api.get(there).json()["calls"]
    assert (call["state"], call["from"]) == ("ringing", PHONE)
    act(ringing_at(desk.sip_uri), Deed.ANSWER)


def test_an_endpoint_texts_nobody(api, menu, desk):
    there = f"Sandbox/Handset/{desk.sip_uri}/Message/"
    assert api.post(there, {"to": DID, "text": "x"}).json()["error_code"] == "no_sms"


@pytest.fixture
def signed_in(client, owner):
    """The owner's browser."""
    client.force_login(owner)
    return client


def test_gate_05_an_endpoint_is_registered_while_its_page_is_open(frozen, signed_in, menu, desk):
    url = reverse("network:handset", args=[desk.sip_uri])
    answer = signed_in.get(url)
    assert answer.status_code == 200
    desk.refresh_from_db()
    assert desk.registered
    assert desk.sip_user_agent == "Ringfence handset"
    frozen.advance(seconds=60)
    assert not desk.registered
    signed_in.get(reverse("network:screen", args=[desk.sip_uri]))
    desk.refresh_from_db()
    assert desk.registered


def test_who_only_reads_registers_nothing(frozen, client, analyst, menu, desk):
    client.force_login(analyst)
    assert client.get(reverse("network:handset", args=[desk.sip_uri])).status_code == 200
    desk.refresh_from_db()
    assert not desk.registered


def test_an_endpoint_is_switched_on_for_a_day_and_off(frozen, signed_in, owner, menu, desk):
    signed_in.post(reverse("network:act", args=[desk.sip_uri, "switch-on"]))
    frozen.advance(hours=23)
    desk.refresh_from_db()
    assert desk.registered
    signed_in.force_login(owner)  # the session has slept in meanwhile
    listed = signed_in.get(reverse("network:handsets")).content.decode()
    assert "Desk" in listed
    assert "Registered" in listed
    signed_in.post(reverse("network:act", args=[desk.sip_uri, "switch-off"]))
    desk.refresh_from_db()
    assert not desk.registered
    assert desk.sip_contact == ""


def test_anothers_endpoint_is_no_handset(client, stranger, menu, desk):
    client.force_login(stranger)
    for name in ("network:handset", "network:screen", "network:events", "network:script"):
        assert client.get(reverse(name, args=[desk.sip_uri])).status_code in (403, 404)
    assert client.post(reverse("network:act", args=[desk.sip_uri, "switch-on"])).status_code == 404
