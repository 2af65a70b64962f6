"""Forms of numbers. They check shape; the services check meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from console.core.countries import country_name
from console.numbers.models import LONGEST_ALIAS, DidType
from console.numbers.search import Capability, Match, StockFilter

NO_APPLICATION = ("", "No application")
_NOT_LISTED = {"invalid_choice": "Choose an application from the list."}


class SearchForm(forms.Form):
    """What the search page asks; its values are read by `search.read`."""

    country = forms.ChoiceField(label="Country")
    type = forms.ChoiceField(label="Type", choices=[("", "Any"), *DidType.choices], required=False)
    digits = forms.CharField(label="Digits", required=False)
    match = forms.ChoiceField(label="Where", choices=Match.choices, required=False)
    capability = forms.ChoiceField(
        label="Capability", choices=[("", "Any"), *Capability.choices], required=False
    )

    def __init__(
        self, given: Mapping[str, str], *, wanted: StockFilter, countries: list[str]
    ) -> None:
        super().__init__({"country": wanted.country, "match": wanted.match} | _given(given))
        select = self.fields["country"]
        assert isinstance(select, forms.ChoiceField)
        names = {country_name(code): code for code in (*countries, wanted.country)}
        select.choices = [(names[name], name) for name in sorted(names)]
        self.cleaned_data: dict[str, Any] = {}
        self._errors = forms.utils.ErrorDict()
        for name, text in wanted.errors.items():
            self.add_error(name, text)


def _given(values: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in values.items() if text}


class NumberForm(forms.Form):
    """Alias and application of a number."""

    alias = forms.CharField(
        label="Alias", max_length=LONGEST_ALIAS, required=False, help_text="What you call it."
    )
    application = forms.ChoiceField(
        label="Application",
        required=False,
        help_text="Says what a call or a message to this number asks.",
        error_messages=_NOT_LISTED,
    )

    def __init__(self, *args: Any, applications: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        select = self.fields["application"]
        assert isinstance(select, forms.ChoiceField)
        select.choices = [NO_APPLICATION, *applications]
