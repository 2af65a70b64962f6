"""The form of an application. It checks shape; the service checks meaning."""

from __future__ import annotations

import uuid
from typing import Any, Final, cast

from django import forms

from console.applications.models import (
    LONGEST_NAME,
    LONGEST_URL,
    METHODS,
    URLS,
    Application,
    Method,
)
from console.applications.services import Fields

_AS_KEPT: Final = (
    "name",
    *URLS,
    *METHODS,
    "default_number_app",
    "default_endpoint_app",
    "public_uri",
)


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


def _check(label: str, help_text: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def _method(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=Method.choices,
        required=False,
        error_messages={"invalid_choice": "Choose POST or GET."},
    )


class ApplicationForm(forms.Form):
    """Name, four URLs with their methods, what it is the default for, who calls it, what is kept.

    `hide_incoming_messages` is `log_incoming_messages` of the API turned round: nobody who leaves
    a box alone finds texts gone from the records.
    """

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    answer_url = _url("Answer URL", "Asked for XML when a call comes in.", required=True)
    answer_method = _method("Answer method")
    fallback_answer_url = _url("Fallback URL", "Asked instead when the answer URL fails.")
    fallback_method = _method("Fallback method")
    hangup_url = _url("Hangup URL", "Told when a call ends. Empty: the answer URL is told.")
    hangup_method = _method("Hangup method")
    message_url = _url("Message URL", "Told when a message comes in.")
    message_method = _method("Message method")
    default_number_app = _check("Give it to new numbers")
    default_endpoint_app = _check("Give it to new endpoints")
    public_uri = _check(
        "Let anyone call its SIP URI",
        "Also phones that are not yours. The simulated network has none, so there it changes"
        " nothing.",
    )
    hide_incoming_messages = _check(
        "Hide incoming messages",
        "Records, downloads and logs then have neither the text nor the sender's whole number."
        " Your Message URL is still told both.",
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    @staticmethod
    def shown(application: Application) -> dict[str, Any]:
        """What the form begins with for an application that is there."""
        kept = {name: getattr(application, name) for name in _AS_KEPT}
        return kept | {"hide_incoming_messages": not application.log_incoming_messages}

    def fields_given(self) -> Fields:
        """What the services take; an absent method is POST."""
        values = {name: self.cleaned_data[name] for name in _AS_KEPT}
        for name in METHODS:
            values[name] = values[name] or Method.POST
        values["log_incoming_messages"] = not self.cleaned_data["hide_incoming_messages"]
        return cast(Fields, values)
