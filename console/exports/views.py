"""Pages of stored exports, and the file itself."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.decorators import member_required
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import Account, AccountState, Subaccount
from console.accounts.services import authenticate_api
from console.core.errors import DomainError, NotFound
from console.core.forms import add_refusal
from console.core.http import client_ip, render_page, wants_partial
from console.exports import links, services
from console.exports.download import file_answer
from console.exports.forms import ExportForm
from console.exports.models import Export
from console.exports.recipes import Recipe, recipe_of

_WORDS = {
    "since": "From",
    "until": "To",
    "number": "Number",
    "direction": "Direction",
    "leg": "Leg",
    "state": "Result",
    "cause": "Hangup cause",
    "application": "Application",
    "type": "Type",
    "error": "Error",
}


def _fetch(request: ConsoleRequest, export_id: UUID) -> Export:
    try:
        return services.find_export(account=request.account, export_id=export_id)
    except NotFound as error:
        raise Http404 from error


def _told(filters: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(_WORDS.get(name, name), text) for name, text in filters.items()]


@member_required
@require_safe
def export_list(request: ConsoleRequest) -> HttpResponse:
    """The account's exports, newest first; the list asks again while one is being made."""
    rows = services.list_exports(account=request.account)
    context = {
        "rows": [(row, _told(row.filters)) for row in rows],
        "polls": any(row.is_open for row in rows),
    }
    return render_page(request, "exports/list.html", context, partial="list")


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def export_new(request: ConsoleRequest) -> HttpResponse:
    """How the file is to be written; POST starts the export and goes to its page."""
    try:
        recipe = recipe_of(request.GET.get("kind", "calls"))
    except DomainError as error:
        raise Http404 from error
    given = _filters(request.GET, recipe)
    wanted = recipe.read(given, time_zone=request.account.time_zone)
    form = ExportForm(request.POST if request.method == "POST" else None, recipe=recipe)
    status, refusal = (400 if wanted.errors else 200), None
    if request.method == "POST" and not wanted.errors:
        status = 400
        if form.is_valid():
            try:
                made = _create(request, recipe, given, form)
            except DomainError as error:
                status, refusal = _refused(form, error)
            else:
                return redirect("exports:detail", export_id=made.pk)
    kept = urlencode({"kind": recipe.kind, **given})
    context = {
        "form": form,
        "refusal": refusal,
        "recipe": recipe,
        "told": _told(given),
        "errors": [(_WORDS.get(name, name), text) for name, text in wanted.errors.items()],
        "action": f"{reverse('exports:new')}?{kept}",
        "change": f"{reverse(recipe.route)}?{urlencode(given)}",
    }
    return render_page(request, "exports/new.html", context, status=status)


def _filters(query: QueryDict, recipe: Recipe) -> dict[str, str]:
    return {name: text for name in recipe.names if (text := query.get(name, ""))}


def _create(
    request: ConsoleRequest, recipe: Recipe, given: dict[str, str], form: ExportForm
) -> Export:
    wanted = form.cleaned_data
    return services.create_export(
        account=request.account,
        actor=request.user,
        kind=recipe.kind,
        filters=given,
        format=wanted["format"],
        compression=wanted["compression"],
        phones=wanted["phones"],
        bom=wanted["bom"],
        columns=wanted["columns"],
        ip=client_ip(request),
    )


def _refused(form: ExportForm, error: DomainError) -> tuple[int, DomainError | None]:
    if error.field in form.fields:
        return add_refusal(form, error), None
    return error.status, error


@member_required
@require_safe
def export_detail(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """How far it is, what is in it, and the way to the file."""
    export = _fetch(request, export_id)
    context = {
        "export": export,
        "told": _told(export.filters),
        "manifest": services.manifest(export),
        "again": urlencode({"kind": export.kind, **export.filters}),
    }
    answer = render_page(request, "exports/detail.html", context, partial="status")
    if wants_partial(request) and not export.is_open:
        answer.headers["HX-Refresh"] = "true"  # its buttons and its dialog change too
    return answer


@member_required
@require_POST
def export_download(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """Makes a fresh link and goes there, so that a page that stood open for hours still works."""
    export = _fetch(request, export_id)
    if not export.is_ready:
        messages.error(request, "This file is not there any more. Start the export again.")
        return redirect("exports:detail", export_id=export.pk)
    path, _ = links.signed_path(export)
    return redirect(path)


@member_required
@require_POST
def export_remove(request: ConsoleRequest, export_id: UUID) -> HttpResponse:
    """Cancels an export that is being made; deletes any other one."""
    export = _fetch(request, export_id)
    services.remove_export(export=export, actor=request.user, ip=client_ip(request))
    messages.success(request, "Export canceled" if export.is_open else "Export removed")
    return redirect("exports:list")


@require_safe
def export_file(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file: for a fresh signature together with the account's own credentials (CSV-05).

    Either alone is a 404, and so is everything else that does not fit.
    """
    signed = links.is_signed(
        export_id,
        until=request.GET.get("until", ""),
        signature=request.GET.get("signature", ""),
    )
    if not signed:
        raise Http404
    for account, subaccount in _readers(request):
        try:
            export = services.find_export(
                account=account, export_id=export_id, subaccount=subaccount
            )
        except NotFound:
            continue
        if export.is_ready:
            return file_answer(request, export)
    raise Http404


def _readers(request: HttpRequest) -> list[tuple[Account, Subaccount | None]]:
    """The accounts whose exports this request may read: by API credentials, or by a session."""
    if request.headers.get("Authorization", "").startswith("Basic "):
        auth_id, token = _basic(request.headers["Authorization"])
        credential = authenticate_api(auth_id=auth_id, token=token, ip=client_ip(request))
        return [(credential.account, credential.subaccount)] if credential else []
    if not request.user.is_authenticated:
        return []
    mine = request.user.memberships.select_related("account")
    return [(one.account, None) for one in mine if one.account.state != AccountState.CLOSED]


def _basic(header: str) -> tuple[str, str]:
    try:
        auth_id, _, token = base64.b64decode(header[6:], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return auth_id, token
