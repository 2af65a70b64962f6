"""SSRF-03: which addresses are public."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.webhooks.addresses import AddressRules, is_public, parse_networks, unwrap

REFUSED = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c:0:7fff:80ff:fffe",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
ALLOWED = ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("text", REFUSED)
def test_ssrf_03_an_address_that_is_not_public_is_refused(text):
    assert not is_public(ip_address(text))
    assert not AddressRules().allows(ip_address(text))


@pytest.mark.parametrize("text", ALLOWED)
def test_ssrf_03_an_ordinary_address_is_allowed(text):
    assert AddressRules().allows(ip_address(text))


def test_ssrf_03_the_cloud_platforms_own_address_is_refused():
    assert not AddressRules().allows(ip_address("168.63.129.16"))
    assert not AddressRules().allows(ip_address("::ffff:168.63.129.16"))


def test_ssrf_03_an_own_public_address_is_refused_mapped_or_not():
    rules = AddressRules(refuse_nets=parse_networks(["8.8.4.4"]))
    assert not rules.allows(ip_address("8.8.4.4"))
    assert not rules.allows(ip_address("::ffff:8.8.4.4"))


def test_ssrf_02_one_private_address_among_public_ones_refuses_all():
    answers = [ip_address("8.8.8.8"), ip_address("10.0.0.1")]
    assert not AddressRules().allows_all(answers)


def test_ssrf_02_no_address_at_all_is_refused():
    assert not AddressRules().allows_all([])


def test_ssrf_06_an_opened_network_is_allowed_and_its_neighbours_are_not():
    rules = AddressRules(allow_nets=parse_networks(["127.0.0.0/8", "fd12::/16"]))
    assert rules.allows(ip_address("127.0.0.1"))
    assert rules.allows(ip_address("::ffff:127.0.0.1"))
    assert rules.allows(ip_address("fd12::5"))
    assert not rules.allows(ip_address("::1"))
    assert not rules.allows(ip_address("10.0.0.1"))


@given(st.ip_addresses(v=4))
def test_ssrf_03_a_mapped_address_is_judged_as_the_address_inside(address: IPv4Address):
    mapped = IPv6Address(f"::ffff:{address}")
    assert unwrap(mapped) == address
    assert is_public(mapped) == is_public(address)


@given(st.ip_addresses(v=6))
def test_ssrf_03_ipv6_outside_the_handed_out_space_is_never_public(address: IPv6Address):
    if int(address) >> 125 != 1 and address.ipv4_mapped is None:
        assert not is_public(address)


@pytest.mark.parametrize("text", ["10.0.0.1/8", "localhost", "300.1.1.1"])
def test_a_network_that_cannot_be_read_is_an_error(text):
    with pytest.raises(ValueError):
        parse_networks([text])
