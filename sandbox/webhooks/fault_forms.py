"""The forms of fault settings: of an application, and of a sender that has none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from sandbox.webhooks.chaos import Fault
from sandbox.webhooks.faults import AnySetting, Wanted
from sandbox.webhooks.models.faults import LONGEST_DELAY_MS

_STATUSES = (400, 401, 403, 404, 429, 500, 502, 503, 504)
_LASTING = [("15", "15 minutes"), ("60", "1 hour"), ("480", "8 hours"), ("1440", "24 hours")]


def _flag(label: str, help_text: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=help_text)


class FaultForm(forms.Form):
    """What goes wrong, with how many tries, and for how long."""

    share = forms.IntegerField(
        label="Share of requests",
        min_value=1,
        max_value=100,
        initial=100,
        help_text="In percent. Drawn anew for each try.",
    )
    lasting = forms.ChoiceField(label="Ends by itself after", choices=_LASTING, initial="60")
    fetches = forms.BooleanField(
        label="Requests for XML", required=False, initial=True,
        help_text="Answer, fallback, action, redirect, sounds, incoming messages.",
    )  # fmt: skip
    notifications = forms.BooleanField(
        label="Notifications", required=False, initial=True,
        help_text="Ring, hangup, dial and room events.",
    )  # fmt: skip
    delay_ms = forms.IntegerField(
        label="Hold the request back",
        required=False,
        min_value=0,
        max_value=LONGEST_DELAY_MS,
        help_text="In milliseconds, at most 30000. Empty: not at all.",
    )
    status = forms.TypedChoiceField(
        label="Answer in your server’s place",
        required=False,
        coerce=int,
        choices=[("", "No, ask my server"), *((code, str(code)) for code in _STATUSES)],
        help_text="Your server is not asked; we take it as if it had answered this status.",
    )
    drop = _flag("Lose the request", "It never arrives, as when a network loses it.")
    double = _flag("Send it twice", "Your server gets every request a second time.")
    corrupt = _flag("Break the XML", "What your server answers is cut off in the middle of a tag.")
    drip = _flag("Let the answer drip", "It arrives at 20 bytes a second, mostly too late.")

    def wanted(self) -> Wanted:
        """What the service takes."""
        given = self.cleaned_data
        return Wanted(
            fault=Fault(
                delay_ms=given["delay_ms"] or 0,
                status=given["status"] or 0,
                drop=given["drop"],
                double=given["double"],
                corrupt=given.get("corrupt", False),
                drip=given["drip"],
            ),
            share=given["share"],
            lasting=timedelta(minutes=int(given["lasting"])),
            fetches=given.get("fetches", False),
            notifications=given.get("notifications", True),
        )


class SenderFaultForm(FaultForm):
    """The same for a sender, which only notifies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("fetches", "notifications", "corrupt"):
            del self.fields[name]


_KEPT = (
    "share", "fetches", "notifications", "delay_ms", "status", "drop", "double", "corrupt", "drip",
)  # fmt: skip


def initial_of(setting: AnySetting | None) -> dict[str, object]:
    """The form filled in with a setting that is on; its defaults for none."""
    if setting is None or not setting.is_on():
        return {}
    values = {name: getattr(setting, name) for name in _KEPT}
    return values | {"delay_ms": setting.delay_ms or None}
