"""The filter bar of the messages page, and the form that sends one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from console.core import randomness
from console.core.message_errors import MESSAGE_ERRORS
from console.core.numbers import display
from console.records.models import Direction
from sandbox.messages import filters
from sandbox.messages.filters import MessageFilter
from sandbox.messages.models import MessageType
from sandbox.messages.states import State

_ANY = ("", "Any")


class MessageFilterForm(forms.Form):
    """Shows a filter and the sentences about what could not be read; reading is `filters.read`."""

    since = forms.CharField(label="From", required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.CharField(label="To", required=False, widget=forms.DateInput({"type": "date"}))
    number = forms.CharField(label="Number", required=False, max_length=64)
    state = forms.ChoiceField(label="State", required=False, choices=[_ANY, *State.choices])
    direction = forms.ChoiceField(
        label="Direction", required=False, choices=[_ANY, *Direction.choices]
    )
    type = forms.ChoiceField(label="Type", required=False, choices=[_ANY, *MessageType.choices])
    error = forms.ChoiceField(
        label="Error",
        required=False,
        choices=[_ANY, *((str(code), f"{code} {why}") for code, why in MESSAGE_ERRORS.items())],
    )

    def __init__(self, data: Any, *, wanted: MessageFilter) -> None:
        super().__init__(data or None)
        self.fields["number"].widget.attrs |= {"inputmode": "tel", "placeholder": "+1415…"}
        if self.is_bound:
            self.cleaned_data = {}
            self._errors = ErrorDict()
            for name, sentence in wanted.errors.items():
                self.add_error(name, sentence)


def query_of(data: Any) -> dict[str, str]:
    """The filter's own words of a query string, for links that keep it."""
    return {name: data[name] for name in filters.NAMES if data.get(name)}


class SendForm(forms.Form):
    """A text to one number, from a number of the account."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    src = forms.ChoiceField(label="From", help_text="One of your numbers that can text.")
    dst = forms.CharField(
        label="To",
        max_length=64,
        help_text="A verified sandbox number, one of your own numbers, or an outcome number.",
    )
    text = forms.CharField(
        label="Text",
        max_length=1700,
        widget=forms.Textarea({"rows": 4}),
        help_text="160 characters make one part; with an emoji or another script, 70.",
    )

    def __init__(self, data: Any = None, *, numbers: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("form_key", str(randomness.new_uuid()))
        super().__init__(data, **kwargs)
        choice = self.fields["src"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            (number, f"{display(number)} – {alias}" if alias else display(number))
            for number, alias in numbers
        ]
        self.fields["dst"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}
