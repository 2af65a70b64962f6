"""The policy from the settings, and what the start refuses."""

from ipaddress import ip_address, ip_network

import pytest

from sandbox.webhooks import checks, config
from sandbox.webhooks.resolver import LookupFailedError

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture(autouse=True)
def _nothing_learnt(monkeypatch):
    monkeypatch.setattr(config, "_own", (float("inf"), {}))


def test_ssrf_06_nothing_private_is_open_by_default(settings):
    settings.WEBHOOK_ALLOW_NETS = []
    rules = config.current_policy().addresses
    assert not rules.allows(ip_address("127.0.0.1"))
    assert rules.allows(ip_address("8.8.8.8"))


def test_ssrf_06_production_opens_private_networks_only_when_told_twice(settings):
    settings.PRODUCTION = True
    settings.WEBHOOK_ALLOW_NETS = LOOPBACK
    assert not config.current_policy().addresses.allows(ip_address("127.0.0.1"))
    assert [error.id for error in checks.private_networks_are_for_development(None)] == [
        "webhooks.E001"
    ]
    settings.WEBHOOK_ALLOW_NETS_IN_PRODUCTION = True
    assert config.current_policy().addresses.allows(ip_address("127.0.0.1"))
    assert checks.private_networks_are_for_development(None) == []


@pytest.mark.parametrize("ports", [[0], [65536], [443, -1]])
def test_a_port_that_does_not_exist_is_an_error_at_the_start(settings, ports):
    settings.WEBHOOK_PORTS = ports
    assert [error.id for error in checks.ports_are_ports(None)] == ["webhooks.E002"]


def test_ssrf_03_addresses_that_the_operator_names_are_refused(settings):
    settings.WEBHOOK_REFUSE_NETS = [ip_network("8.8.4.4/32")]
    rules = config.current_policy().addresses
    assert not rules.allows(ip_address("8.8.4.4"))
    assert not rules.allows(ip_address("168.63.129.16"))


def test_ssrf_03_our_own_public_addresses_are_refused(settings, monkeypatch):
    class OurNames:
        def resolve(self, host, *, timeout):
            if host == "console.example.com":
                return (ip_address("8.8.4.4"),)
            raise LookupFailedError

    settings.PUBLIC_HOST = "console.example.com"
    monkeypatch.setattr(config, "_RESOLVER", OurNames())
    monkeypatch.setattr(config, "_own", None)
    assert not config.current_policy().addresses.allows(ip_address("8.8.4.4"))


def test_ssrf_03_our_own_addresses_stay_known_while_names_cannot_be_looked_up(
    settings, monkeypatch
):
    class Names:
        away = False

        def resolve(self, host, *, timeout):
            if self.away:
                raise LookupFailedError(timed_out=True)
            return (ip_address("8.8.4.4"),)

    names, now = Names(), [1000.0]
    monkeypatch.setattr(config, "_RESOLVER", names)
    monkeypatch.setattr(config, "_own", None)
    monkeypatch.setattr(config.time, "monotonic", lambda: now[0])
    assert not config.current_policy().addresses.allows(ip_address("8.8.4.4"))
    names.away = True
    now[0] += 301
    assert not config.current_policy().addresses.allows(ip_address("8.8.4.4"))


def test_ssrf_03_our_own_addresses_are_asked_for_again_soon(monkeypatch):
    asked = []

    class Names:
        def resolve(self, host, *, timeout):
            asked.append(host)
            raise LookupFailedError(timed_out=True)

    now = [1000.0]
    monkeypatch.setattr(config, "_RESOLVER", Names())
    monkeypatch.setattr(config, "_own", None)
    monkeypatch.setattr(config.time, "monotonic", lambda: now[0])
    config.own_networks()
    first = len(asked)
    now[0] += 11
    config.own_networks()
    assert len(asked) == 2 * first > 0


def test_the_figures_come_from_the_trust_settings(settings):
    policy = config.current_policy()
    assert policy.defaults.connect_ms == settings.TRUST.webhook_connect * 1000
    assert policy.defaults.total_ms == settings.TRUST.webhook_total * 1000
    assert policy.user_agent == f"Ringfence/{settings.VERSION}"
