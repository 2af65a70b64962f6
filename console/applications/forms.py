"""The form of an application. It checks shape; the service checks meaning."""

from __future__ import annotations

import uuid
from typing import cast

from django import forms

from console.applications.models import LONGEST_NAME, LONGEST_URL, Method
from console.applications.services import Fields


def _url(label: str, help_text: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        error_messages={"required": "Enter the URL of your XML."},
        max_length=LONGEST_URL,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        ),
    )


def _method(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=Method.choices,
        required=False,
        error_messages={"invalid_choice": "Choose POST or GET."},
    )


class ApplicationForm(forms.Form):
    """Name, four URLs with their methods, and what the application is the default for."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    answer_url = _url("Answer URL", "Asked for XML when a call comes in.", required=True)
    answer_method = _method("Answer method")
    fallback_answer_url = _url("Fallback URL", "Asked instead when the answer URL fails.")
    fallback_method = _method("Fallback method")
    hangup_url = _url("Hangup URL", "Told when a call ends. Empty: the answer URL is told.")
    hangup_method = _method("Hangup method")
    message_url = _url("Message URL", "Told when a message comes in.")
    message_method = _method("Message method")
    default_number_app = forms.BooleanField(label="Give it to new numbers", required=False)
    default_endpoint_app = forms.BooleanField(label="Give it to new endpoints", required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def fields_given(self) -> Fields:
        """What the services take; an absent method is POST."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "form_key"}
        for name in [name for name in values if name.endswith("_method")]:
            values[name] = values[name] or Method.POST
        return cast(Fields, values)
