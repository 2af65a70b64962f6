"""The policy from the settings."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from ipaddress import ip_network

from django.conf import settings

from sandbox.webhooks.addresses import PLATFORM_NETS, AddressRules, IPNetwork
from sandbox.webhooks.policy import Policy
from sandbox.webhooks.resolver import SYSTEM_RESOLVER, LookupFailedError
from sandbox.webhooks.targets import DEFAULTS

_OWN_FOR = 300.0
_own: tuple[float, tuple[IPNetwork, ...]] | None = None


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

    Behind address translation the operator names them in `RINGFENCE_WEBHOOK_REFUSE_NETS`.
    """
    global _own
    now = time.monotonic()
    if _own is None or now - _own[0] > _OWN_FOR:
        _own = (now, (*_addresses_of(settings.PUBLIC_HOST), *_addresses_of(socket.gethostname())))
    return _own[1]


def _addresses_of(host: str) -> tuple[IPNetwork, ...]:
    try:
        found = SYSTEM_RESOLVER.resolve(host, timeout=1.0)
    except LookupFailedError:
        return ()
    return tuple(ip_network(address) for address in found)
