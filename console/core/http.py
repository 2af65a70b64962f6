"""Small helpers of views: typed requests, partials, client address."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request after the htmx middleware."""

    htmx: HtmxDetails


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of the page, not for the page (not boosted, no restore)."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or its named partial when htmx asks for it; `Vary` says that they differ."""
    name = f"{template}#{partial}" if partial and wants_partial(request) else template
    response = render(request, name, context, status=status)
    if partial:
        patch_vary_headers(response, ["HX-Request"])
    return response


def body_length(request: HttpRequest) -> int:
    """How many bytes of body are announced; 0 for what is no number, as Django takes it."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def client_ip(request: HttpRequest) -> str:
    """The client's address: the socket's peer unless that is a trusted proxy (WEB-05).

    Behind trusted proxies it is the right-most hop of X-Forwarded-For that is not one of them. The
    interface that a link-local address names (`%eth0`) is ours, not the client's, and left out.
    """
    peer = request.META.get("REMOTE_ADDR", "") or "0.0.0.0"  # noqa: S104 - stands for "unknown"
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    current = peer
    for hop in reversed([h for h in hops if h]):
        if not _trusted(current):
            break
        current = hop
    return (current if _is_address(current) else peer).partition("%")[0]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _trusted(text: str) -> bool:
    return _is_address(text) and any(
        ipaddress.ip_address(text) in network for network in settings.TRUSTED_PROXIES
    )
