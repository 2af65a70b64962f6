"""The mailbox of the embedded default; it does not exist where real mail is sent."""

from __future__ import annotations

import ipaddress
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from console.accounts import mail
from console.accounts.models import MailboxItem
from console.core.http import render_page, wants_partial

_BACKEND = "console.accounts.mailbox.MailboxBackend"
_SHOWN = 100
# A proxy on this machine makes the whole world look as if it sat here.
_PROXIED = frozenset(
    ("forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")
)


def is_here(request: HttpRequest) -> bool:
    """Whether mail stays on this machine and the reader sits at it."""
    peer = request.META.get("REMOTE_ADDR", "") or "0.0.0.0"  # noqa: S104 - stands for "unknown"
    return bool(
        not settings.PRODUCTION
        and settings.EMAIL_BACKEND == _BACKEND
        and not _PROXIED & {name.lower() for name in request.headers}
        and ipaddress.ip_address(peer).is_loopback
    )


def _only_here(request: HttpRequest) -> None:
    if not is_here(request):
        raise Http404


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The letters, newest first, the newest one opened; new ones appear by themselves."""
    _only_here(request)
    items = _newest()
    newest = str(items[0].pk) if items else ""
    if wants_partial(request) and request.GET.get("seen", "") == newest:
        return HttpResponse(status=204)  # nothing new: the page stays as it is
    return _show(request, items, items[0] if items else None, fresh=True)


@require_safe
def letter(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One letter beside the list."""
    _only_here(request)
    return _show(request, _newest(), get_object_or_404(MailboxItem, pk=item_id), fresh=False)


def _newest() -> list[MailboxItem]:
    return list(MailboxItem.objects.order_by("-received_at", "-id")[:_SHOWN])


def _show(
    request: HttpRequest, items: list[MailboxItem], item: MailboxItem | None, *, fresh: bool
) -> HttpResponse:
    text, html = mail.read(item) if item else ("", "")
    facts = {"items": items, "item": item, "text": text, "html": html, "fresh": fresh}
    return render_page(request, "accounts/mailbox.html", facts, partial="letters")
