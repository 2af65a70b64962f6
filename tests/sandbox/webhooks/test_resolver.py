"""SSRF-02: the system's resolver, within a limit."""

import threading
import time
from ipaddress import ip_address

import pytest

from sandbox.webhooks import resolver
from sandbox.webhooks.resolver import LookupFailedError, SystemResolver


def test_localhost_is_loopback_whatever_family():
    found = SystemResolver().resolve("localhost", timeout=5)
    assert found
    assert all(address.is_loopback for address in found)


def test_ssrf_02_the_resolver_reads_decimal_as_an_address():
    assert ip_address("127.0.0.1") in SystemResolver().resolve("2130706433", timeout=5)


def test_a_name_that_cannot_exist_fails():
    with pytest.raises(LookupFailedError):
        SystemResolver().resolve("a" * 64 + ".invalid", timeout=5)


def test_ssrf_02_a_lookup_that_hangs_is_left_behind(monkeypatch):
    release = threading.Event()

    def hanging(host):
        release.wait(60)
        return ()

    monkeypatch.setattr(resolver, "_system_addresses", hanging)
    began = time.monotonic()
    with pytest.raises(LookupFailedError) as caught:
        SystemResolver().resolve("hooks.example.com", timeout=0.1)
    release.set()
    assert caught.value.timed_out
    assert time.monotonic() - began < 20


def test_ssrf_07_an_account_whose_name_servers_hang_leaves_look_ups_to_others(monkeypatch):
    release = threading.Event()

    def looked_up(host):
        if host.startswith("hangs"):
            release.wait(60)
        return (ip_address("8.8.8.8"),)

    monkeypatch.setattr(resolver, "_system_addresses", looked_up)
    names = SystemResolver()
    for number in range(80):
        with pytest.raises(LookupFailedError):
            names.resolve(f"hangs{number}.example.com", timeout=0.01, owner="hog")
    assert names.resolve("fine.example.com", timeout=20, owner="healthy")
    release.set()
    assert names.resolve("fine.example.com", timeout=20, owner="hog")
