"""The messages page, its download, one message, and the form that sends one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from console.accounts.decorators import member_required, writer_required
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import Account
from console.core import clock
from console.core.errors import DomainError, NotFound
from console.core.http import client_ip, render_page, wants_partial
from console.numbers.models import RentedNumber
from console.records import direct
from console.records.columns import Phones
from console.records.csv_stream import csv_blocks
from sandbox.fence import services as fence
from sandbox.fence.kinds import Kind, Origin
from sandbox.fence.verdict import Verdict
from sandbox.messages import filters, media
from sandbox.messages.columns import COLUMNS
from sandbox.messages.days import picture
from sandbox.messages.forms import MessageFilterForm, SendForm, query_of
from sandbox.messages.parts import LIMITS, Encoding
from sandbox.messages.services.reading import get_message, list_messages, timeline
from sandbox.messages.services.sending import send_messages
from sandbox.messages.words import waiting
from sandbox.network.models import HandsetAccess

# The words of the filter that stay folded until one of them is used.
_MORE = ("direction", "type", "error")


@member_required
@require_safe
def message_list(request: ConsoleRequest) -> HttpResponse:
    """The account's messages, newest first, by the filter of the query string."""
    wanted = filters.read(request.GET, time_zone=request.account.time_zone)
    charted = request.GET.get("chart") == "1"
    drawn = {"picture": picture(account=request.account, wanted=wanted)} if charted else {}
    if charted and wants_partial(request):
        return render_page(request, "messages/list.html", drawn, partial="chart")
    page = list_messages(
        account=request.account,
        wanted=wanted,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    kept = query_of(request.GET)
    here = reverse("messages:list")
    context = {
        "form": MessageFilterForm(request.GET, wanted=wanted),
        "rows": page.rows,
        "wanted": wanted,
        "more_filters": any(name in kept for name in _MORE),
        "newer": f"{here}?{urlencode({**kept, 'after': page.newer})}" if page.newer else "",
        "older": f"{here}?{urlencode({**kept, 'before': page.older})}" if page.older else "",
        "download": f"{reverse('messages:csv')}?{urlencode(kept)}",
        "export": f"{reverse('exports:new')}?{urlencode({'kind': 'messages', **kept})}",
        "chart_url": f"{here}?{urlencode({**kept, 'chart': '1'})}",
        "may_write": request.membership.may_write,
        **drawn,
    }
    status = 400 if wanted.errors else 200
    return render_page(request, "messages/list.html", context, partial="list", status=status)


@member_required
@require_safe
def message_csv(request: ConsoleRequest) -> HttpResponseBase:
    """Exactly the filtered rows as CSV, streamed; a filter that cannot be read is a 400 page.

    More than a direct download gives are offered as an export (CSV-04).
    """
    zone = request.account.time_zone
    wanted = filters.read(request.GET, time_zone=zone)
    phones = request.GET.get("phones", "e164")
    if wanted.errors or phones not in set(Phones):
        return message_list(request)
    rows = wanted.rows(request.account)
    kept = query_of(request.GET)
    if direct.is_too_long(rows):
        return direct.offer_export(request, kind="messages", filters=kept)
    blocks = csv_blocks(
        rows,
        fields=COLUMNS,
        newest="message_time",
        time_zone=zone,
        phones=Phones(phones),
        bom=request.GET.get("bom") == "1",
    )
    return direct.send(request, blocks, kind="messages", filters=kept)


@member_required
@require_safe
def detail(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    """One message: its states with their callbacks, parts, error in plain words."""
    try:
        message = get_message(account=request.account, uuid=uuid)
    except NotFound as error:
        raise Http404 from error
    steps, tries = timeline(message)
    parties = [message.from_number, message.to_number]
    mine = HandsetAccess.objects.for_account(request.account).filter(number__in=parties)
    context = {
        "message": message,
        "steps": steps,
        "tries": tries,
        "waiting": waiting(message.state, message.message_time, clock.now()),
        "room": LIMITS[Encoding(message.encoding)],
        "phones": set(mine.values_list("number", flat=True)),
        "poll": "" if message.is_final or message.state == "sent" else request.path,
    }
    return render_page(request, "messages/detail.html", context, partial="body")


@writer_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_message(request: ConsoleRequest) -> HttpResponse:
    """Sends a text, after the fence's word; a refusal shows the rule and the fix."""
    numbers = _texting_numbers(request.account)
    if request.method != "POST":
        given = {"dst": request.GET.get("to", "")[:64], "src": request.GET.get("from", "")[:16]}
        return _form_page(request, SendForm(numbers=numbers, initial=given))
    form = SendForm(request.POST, numbers=numbers)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        sent = send_messages(
            account=request.account,
            origin=Origin.CONSOLE_MESSAGE,
            src=form.cleaned_data["src"],
            dst=form.cleaned_data["dst"],
            text=form.cleaned_data["text"],
            form_key=form.cleaned_data["form_key"],
            requester_ip=client_ip(request),
        )
    except DomainError as error:
        return _refused(request, form, error)
    messages.success(request, "The message is queued.")
    return redirect("messages:detail", sent.messages[0].uuid)


@require_safe
def media_file(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """A file of an MMS, to whoever holds its signed link; anyone else gets 404."""
    try:
        found = media.by_link(uuid, request.GET.get("key", ""))
        content = media.read_media(found)
    except NotFound as error:
        raise Http404 from error
    return FileResponse(
        content,
        content_type=found.content_type,
        as_attachment=found.content_type not in media.SHOWN_IN_PLACE,
        filename=found.file_name,
        headers={
            "Cache-Control": "private, max-age=3600",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _texting_numbers(account: Account) -> list[tuple[str, str]]:
    rented = RentedNumber.objects.for_account(account).living().filter(stock__sms_enabled=True)
    return list(rented.order_by("number").values_list("number", "alias")[:200])


def _refused(request: ConsoleRequest, form: SendForm, error: DomainError) -> HttpResponse:
    """The form again, with the verdict rule by rule when it was the fence that refused."""
    verdict = fence.dry_run(
        account=request.account,
        kind=Kind.MESSAGE,
        from_=form.cleaned_data["src"],
        to=form.cleaned_data["dst"],
    )
    if verdict.allowed:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _form_page(request, form, status=error.status)
    return _form_page(request, form, verdict=verdict, status=error.status)


def _form_page(
    request: ConsoleRequest, form: SendForm, *, verdict: Verdict | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "verdict": verdict, "has_numbers": True}
    choices = form.fields["src"].choices  # type: ignore[attr-defined]  # it is a ChoiceField
    context["has_numbers"] = bool(list(choices))
    return render_page(request, "messages/new.html", context, status=status)
