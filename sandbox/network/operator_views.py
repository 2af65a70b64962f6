"""Staff: carriers, routes, rates, POPs."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts.decorators import staff_required
from console.accounts.models import User
from console.core import staff
from console.core.staff import Deed, Page, Row
from sandbox.network import operating
from sandbox.network.models import Carrier, Pop, Rate, Route
from sandbox.network.operator_forms import CarrierForm, RateForm, RouteForm
from sandbox.network.usage import Measured, measured

_BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(_BOTH)
@staff_required
def carriers(request: HttpRequest) -> HttpResponse:
    """Every carrier with its figures of the last 24 hours, and the form that adds one."""
    return _carrier_page(request, None)


@require_http_methods(_BOTH)
@staff_required
def carrier(request: HttpRequest, code: str) -> HttpResponse:
    """One carrier: health, capacity, faults on purpose."""
    found = Carrier.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return _carrier_page(request, found)


def _carrier_page(request: HttpRequest, found: Carrier | None) -> HttpResponse:
    names = ("code", "name", "health", "capacity", "fault_percent")
    initial = {name: getattr(found, name) for name in names} if found else {"capacity": 100}
    form = CarrierForm(_posted(request), initial=initial)
    if found is not None:
        form.fields["code"].disabled = True
    if form.is_bound:
        done = staff.save(
            request,
            form,
            lambda: operating.save_carrier(actor=_who(request), **form.cleaned_data),
            then="network:operator-carriers",
            said="Saved.",
        )
        if done:
            return done
    page = Page(
        title=found.name if found else "Carriers",
        lead="Measured from the legs of the last 24 hours: NER leaves out what people do, ASR not.",
        head=() if found else ("Carrier", "Health", "Calls", "Capacity", "Attempts", "NER", "ASR"),
        figures=frozenset({2, 3, 4, 5, 6}),
        rows=() if found else [_carrier_row(one) for one in measured()],
        form=form,
        form_title="Change" if found else "Add a carrier",
        back=("Carriers", reverse("network:operator-carriers")) if found else None,
    )
    return staff.show(request, page, status=400 if form.errors else 200)


def _carrier_row(one: Measured) -> Row:
    carrier = one.carrier
    health = carrier.get_health_display()
    if carrier.fault_percent:
        health = f"{health}, fails {carrier.fault_percent} %"
    ratios = ["–" if value is None else f"{value:.1f} %" for value in (one.ner, one.asr)]
    cells = [carrier.name, health, one.living, carrier.capacity, one.attempts, *ratios]
    return Row(cells, url=reverse("network:operator-carrier", args=[carrier.code]))


@require_http_methods(_BOTH)
@staff_required
def routes(request: HttpRequest) -> HttpResponse:
    """The route table; a prefix and carrier that are there are changed."""
    form = RouteForm(_posted(request))
    if form.is_bound:
        done = staff.save(
            request,
            form,
            lambda: operating.save_route(actor=_who(request), **form.cleaned_data),
            then="network:operator-routes",
            said="Saved.",
        )
        if done:
            return done
    found = Route.objects.select_related("carrier").order_by("prefix", "priority", "-weight")
    page = Page(
        title="Routes",
        lead="The longest prefix decides; then the lowest priority, shared by weight.",
        head=("Prefix", "Priority", "Weight", "Carrier", "Cost a minute"),
        figures=frozenset({1, 2, 4}),
        rows=[_route_row(one) for one in found[:500]],
        form=form,
        form_title="Add or change a route",
    )
    return staff.show(request, page, status=400 if form.errors else 200)


def _route_row(one: Route) -> Row:
    deed = Deed("Remove", reverse("network:operator-route-remove", args=[one.pk]), danger=True)
    cells = (one.prefix, one.priority, one.weight, one.carrier.name, f"{one.cost:.5f}")
    return Row(cells, deeds=[deed])


@require_POST
@staff_required
def route_remove(request: HttpRequest, route_id: int) -> HttpResponse:
    """Takes a route away."""
    return staff.act(
        request,
        lambda: operating.remove_route(actor=_who(request), route_id=route_id),
        then="network:operator-routes",
        said="Removed.",
    )


@require_http_methods(_BOTH)
@staff_required
def rates(request: HttpRequest) -> HttpResponse:
    """The sell rates; a prefix that is there is changed."""
    form = RateForm(_posted(request))
    if form.is_bound:
        done = staff.save(
            request,
            form,
            lambda: operating.save_rate(actor=_who(request), **form.cleaned_data),
            then="network:operator-rates",
            said="Saved.",
        )
        if done:
            return done
    page = Page(
        title="Rates",
        lead="What customers pay, in US dollars. Legs that have begun keep their rate.",
        head=("Prefix", "Name", "Outbound", "Inbound", "Message", "Step, s"),
        figures=frozenset({2, 3, 4, 5}),
        rows=[_rate_row(one) for one in Rate.objects.order_by("prefix")[:500]],
        form=form,
        form_title="Add or change a rate",
    )
    return staff.show(request, page, status=400 if form.errors else 200)


def _rate_row(one: Rate) -> Row:
    url = reverse("network:operator-rate-remove", args=[one.pk])
    prices = (f"{price:.5f}" for price in (one.outbound, one.inbound, one.message))
    deeds = [] if one.prefix == "+" else [Deed("Remove", url, danger=True)]
    return Row((one.prefix, one.name, *prices, one.increment), deeds=deeds)


@require_POST
@staff_required
def rate_remove(request: HttpRequest, rate_id: int) -> HttpResponse:
    """Takes a rate away."""
    return staff.act(
        request,
        lambda: operating.remove_rate(actor=_who(request), rate_id=rate_id),
        then="network:operator-rates",
        said="Removed.",
    )


@require_http_methods(_BOTH)
@staff_required
def pops(request: HttpRequest) -> HttpResponse:
    """POPs; one that is closed serves no new leg."""
    if request.method == "POST":
        code, opened = request.POST.get("code", ""), request.POST.get("open") == "1"
        return staff.act(
            request,
            lambda: operating.open_pop(actor=_who(request), code=code, opened=opened),
            then="network:operator-pops",
            said="The POP is open." if opened else "The POP is closed.",
        )
    page = Page(
        title="POPs",
        lead="The nearest open POP serves a leg; close one for maintenance.",
        head=("POP", "Place", "Country", "Continent", "State"),
        rows=[_pop_row(one) for one in Pop.objects.all()],
    )
    return staff.show(request, page)


def _pop_row(one: Pop) -> Row:
    values = {"code": one.code, "open": "0" if one.open else "1"}
    deed = Deed("Close" if one.open else "Open", reverse("network:operator-pops"), values)
    state = "Open" if one.open else "Closed"
    return Row((one.code, one.name, one.country, one.continent, state), deeds=[deed])


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _who(request: HttpRequest) -> User:
    return cast(User, request.user)
