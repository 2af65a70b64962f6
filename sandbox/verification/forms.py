"""Forms of the sandbox numbers. How a number or a code must look is for the services to say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from console.accounts.models import Account
from console.core.countries import country_name
from sandbox.verification.prompts import CHOICES as LANGUAGES


def language_field() -> forms.ChoiceField:
    """In which language a call says the code (OTP-15)."""
    return forms.ChoiceField(
        label="Language of a call",
        required=False,
        choices=[("", "The country's language"), *LANGUAGES],
    )


class SendForm(forms.Form):
    """How another code is sent, beside which button was pressed."""

    language = language_field()


class AddNumberForm(forms.Form):
    """A phone to prove: in international form, or in national form with its country.

    `confirmed` holds the canonical number that the page has shown (NUM-04).
    """

    number = forms.CharField(
        label="Phone number",
        strip=False,
        help_text="With + and the country code, or choose the country below.",
        error_messages={"required": "Enter a phone number, such as +1 202 555 0142."},
    )
    region = forms.ChoiceField(label="Country", required=False)
    language = language_field()
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted((country_name(code), code) for code in {*settings.REGIONS, account.region})
        choices = [("", "The number begins with +"), *((code, name) for name, code in names)]
        self.fields["region"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class _CodeInput(forms.TextInput):
    """An input that never shows again what was typed: a refused code is of no more use."""

    def format_value(self, value: Any) -> None:
        """Nothing."""


class CodeForm(forms.Form):
    """A code that came by SMS or call; room for a pasted one with spaces."""

    code = forms.CharField(
        label="Code",
        strip=False,
        error_messages={"required": "Enter the six digits of the code."},
        widget=_CodeInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "maxlength": "20",
                "class": "is-code",
                "spellcheck": "false",
            }
        ),
    )
