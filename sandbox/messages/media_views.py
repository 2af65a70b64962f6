"""Pages of the files that MMS carry. They come in over the API; nothing is uploaded here."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.core.errors import NotFound
from console.core.http import client_ip, render_page
from console.records.services import page_by_key
from sandbox.messages import media
from sandbox.messages.models import Media


@member_required
@require_safe
def media_list(request: ConsoleRequest) -> HttpResponse:
    """The account's files, newest first, each with the newest message that carries it."""
    page = page_by_key(
        Media.objects.for_account(request.account),
        newest="uploaded_at",
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    carriers = media.carriers_of(page.rows)
    here = reverse("messages:media_list")
    context = {
        "files": [(one, media.signed_path(one), carriers.get(one.pk)) for one in page.rows],
        "days": media.KEPT.days,
        "newer": f"{here}?{urlencode({'after': page.newer})}" if page.newer else "",
        "older": f"{here}?{urlencode({'before': page.older})}" if page.older else "",
    }
    return render_page(request, "messages/media.html", context)


@writer_required
@require_POST
def media_delete(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    """Deletes a file; messages that carry it keep their record."""
    try:
        (found,) = media.find_media(account=request.account, uuids=[uuid])
    except NotFound as error:
        raise Http404 from error
    media.delete_media(media=found, actor=request.user, ip=client_ip(request))
    messages.success(request, f"{found.file_name} is deleted")
    return redirect("messages:media_list")
