"""What every page of the shell knows. Nothing here is computed before a template asks for it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from console.home import meter, navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Account, navigation, network strip, trial meter, version; no query of its own."""
    return {
        "account": getattr(request, "account", None),
        "membership": getattr(request, "membership", None),
        "memberships": partial(_memberships, request),
        "navigation": partial(navigation.groups, request),
        "trial_meter": partial(meter.trial_meter, request),
        "simulated_network": settings.SIMULATED_NETWORK,
        "public_help_url": partial(navigation.safe_reverse, "help:index"),
        "version": settings.VERSION,
        "debug": settings.DEBUG,
    }


def _memberships(request: HttpRequest) -> list[Any]:
    """All places of the signed-in person; the scope's own query found them already."""
    if not getattr(request, "membership", None):
        return []
    return list(getattr(request, "memberships", []))
