"""What the start refuses (SSRF-06, WEB-08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def private_networks_are_for_development(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """An error when production opens private networks without saying so a second time."""
    if not settings.PRODUCTION or not settings.WEBHOOK_ALLOW_NETS:
        return []
    if settings.WEBHOOK_ALLOW_NETS_IN_PRODUCTION:
        return []
    return [
        Error(
            "RINGFENCE_WEBHOOK_ALLOW_NETS lets customers' URLs reach private networks.",
            hint="Unset it, or also set RINGFENCE_WEBHOOK_ALLOW_NETS_IN_PRODUCTION=true.",
            id="webhooks.E001",
        )
    ]


@register(Tags.security)
def ports_are_ports(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error for a port that cannot be one."""
    wrong = [port for port in settings.WEBHOOK_PORTS if not 1 <= port <= 65535]
    if not wrong:
        return []
    return [
        Error(
            f"RINGFENCE_WEBHOOK_PORTS names ports that do not exist: {wrong}.",
            hint="Ports go from 1 to 65535.",
            id="webhooks.E002",
        )
    ]
