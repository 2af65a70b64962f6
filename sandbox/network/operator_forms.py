"""Forms of staff about the network."""

from __future__ import annotations

from django import forms

from sandbox.network.models import Carrier, CarrierHealth

_PREFIX = r"^\+[1-9]?[0-9]{0,14}\Z"


def _prefix() -> forms.RegexField:
    return forms.RegexField(
        _PREFIX, label="Prefix", max_length=16, help_text="+ and digits; + alone is everywhere."
    )


def _dollars(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=9, decimal_places=5)


class CarrierForm(forms.Form):
    """A carrier."""

    code = forms.RegexField(r"^[a-z][a-z0-9-]{1,15}\Z", label="Code", max_length=16)
    name = forms.CharField(label="Name", max_length=48)
    health = forms.ChoiceField(label="Health", choices=CarrierHealth.choices)
    capacity = forms.IntegerField(
        label="Capacity", min_value=0, max_value=1_000_000, help_text="Calls at a time."
    )
    fault_percent = forms.IntegerField(
        label="Fails on purpose",
        min_value=0,
        max_value=100,
        initial=0,
        help_text="Of 100 simulated calls so many fail here and go over the next carrier.",
    )


class RouteForm(forms.Form):
    """A way of a prefix over a carrier."""

    prefix = _prefix()  # type: ignore[assignment]  # Django takes fields out of the class
    carrier = forms.ModelChoiceField(label="Carrier", queryset=Carrier.objects.order_by("name"))
    priority = forms.IntegerField(label="Priority", min_value=1, max_value=99, initial=1)
    weight = forms.IntegerField(
        label="Weight",
        min_value=1,
        max_value=1000,
        initial=1,
        help_text="How carriers of one priority share the calls.",
    )
    cost = _dollars("Cost a minute")


class RateForm(forms.Form):
    """What customers pay for a prefix, in US dollars."""

    prefix = _prefix()  # type: ignore[assignment]  # Django takes fields out of the class
    name = forms.CharField(label="Name", max_length=48)
    country = forms.RegexField(r"^[A-Z]{2}\Z", label="Country code", required=False, max_length=2)
    outbound = _dollars("Outbound a minute")
    inbound = _dollars("Inbound a minute")
    message = _dollars("One message part")
    increment = forms.IntegerField(
        label="Billed in steps of seconds", min_value=1, max_value=3600, initial=60
    )
