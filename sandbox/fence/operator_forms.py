"""Forms of staff about the fence."""

from __future__ import annotations

from django import forms
from django.conf import settings

from console.core.countries import country_name
from sandbox.fence.operating import KNOBS


def _figure(label: str, high: int, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=high, help_text=help_text)


class PolicyForm(forms.Form):
    """Every knob of the trial policy."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    verified_numbers = _figure("Sandbox numbers an account", 100)
    accounts_per_number = _figure("Accounts that may prove one number", 20)
    verified_days = _figure("A verification lasts, days", 365)
    concurrent_calls = _figure("Calls at a time", 1000)
    call_seconds = _figure("Longest call, seconds", 14_400)
    calls_a_second = _figure("New calls a second", 100)
    rented_numbers = _figure("DIDs", 1000)
    applications = _figure("Applications", 1000)
    endpoints = _figure("Endpoints", 1000)
    credit = forms.DecimalField(
        label="Credit at the start, US dollars", min_value=0, max_value=1000, decimal_places=5
    )
    regions = forms.MultipleChoiceField(
        label="Countries",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: all that this installation opens.",
    )
    verified_caller_ids = forms.BooleanField(
        label="Verified numbers may be shown as caller ID", required=False
    )
    note = forms.CharField(label="Why", max_length=200, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as given
        field = self.fields["regions"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one, country_name(one)) for one in sorted(settings.REGIONS)]

    def knobs(self) -> dict[str, object]:
        """The values of a form that holds."""
        return {name: self.cleaned_data[name] for name in KNOBS}


class PrefixForm(forms.Form):
    """A range that is closed, or an exception in one."""

    prefix = forms.RegexField(  # type: ignore[assignment]  # Django takes fields out of the class
        r"^\+[1-9][0-9]{0,14}\Z", label="Prefix", max_length=16, help_text="+ and digits"
    )
    reason = forms.CharField(
        label="Reason", max_length=120, help_text="Who is refused reads it: used for fraud"
    )
    source = forms.CharField(label="Source", max_length=120, required=False)
    days = forms.IntegerField(
        label="For days", min_value=1, max_value=3650, required=False, help_text="Empty: for good."
    )
    opened = forms.BooleanField(label="An exception: this range is open", required=False)
