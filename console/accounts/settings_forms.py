"""Forms of the settings pages: shape only, the services decide."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from console.accounts.models import Account, Role
from console.core.countries import COUNTRIES


@cache
def _zones() -> str:
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/")
    named = sorted(zone for zone in available_timezones() if zone.startswith(areas))
    return _options([("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)])


@cache
def _countries() -> str:
    by_name = sorted((name, code) for code, name in COUNTRIES.items())
    return _options([(code, name) for name, code in by_name])


def _options(pairs: list[tuple[str, str]]) -> str:
    return format_html_join("", '<option value="{}">{}</option>', pairs)


class LongSelect(forms.Widget):
    """A select whose hundreds of options are drawn once a process, not once a page."""

    def __init__(self, options: Callable[[], str]) -> None:
        super().__init__()
        self.options = options

    def render(
        self,
        name: str,
        value: object,
        attrs: dict[str, Any] | None = None,
        renderer: object = None,
    ) -> SafeString:
        """The select with its options, the present one chosen."""
        chosen = format_html('<option value="{}"', value)
        drawn = self.options().replace(chosen, chosen + " selected", 1)
        every = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, every, mark_safe(drawn))  # noqa: S308 - of format_html_join


class AccountForm(forms.Form):
    """Name, time zone and country of the account; the service knows which zones there are."""

    name = forms.CharField(max_length=80, label="Name")
    time_zone = forms.CharField(
        label="Time zone",
        max_length=48,
        help_text="Pages and call records show times in it.",
        widget=LongSelect(_zones),
    )
    region = forms.CharField(
        label="Country",
        max_length=2,
        help_text="Numbers without a country code are read as numbers of it.",
        widget=LongSelect(_countries),
    )

    def __init__(self, data: QueryDict | None = None, *, account: Account) -> None:
        initial = {name: getattr(account, name) for name in ("name", "time_zone", "region")}
        super().__init__(data, initial=initial)


class YourNameForm(forms.Form):
    """What others of the account see."""

    name = forms.CharField(max_length=80, label="Name", required=False)


class RotateForm(forms.Form):
    """How long the old token lives on."""

    grace_hours = forms.TypedChoiceField(
        label="The old token",
        coerce=int,
        choices=[
            (24, "works for another 24 hours"),
            (72, "works for another 3 days"),
            (1, "works for another hour"),
            (0, "stops at once"),
        ],
    )


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(choices=Role.choices, label="Role")


class InviteForm(RoleForm):
    """Whom to invite, as what."""

    email = forms.EmailField(max_length=254, label="Email")
    field_order = ("email", "role")

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"role": Role.DEVELOPER})


class SubaccountForm(forms.Form):
    """A subaccount's name; the service says which names there are."""

    name = forms.CharField(
        max_length=80, label="Name", help_text="Only you see it: a customer, a branch."
    )


class NewSubaccountForm(SubaccountForm):
    """The same for a new one; its key makes one of a form that is sent twice."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


class DeleteSubaccountForm(forms.Form):
    """What becomes of its objects."""

    objects = forms.ChoiceField(
        label="Its applications, endpoints and numbers",
        choices=[("move", "move to the main account"), ("delete", "are deleted too")],
        initial="move",
        widget=forms.RadioSelect,
    )
