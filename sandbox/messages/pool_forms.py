"""Forms of powerpacks. They check shape; the services check meaning."""

from __future__ import annotations

from typing import Any

from django import forms

from sandbox.messages.models.pools import LONGEST_NAME


class PowerpackForm(forms.Form):
    """The name, how a sender is chosen, and who answers what comes back."""

    name = forms.CharField(
        label="Name", max_length=LONGEST_NAME, help_text="What you call it, such as “Reminders”."
    )
    sticky_sender = forms.BooleanField(
        label="Keep to the number that a receiver knows",
        required=False,
        initial=True,
        help_text="Whoever was texted from one number of the pool gets the next text from it too.",
    )
    local_connect = forms.BooleanField(
        label="Prefer the nearest number",
        required=False,
        initial=True,
        help_text="Of the receiver's country first, then the one that begins most alike.",
    )
    application = forms.ChoiceField(
        label="Application",
        required=False,
        help_text="It is told of texts to numbers of the pool, instead of each number's own.",
        error_messages={"invalid_choice": "Choose an application from the list."},
    )

    def __init__(self, *args: Any, applications: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["application"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "No application"), *applications]
