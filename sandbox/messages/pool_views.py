"""Pages of powerpacks and the numbers in their pools."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.decorators import member_required, refuse, writer_required
from console.accounts.middleware import ConsoleRequest
from console.applications.services import application_choices, pick_application
from console.core.errors import DomainError, NotFound
from console.core.forms import add_refusal
from console.core.http import client_ip, render_page
from console.numbers.models import RentedNumber
from console.records.services import page_by_key
from sandbox.messages import powerpacks
from sandbox.messages.models import Powerpack
from sandbox.messages.pool_forms import PowerpackForm

_SHOWN = 200


def _fetch(request: ConsoleRequest, uuid: UUID) -> Powerpack:
    try:
        return powerpacks.find_powerpack(account=request.account, uuid=uuid)
    except NotFound as error:
        raise Http404 from error


@member_required
@require_safe
def pack_list(request: ConsoleRequest) -> HttpResponse:
    """The account's powerpacks, newest first, with how many numbers each holds."""
    living = Count("members", filter=Q(members__rental__released_at=None))
    mine = Powerpack.objects.for_account(request.account).select_related("application")
    page = page_by_key(
        mine.annotate(numbers=living),
        newest="created_at",
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    here = reverse("messages:powerpacks")
    context = {
        "packs": page.rows,
        "newer": f"{here}?{urlencode({'after': page.newer})}" if page.newer else "",
        "older": f"{here}?{urlencode({'before': page.older})}" if page.older else "",
    }
    return render_page(request, "messages/powerpacks.html", context)


@writer_required
@require_http_methods(["GET", "HEAD", "POST"])
def pack_new(request: ConsoleRequest) -> HttpResponse:
    """The empty form; POST makes the powerpack and goes to its page, where numbers are added."""
    pairs = application_choices(request.account).pairs
    form = PowerpackForm(request.POST if request.method == "POST" else None, applications=pairs)
    if request.method == "POST" and form.is_valid():
        try:
            pack = powerpacks.create_powerpack(
                account=request.account,
                actor=request.user,
                ip=client_ip(request),
                **_given(request, form),
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("messages:powerpack", uuid=pack.uuid)
    status = 400 if form.errors else 200
    return render_page(request, "messages/powerpack_new.html", {"form": form}, status=status)


def _given(request: ConsoleRequest, form: PowerpackForm) -> dict[str, Any]:
    given = form.cleaned_data
    app_id = given.pop("application")
    return given | {"application": pick_application(account=request.account, app_id=app_id)}


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def pack_detail(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    """The powerpack with its numbers; POST saves its settings."""
    pack = _fetch(request, uuid)
    pairs = application_choices(request.account).pairs
    if request.method != "POST":
        app_id = pack.application.app_id if pack.application else ""
        kept = {name: getattr(pack, name) for name in ("name", "sticky_sender", "local_connect")}
        form = PowerpackForm(initial=kept | {"application": app_id}, applications=pairs)
        return _page(request, pack, form)
    if not request.membership.may_write:
        return refuse(request, "Analysts can read this account but not change it.")
    form = PowerpackForm(request.POST, applications=pairs)
    if form.is_valid():
        try:
            powerpacks.update_powerpack(
                pack=pack, actor=request.user, ip=client_ip(request), **_given(request, form)
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "Saved")
            return redirect("messages:powerpack", uuid=uuid)
    return _page(request, pack, form, status=400)


def _page(
    request: ConsoleRequest, pack: Powerpack, form: PowerpackForm, status: int = 200
) -> HttpResponse:
    numbers = list(powerpacks.members(pack)[:_SHOWN])
    rented = RentedNumber.objects.for_account(request.account).living()
    free = rented.filter(stock__sms_enabled=True).exclude(pk__in=[one.rental_id for one in numbers])
    context = {
        "pack": pack,
        "form": form,
        "numbers": numbers,
        "free": list(free.order_by("number").values_list("number", "alias")[:_SHOWN]),
    }
    return render_page(request, "messages/powerpack.html", context, status=status)


@writer_required
@require_POST
def number_add(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    """Puts a rented number into the pool."""
    pack, number = _fetch(request, uuid), request.POST.get("number", "")
    try:
        powerpacks.add_number(pack=pack, number=number, actor=request.user, ip=client_ip(request))
    except NotFound:
        messages.error(request, "Choose one of your numbers.")
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{number} is in the pool")
    return redirect("messages:powerpack", uuid=uuid)


@writer_required
@require_POST
def number_remove(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    """Takes a number out of the pool; it stays rented."""
    pack, number = _fetch(request, uuid), request.POST.get("number", "")
    try:
        powerpacks.remove_number(
            pack=pack, number=number, actor=request.user, ip=client_ip(request)
        )
    except NotFound:
        messages.error(request, "This number is not in the pool.")
    else:
        messages.success(request, f"{number} is out of the pool and stays yours")
    return redirect("messages:powerpack", uuid=uuid)


@writer_required
@require_POST
def pack_delete(request: ConsoleRequest, uuid: UUID) -> HttpResponse:
    """Deletes the powerpack; its numbers stay rented."""
    pack = _fetch(request, uuid)
    powerpacks.delete_powerpack(pack=pack, actor=request.user, ip=client_ip(request))
    messages.success(request, f"Powerpack {pack.name} deleted")
    return redirect("messages:powerpacks")
