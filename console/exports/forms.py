"""The form of a new export. It checks shape; the service checks meaning."""

from __future__ import annotations

from typing import Any

from django import forms

from console.exports.models import Compression, Format
from console.exports.recipes import Recipe
from console.records.columns import Phones

_PHONES = [
    (Phones.E164, "With the plus: +14155550100"),
    (Phones.DIGITS, "Digits only: 14155550100"),
    (Phones.TEXT, "As text for spreadsheets: '+14155550100"),
]


class ExportForm(forms.Form):
    """How the file is written; what is in it comes from the list's filter."""

    format = forms.ChoiceField(
        label="Format",
        choices=Format.choices,
        help_text="CSV opens in a spreadsheet; JSON Lines holds one object a line, for programs.",
    )
    compression = forms.ChoiceField(
        label="Compression",
        choices=Compression.choices,
        help_text="gzip makes the file about ten times smaller.",
    )
    phones = forms.ChoiceField(label="Phone numbers", choices=_PHONES)
    bom = forms.BooleanField(
        label="Mark the file as UTF-8",
        required=False,
        help_text="Some spreadsheets need the mark to show names in other scripts. CSV only.",
    )
    columns = forms.MultipleChoiceField(
        label="Columns",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked means all of them.",
    )

    def __init__(self, data: Any = None, *, recipe: Recipe) -> None:
        super().__init__(data)
        choice = self.fields["columns"]
        assert isinstance(choice, forms.MultipleChoiceField)
        choice.choices = [(column.name, column.name) for column in recipe.columns]
