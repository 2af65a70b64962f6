"""Pages of rented numbers and of the stock."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.accounts.decorators import member_required, refuse, writer_required
from console.accounts.middleware import ConsoleRequest
from console.applications.services import application_choices, pick_application
from console.core.errors import DomainError, NotFound
from console.core.forms import add_refusal
from console.core.http import client_ip, render_page
from console.core.numbers import canonical_number, display
from console.numbers import search, services
from console.numbers.forms import NumberForm, SearchForm
from console.numbers.listing import list_numbers
from console.numbers.models import RentedNumber, StockNumber
from console.numbers.querysets import countries_on_offer

LONGEST_WORDS = 80


@member_required
@require_safe
def number_list(request: ConsoleRequest) -> HttpResponse:
    """The account's rented numbers, with a form that assigns the ticked ones."""
    return _list_page(request)


def _list_page(request: ConsoleRequest, refusal: DomainError | None = None) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    app_id = request.GET.get("application", "")[:17]
    page = list_numbers(
        account=request.account, words=words, app_id=app_id, after=request.GET.get("after", "")
    )
    kept = {name: text for name, text in (("q", words), ("application", app_id)) if text}
    here = reverse("numbers:list")
    choices = application_choices(request.account)
    context = {
        "numbers": page.rows,
        "applications": choices.pairs,
        "likely": choices.for_number,
        "ticked": set(request.POST.getlist("numbers")),
        "words": words,
        "app_id": app_id,
        "narrowed": bool(kept),
        "paged": bool(request.GET.get("after")),
        "first": f"{here}?{urlencode(kept)}" if kept else here,
        "next": f"{here}?{urlencode({**kept, 'after': page.after})}" if page.after else "",
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render_page(request, "numbers/list.html", context, partial="list", status=status)


@writer_required
@require_POST
def number_assign(request: ConsoleRequest) -> HttpResponse:
    """Points the ticked numbers at the chosen application, all of them or none."""
    try:
        chosen = request.POST.getlist("numbers")[: services.MOST_AT_ONCE + 1]
        numbers = [canonical_number(raw, field="numbers").e164 for raw in chosen]
        app_id = request.POST.get("application", "")
        application = pick_application(account=request.account, app_id=app_id)
        count = services.assign_numbers(
            account=request.account,
            numbers=numbers,
            application=application,
            actor=request.user,
            ip=client_ip(request),
        )
    except DomainError as error:
        return _list_page(request, error)
    things = "1 number" if count == 1 else f"{count} numbers"
    where = f"to {application.name}" if application else "to no application"
    messages.success(request, f"{things} assigned {where}")
    return redirect("numbers:list")


@member_required
@require_safe
def number_search(request: ConsoleRequest) -> HttpResponse:
    """What can be rented, by country, type, digits and capability."""
    values = request.GET.dict()
    countries = countries_on_offer()
    home = request.account.region
    default = home if home in countries or not countries else countries[0]
    wanted = search.read(values, default_country=default)
    status = 400 if wanted.errors else 200
    try:
        page = search.page_of(wanted, after=values.get("after", ""))
    except DomainError as error:
        page, status = search.Page([], ""), error.status
    kept = {name: text for name, text in values.items() if text and name != "after"}
    here = reverse("numbers:search")
    context = {
        "form": SearchForm(values, wanted=wanted, countries=countries),
        "wanted": wanted,
        "numbers": page.rows,
        "first": f"{here}?{urlencode(kept)}" if values.get("after") else "",
        "next": f"{here}?{urlencode({**kept, 'after': page.after})}" if page.after else "",
    }
    return render_page(request, "numbers/search.html", context, partial="results", status=status)


@writer_required
@require_http_methods(["GET", "HEAD", "POST"])
def number_rent(request: ConsoleRequest, number: str) -> HttpResponse:
    """Asks, with what it costs; POST rents the number and goes to its page."""
    choices = application_choices(request.account)
    initial = {"application": choices.for_number}
    form = NumberForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        applications=choices.pairs,
    )
    refusal, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _rent(request, number, form)
            except services.AlreadyYours:
                return redirect("numbers:detail", number=number)
            except NotFound as error:
                raise Http404 from error
            except DomainError as error:
                status, refusal = _refused(form, error)
            else:
                messages.success(request, f"{display(number)} is yours")
                return redirect("numbers:detail", number=number)
    return _rent_page(request, number, form, refusal=refusal, status=status)


def _rent(request: ConsoleRequest, number: str, form: NumberForm) -> None:
    app_id = form.cleaned_data["application"]
    services.rent_number(
        account=request.account,
        number=number,
        actor=request.user,
        application=pick_application(account=request.account, app_id=app_id),
        alias=form.cleaned_data["alias"],
        ip=client_ip(request),
    )


def _rent_page(
    request: ConsoleRequest,
    number: str,
    form: NumberForm,
    *,
    refusal: DomainError | None,
    status: int,
) -> HttpResponse:
    stock = StockNumber.objects.filter(number=number).first()
    if stock is None:
        raise Http404
    if not stock.available and refusal is None:
        mine = RentedNumber.objects.for_account(request.account).living()
        if mine.filter(number=number).exists():
            return redirect("numbers:detail", number=number)
        refusal, status = services.taken(), 404
    left = request.account.credit - stock.first_cost
    context = {"stock": stock, "form": form, "refusal": refusal, "left": left}
    return render_page(request, "numbers/rent.html", context, status=status)


def _refused(form: NumberForm, error: DomainError) -> tuple[int, DomainError | None]:
    """The status, and the error itself when it belongs to no field and needs a box of its own."""
    if error.field in form.fields:
        return add_refusal(form, error), None
    return error.status, error


def _fetch(request: ConsoleRequest, number: str) -> RentedNumber:
    try:
        return services.find_number(account=request.account, number=number)
    except NotFound as error:
        raise Http404 from error


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def number_detail(request: ConsoleRequest, number: str) -> HttpResponse:
    """One rented number with its form; POST saves alias and application."""
    rented = _fetch(request, number)
    choices = application_choices(request.account)
    if request.method != "POST":
        app_id = rented.application.app_id if rented.application else ""
        initial = {"alias": rented.alias, "application": app_id}
        form = NumberForm(initial=initial, applications=choices.pairs)
        return _detail_page(request, rented, form)
    if not request.membership.may_write:
        return refuse(request, "Analysts can read this account but not change it.")
    form = NumberForm(request.POST, applications=choices.pairs)
    status, refusal = 400, None
    if form.is_valid():
        try:
            _save(request, rented, form)
        except DomainError as error:
            status, refusal = _refused(form, error)
        else:
            messages.success(request, "Saved")
            return redirect("numbers:detail", number=number)
    return _detail_page(request, rented, form, refusal=refusal, status=status)


def _save(request: ConsoleRequest, rented: RentedNumber, form: NumberForm) -> None:
    app_id = form.cleaned_data["application"]
    services.update_number(
        rented=rented,
        actor=request.user,
        alias=form.cleaned_data["alias"],
        application=pick_application(account=request.account, app_id=app_id),
        ip=client_ip(request),
    )


def _detail_page(
    request: ConsoleRequest,
    rented: RentedNumber,
    form: NumberForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"rented": rented, "stock": rented.stock, "form": form, "refusal": refusal}
    return render_page(request, "numbers/detail.html", context, status=status)


@writer_required
@require_POST
def number_release(request: ConsoleRequest, number: str) -> HttpResponse:
    """Gives the number back."""
    rented = _fetch(request, number)
    try:
        services.release_number(rented=rented, actor=request.user, ip=client_ip(request))
    except NotFound as error:
        raise Http404 from error
    messages.success(request, f"{display(number)} released")
    return redirect("numbers:list")
