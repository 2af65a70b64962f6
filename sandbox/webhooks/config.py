"""The policy from the settings."""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import ip_network
from socket import gethostname

from django.conf import settings

from sandbox.webhooks.addresses import PLATFORM_NETS, AddressRules, IPNetwork
from sandbox.webhooks.policy import Policy
from sandbox.webhooks.resolver import LookupFailedError, Resolver, SystemResolver
from sandbox.webhooks.targets import DEFAULTS

_OWN_FOR = 300.0
_AGAIN_AFTER = 10.0
_own: tuple[float, dict[str, tuple[IPNetwork, ...]]] | None = None
# Our own: customers' name servers that hang must not keep us from knowing our own addresses.
_RESOLVER: Resolver = SystemResolver()


def current_policy() -> Policy:
    """What the operator allows now; no query. Looks our own addresses up every five minutes."""
    trust = settings.TRUST
    return Policy(
        addresses=AddressRules(
            allow_nets=_opened_networks(),
            refuse_nets=(*PLATFORM_NETS, *settings.WEBHOOK_REFUSE_NETS, *own_networks()),
        ),
        ports=frozenset(settings.WEBHOOK_PORTS),
        defaults=replace(
            DEFAULTS,
            connect_ms=trust.webhook_connect * 1000,
            total_ms=trust.webhook_total * 1000,
        ),
        user_agent=f"Ringfence/{settings.VERSION}",
    )


def _opened_networks() -> tuple[IPNetwork, ...]:
    # The check at the start refuses this too; a worker started past it must not open anything.
    if settings.PRODUCTION and not settings.WEBHOOK_ALLOW_NETS_IN_PRODUCTION:
        return ()
    return tuple(settings.WEBHOOK_ALLOW_NETS)


def own_networks() -> tuple[IPNetwork, ...]:
    """The addresses that this deployment itself answers on, as far as names tell (SSRF-03).

    Names that cannot be looked up just now keep the addresses that they had, and are asked for
    again after ten seconds. Behind address translation the operator names the addresses in
    `RINGFENCE_WEBHOOK_REFUSE_NETS`.
    """
    global _own
    now = time.monotonic()
    if _own is None or now >= _own[0]:
        known = _own[1] if _own else {}
        found = {host: _addresses_of(host) for host in (settings.PUBLIC_HOST, gethostname())}
        wait = _OWN_FOR if None not in found.values() else _AGAIN_AFTER
        kept = {host: known.get(host, ()) if one is None else one for host, one in found.items()}
        _own = (now + wait, kept)
    return tuple(network for networks in _own[1].values() for network in networks)


def _addresses_of(host: str) -> tuple[IPNetwork, ...] | None:
    """The host's addresses, () when there is no such name, None when nobody could say."""
    try:
        found = _RESOLVER.resolve(host, timeout=1.0)
    except LookupFailedError as error:
        return None if error.timed_out else ()
    return tuple(ip_network(address) for address in found)
