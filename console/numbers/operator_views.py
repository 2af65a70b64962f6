"""Staff: the number stock."""

from __future__ import annotations

from typing import cast

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.accounts.decorators import staff_required
from console.accounts.models import User
from console.core import staff
from console.core.countries import country_name
from console.core.numbers import display
from console.core.staff import Deed, Page, Row
from console.numbers import operating
from console.numbers.models import DidType, StockNumber

SHOWN = 50


class StockForm(forms.Form):
    """A number to put on sale."""

    number = forms.CharField(label="Number", max_length=32, help_text="With + and country code.")
    type = forms.ChoiceField(label="Type", choices=DidType.choices)
    monthly_rate = forms.DecimalField(
        label="US dollars a month", min_value=0, max_digits=9, decimal_places=5
    )
    setup_rate = forms.DecimalField(
        label="US dollars once", min_value=0, max_digits=9, decimal_places=5, initial=0
    )
    voice = forms.BooleanField(label="Takes calls", required=False, initial=True)
    sms = forms.BooleanField(label="Takes texts", required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def stock(request: HttpRequest) -> HttpResponse:
    """Numbers on sale, rented and withdrawn, from a number on; the form that adds one."""
    if request.method == "POST" and "offered" in request.POST:
        number, offered = request.POST.get("number", ""), request.POST["offered"] == "1"
        return staff.act(
            request,
            lambda: operating.offer(actor=_who(request), number=number, offered=offered),
            then="numbers:operator-stock",
            said="It is on sale." if offered else "It is withdrawn.",
        )
    form = StockForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = staff.save(
            request,
            form,
            lambda: operating.add_stock(actor=_who(request), **form.cleaned_data),
            then="numbers:operator-stock",
            said="The number is on sale.",
        )
        if done:
            return done
    return staff.show(request, _page(request, form), status=400 if form.errors else 200)


def _page(request: HttpRequest, form: StockForm) -> Page:
    rented = Count("rentals", filter=Q(rentals__released_at=None))
    found = StockNumber.objects.annotate(rented=rented).order_by("number")
    after = request.GET.get("after", "")
    rows = list(found.filter(number__gt=after)[: SHOWN + 1] if after else found[: SHOWN + 1])
    more = f"?after=%2B{rows[SHOWN - 1].number[1:]}" if len(rows) > SHOWN else ""
    counts = StockNumber.objects.filter(available=True).order_by().values_list("country")
    left = ", ".join(
        f"{country_name(country)} {count}"
        for country, count in sorted(counts.annotate(Count("pk")))
    )
    return Page(
        title="Number stock",
        lead=f"On sale: {left or 'nothing'}.",
        head=("Number", "Country", "Type", "A month", "Once", "State"),
        figures=frozenset({3, 4}),
        rows=[_row(one) for one in rows[:SHOWN]],
        form=form,
        form_title="Put a number on sale",
        more=more,
        note="In order of their numbers",
    )


def _row(one: StockNumber) -> Row:
    rented = bool(getattr(one, "rented", 0))
    state = "Rented" if rented else ("On sale" if one.available else "Withdrawn")
    values = {"number": one.number, "offered": "0" if one.available else "1"}
    label = "Withdraw" if one.available else "Offer"
    deeds = [] if rented else [Deed(label, reverse("numbers:operator-stock"), values)]
    prices = (f"{price:.2f}" for price in (one.monthly_rate, one.setup_rate))
    cells = (display(one.number), one.country_name, one.get_type_display(), *prices, state)
    return Row(cells, deeds=deeds)


def _who(request: HttpRequest) -> User:
    return cast(User, request.user)
