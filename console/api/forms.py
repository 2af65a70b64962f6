"""Forms of the request log."""

from __future__ import annotations

from django import forms

from console.api.requests import Wanted
from console.core.veil import unveiled


class RequestFilterForm(forms.Form):
    """Which requests are shown; nothing chosen shows all."""

    q = forms.CharField(
        label="Search", required=False, max_length=100, help_text="api_id, path, status or error"
    )
    method = forms.ChoiceField(
        label="Method",
        required=False,
        choices=[("", "Any method"), *((one, one) for one in ("GET", "POST", "DELETE", "PUT"))],
    )
    result = forms.ChoiceField(
        label="Result",
        required=False,
        choices=[("", "Any result"), ("failed", "Refused or failed")],
    )

    def wanted(self, before: str) -> Wanted | None:
        """What the list is to show; None when the form is wrong."""
        if not self.is_valid():
            return None
        given = self.cleaned_data
        return Wanted(
            text=given["q"].strip(),
            method=given["method"],
            failed=given["result"] == "failed",
            before=unveiled(before),
        )
