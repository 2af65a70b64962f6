"""Forms of the log of webhooks: they check shape, the services check meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from sandbox.webhooks.models import DeliveryState, Purpose
from sandbox.webhooks.selectors import DeliveryFilter

LONGEST_URL = 2048
_OUTCOMES = [
    ("", "All"),
    (DeliveryState.DELIVERED, "Delivered"),
    (DeliveryState.FAILED, "Failed"),
    (DeliveryState.DEAD, "Given up"),
    (DeliveryState.SENDING, "Under way"),
]
_METHODS = [("POST", "POST"), ("GET", "GET")]
_TYPED = {"autocomplete": "off", "spellcheck": "false"}


def _moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Write a date and time such as 2026-03-02 14:30."},
    )


def url_field(*, required: bool = True) -> forms.CharField:
    """A URL of a customer's, taken as it is written."""
    return forms.CharField(
        label="URL",
        required=required,
        max_length=LONGEST_URL,
        widget=forms.TextInput({"inputmode": "url", **_TYPED}),
        error_messages={"required": "Enter the URL."},
    )


class DeliveryFilterForm(forms.Form):
    """Which tries to list; times are in the account's zone."""

    outcome = forms.ChoiceField(label="Result", choices=_OUTCOMES, required=False)
    purpose = forms.ChoiceField(
        label="Purpose", choices=[("", "All"), *Purpose.choices], required=False
    )
    url = forms.CharField(
        label="Part of the URL",
        required=False,
        max_length=200,
        widget=forms.TextInput({"placeholder": "/answer/", **_TYPED}),
    )
    call_uuid = forms.UUIDField(
        label="Call UUID",
        required=False,
        error_messages={"invalid": "A call UUID looks like 7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e."},
    )
    since = _moment("From")
    until = _moment("To")

    def __init__(self, data: Any, *, zone: str = "UTC") -> None:
        super().__init__(data)
        self._zone = ZoneInfo(zone)

    def wanted(self) -> DeliveryFilter | None:
        """The filter asked for; None when a field cannot be read."""
        with timezone.override(self._zone):
            if not self.is_valid():
                return None
        return DeliveryFilter(**self.cleaned_data)

    def clean(self) -> None:
        """An end before the beginning is refused beside the end."""
        since: datetime | None = self.cleaned_data.get("since")
        until: datetime | None = self.cleaned_data.get("until")
        if since and until and since >= until:
            self.add_error("until", "The end must be after the beginning.")


class StoppedUrlForm(forms.Form):
    """Which stopped URL to use again."""

    url = forms.CharField(max_length=LONGEST_URL)


class ReplayForm(forms.Form):
    """Where a request goes this time, and with which parameters: one a line, `Name=value`."""

    url = url_field()
    method = forms.ChoiceField(label="Method", choices=_METHODS)
    params = forms.CharField(
        label="Parameters",
        required=False,
        max_length=60_000,
        strip=False,
        widget=forms.Textarea({"rows": 10, **_TYPED}),
        help_text="One a line: Name=value. Write \\n for a line break inside of a value.",
    )

    def clean_params(self) -> dict[str, str]:
        """The parameters by name; refuses a line without an equals sign."""
        found: dict[str, str] = {}
        for line in self.cleaned_data["params"].splitlines():
            if not line.strip():
                continue
            name, sign, value = line.partition("=")
            if not sign or not name.strip():
                raise forms.ValidationError(f"This line is no Name=value: {line[:60]}")
            found[name.strip()] = unescaped(value)
        return found


def escaped(value: str) -> str:
    """A value as it stands on one line of the form."""
    doubled = value.replace("\\", "\\\\")
    return doubled.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\r")


def unescaped(line: str) -> str:
    """The value that a line of the form means."""
    out, signs = [], iter(line)
    for sign in signs:
        if sign == "\\":
            sign = {"n": "\n", "r": "\r"}.get(nxt := next(signs, "\\"), nxt)
        out.append(sign)
    return "".join(out)


class SignatureForm(forms.Form):
    """What a receiver saw of a request."""

    method = forms.ChoiceField(label="Method", choices=_METHODS)
    url = url_field()
    headers = forms.CharField(
        label="Headers",
        max_length=8000,
        widget=forms.Textarea({"rows": 4, **_TYPED}),
        help_text="Paste them all, or the lines of X-Plivo-Signature-V3 and its nonce.",
        error_messages={"required": "Paste the headers that hold signature and nonce."},
    )
    body = forms.CharField(
        label="Body or parameters",
        required=False,
        max_length=60_000,
        strip=False,
        widget=forms.Textarea({"rows": 6, **_TYPED}),
        help_text="As it arrived (From=%2B1415…&To=…), as JSON, or a line each: From=+1415…",
    )
