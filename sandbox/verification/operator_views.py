"""Staff: kill switches of verification (OTP-20)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts.decorators import staff_required
from console.accounts.models import User
from console.core import clock, staff
from console.core.countries import is_country
from console.core.staff import Deed, Page, Row
from sandbox.verification import switches
from sandbox.verification.models import KillSwitch, SwitchScope

_CHANNELS = ("sms", "call")


class SwitchForm(forms.Form):
    """What is to stop, why, and for how long."""

    scope = forms.ChoiceField(label="Stop", choices=SwitchScope.choices)
    value = forms.CharField(
        label="Which",
        max_length=8,
        required=False,
        help_text="A country code such as GB, or sms or call; nothing for everything.",
    )
    reason = forms.CharField(label="Reason", max_length=120)
    until_hours = forms.IntegerField(
        label="For hours",
        min_value=1,
        max_value=720,
        required=False,
        help_text="Until you lift it, when empty.",
    )

    def clean(self) -> dict[str, Any]:
        """The value must be one of its scope's."""
        given = super().clean() or self.cleaned_data
        scope, value = given.get("scope"), given.get("value", "").strip()
        fits = {
            SwitchScope.EVERYTHING: not value,
            SwitchScope.REGION: is_country(value.upper()),
            SwitchScope.CHANNEL: value.lower() in _CHANNELS,
        }
        if scope and not fits[SwitchScope(scope)]:
            self.add_error("value", "This is not one that can be stopped.")
        lower = scope == SwitchScope.CHANNEL
        given["value"] = value.lower() if lower else value.upper()
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def kill_switches(request: HttpRequest) -> HttpResponse:
    """What is stopped now, and the form that stops more; it takes hold at once."""
    form = SwitchForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = staff.save(
            request,
            form,
            lambda: switches.throw_switch(actor=_who(request), **form.cleaned_data),
            then="verification:operator-switches",
            said="Verification is paused there.",
        )
        if done:
            return done
    page = Page(
        title="Kill switches",
        lead="Stop verification for everybody, a channel or a country; pages say so.",
        head=("Scope", "Which", "Reason", "By", "Until"),
        rows=[_row(one) for one in KillSwitch.objects.order_by("scope", "value")],
        form=form,
        form_title="Pause verification",
        button="Pause",
        empty="Nothing is paused.",
    )
    return staff.show(request, page, status=400 if form.errors else 200)


def _row(one: KillSwitch) -> Row:
    until = "lifted by hand" if one.until is None else f"{one.until:%Y-%m-%d %H:%M} UTC"
    if one.until is not None and one.until <= clock.now():
        until = "over"
    by = "the breaker" if one.automatic else "staff"
    values = {"scope": one.scope, "value": one.value}
    deed = Deed("Lift", reverse("verification:operator-switch-lift"), values)
    return Row((one.get_scope_display(), one.value or "–", one.reason, by, until), deeds=[deed])


@require_POST
@staff_required
def lift(request: HttpRequest) -> HttpResponse:
    """Lets verification go on."""
    scope, value = request.POST.get("scope", ""), request.POST.get("value", "")
    return staff.act(
        request,
        lambda: switches.lift_switch(actor=_who(request), scope=scope, value=value),
        then="verification:operator-switches",
        said="Verification goes on there.",
    )


def _who(request: HttpRequest) -> User:
    return cast(User, request.user)
