"""Which addresses a customer's URL may lead to (SSRF-03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

# The standard library's `is_global` calls several of these public, and its tables differ between
# Python releases. What is named here is refused whatever the library thinks.
_NEVER_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved and broadcast
    )
)
# IPv6 is a list of what is let in: addresses are handed out from 2000::/3 only. That alone refuses
# IPv4-compatible ::/96, IPv4-translated ::ffff:0:0:0/96, NAT64 64:ff9b::/96 and 64:ff9b:1::/48,
# site-local fec0::/10, unique-local fc00::/7, link-local fe80::/10 and multicast ff00::/8.
_HANDED_OUT_V6 = IPv6Network("2000::/3")
_NEVER_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments, Teredo 2001::/32 among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address inside
        "3fff::/20",  # documentation
    )
)

# A virtual address that is public in form but is the cloud platform's own service (Azure).
PLATFORM_NETS: tuple[IPNetwork, ...] = (IPv4Network("168.63.129.16/32"),)


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What the operator opens (`allow_nets`) and closes (`refuse_nets`: platform, own addresses).

    An opened network wins over everything: it is named by the operator on purpose (SSRF-06).
    """

    allow_nets: tuple[IPNetwork, ...] = ()
    refuse_nets: tuple[IPNetwork, ...] = PLATFORM_NETS

    def opened(self, address: IPAddress) -> bool:
        """Whether the operator opened this address by name."""
        return _within(unwrap(address), self.allow_nets)

    def allows(self, address: IPAddress) -> bool:
        """Whether a request may go to this address (SSRF-03)."""
        bare = unwrap(address)
        if _within(bare, self.allow_nets):
            return True
        return is_public(bare) and not _within(bare, self.refuse_nets)

    def allows_all(self, addresses: Sequence[IPAddress]) -> bool:
        """Whether every one of `addresses` may be called; no address at all is a no (SSRF-02)."""
        return bool(addresses) and all(self.allows(address) for address in addresses)


def unwrap(address: IPAddress) -> IPAddress:
    """The IPv4 address inside an IPv4-mapped one; any other address without its zone."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.scope_id:
            return IPv6Address(int(address))
    return address


def is_public(address: IPAddress) -> bool:
    """Whether the address is an ordinary host on the public internet, judged by SSRF-03."""
    bare = unwrap(address)
    if isinstance(bare, IPv4Address):
        return bare.is_global and not _within(bare, _NEVER_V4)
    return bare in _HANDED_OUT_V6 and bare.is_global and not _within(bare, _NEVER_V6)


def parse_networks(texts: Iterable[str]) -> tuple[IPNetwork, ...]:
    """Networks or single addresses from their text form; raises ValueError for anything else."""
    return tuple(ip_network(text.strip()) for text in texts if text.strip())


def parse_address(text: str) -> IPAddress | None:
    """The address that `text` spells in its one plain form, None when it is a name.

    Short, octal and decimal spellings are left to the resolver and judged after it (SSRF-02).
    """
    try:
        return ip_address(text)
    except ValueError:
        return None


def _within(address: IPAddress, networks: Iterable[IPNetwork]) -> bool:
    return any(address in network for network in networks)
