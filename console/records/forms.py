"""The filter bar of the calls page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from console.records import filters
from console.records.filters import CallFilter
from console.records.models import CallState, Direction, LegKind

_ANY = ("", "Any")


class CallFilterForm(forms.Form):
    """Shows a filter and the sentences about what could not be read; reading is `filters.read`."""

    since = forms.CharField(label="From", required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.CharField(label="To", required=False, widget=forms.DateInput({"type": "date"}))
    number = forms.CharField(label="Number", required=False, max_length=64)
    direction = forms.ChoiceField(
        label="Direction", required=False, choices=[_ANY, *Direction.choices]
    )
    leg = forms.ChoiceField(label="Leg", required=False, choices=[_ANY, *LegKind.choices])
    state = forms.ChoiceField(
        label="Result", required=False, choices=[_ANY, *CallState.choices[:-1]]
    )
    cause = forms.CharField(label="Hangup cause", required=False, max_length=5)
    application = forms.ChoiceField(label="Application", required=False)

    def __init__(
        self, data: Any, *, wanted: CallFilter, applications: list[tuple[str, str]]
    ) -> None:
        super().__init__(data or None)
        choice = self.fields["application"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [_ANY, *applications]
        self.fields["cause"].widget.attrs |= {"inputmode": "numeric", "placeholder": "4000"}
        self.fields["number"].widget.attrs |= {"inputmode": "tel", "placeholder": "+1415…"}
        if self.is_bound:
            self.cleaned_data = {}
            self._errors = ErrorDict()
            for name, sentence in wanted.errors.items():
                self.add_error(name, sentence)


def query_of(wanted: CallFilter, data: Any) -> dict[str, str]:
    """The filter's own words of a query string, for links that keep it."""
    return {name: data[name] for name in filters.NAMES if data.get(name)}
