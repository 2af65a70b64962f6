"""Whose request it is: addresses that a client cannot choose (WEB-05)."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from console.accounts.views import mailbox
from console.cli import up
from console.core.http import client_ip

EMBEDDED = "console.accounts.mailbox.MailboxBackend"


def _asked(peer: str, **headers: str):
    return RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)


def test_web_05_a_client_cannot_name_its_own_address():
    asked = _asked("203.0.113.7", **{"X-Forwarded-For": "127.0.0.1"})
    assert client_ip(asked) == "203.0.113.7"


def test_web_05_behind_our_proxy_the_hop_before_it_counts(settings):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    asked = _asked("10.0.0.1", **{"X-Forwarded-For": "127.0.0.1, 203.0.113.7, 10.0.0.2"})
    assert client_ip(asked) == "203.0.113.7"


def test_web_05_a_link_local_address_is_one_that_every_database_keeps(settings):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert client_ip(_asked("fe80::1%eth0")) == "fe80::1"
    assert client_ip(_asked("10.0.0.1", **{"X-Forwarded-For": "fe80::2%eth1"})) == "fe80::2"


def test_web_05_the_web_server_believes_no_forwarded_address_by_itself(monkeypatch):
    """By default uvicorn takes X-Forwarded-For from any process of this machine."""
    words: dict[str, tuple[str, ...]] = {}
    monkeypatch.setattr(up.Stack, "start", lambda _, name, log, *all_: words.update({name: all_}))
    up._start_all({"RINGFENCE_HOST": "127.0.0.1", "RINGFENCE_PORT": "1", "RINGFENCE_WORKERS": "0"})
    assert "--no-proxy-headers" in words["web"]


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("203.0.113.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.7"}),
        ("127.0.0.1", {"X-Real-IP": "203.0.113.7"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}),
    ],
)
def test_the_mailbox_is_only_for_those_who_sit_at_the_machine(client, db, settings, peer, headers):
    settings.EMAIL_BACKEND = EMBEDDED
    assert client.get("/mailbox/", REMOTE_ADDR=peer, headers=headers).status_code == 404


def test_the_mailbox_is_there_for_those_who_do(client, db, settings):
    settings.EMAIL_BACKEND = EMBEDDED
    assert client.get("/mailbox/").status_code == 200
    asked = _asked("127.0.0.1")
    assert mailbox.is_here(asked)


def test_web_05_a_client_does_not_choose_the_address_in_the_log(client, db, caplog):
    lies = {"X-Real-IP": "198.51.100.1", "X-Forwarded-For": "198.51.100.1"}
    client.get("/no/such/page/", headers=lies)
    logged = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [line["ip"] for line in logged if "ip" in line] == ["127.0.0.1"]
