"""Forms of endpoints. They check shape; the services check meaning."""

from __future__ import annotations

import uuid

from django import forms

from console.endpoints.models import LONGEST_ALIAS, LONGEST_NAME

NO_APPLICATION = ("", "No application")


class EndpointForm(forms.Form):
    """Alias and application; the name too while the endpoint is new."""

    username = forms.CharField(
        label="Username",
        max_length=LONGEST_NAME,
        help_text="Letters and digits, a letter first. We add 12 digits, so that it is unique.",
    )
    alias = forms.CharField(
        label="Alias", max_length=LONGEST_ALIAS, help_text="What you call it, such as “Front desk”."
    )
    application = forms.ChoiceField(
        label="Application",
        required=False,
        help_text="Says what happens when this phone calls out.",
        error_messages={"invalid_choice": "Choose an application from the list."},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(
        self, *args: object, applications: list[tuple[str, str]], is_new: bool, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as given
        choices = self.fields["application"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [NO_APPLICATION, *applications]
        if not is_new:
            del self.fields["username"], self.fields["form_key"]
