"""The form of a handset's script: the common case of what sandbox-api.md lets scripts say."""

from __future__ import annotations

from typing import Any

from django import forms

from sandbox.network.models import HandsetScript, OnRing
from sandbox.network.scripting import LONGEST_WAIT

_BY_HAND = ""
_CHOICES = (
    (_BY_HAND, "Wait for me"),
    (OnRing.ANSWER, "Answer"),
    (OnRing.REJECT, "Reject"),
    (OnRing.BUSY, "Be busy"),
)


def _seconds(label: str, *, initial: float | None = None, help_text: str = "") -> forms.FloatField:
    return forms.FloatField(
        label=label,
        min_value=0,
        max_value=LONGEST_WAIT,
        required=False,
        initial=initial,
        help_text=help_text,
    )


class ScriptForm(forms.Form):
    """What the phone does when it rings, and after it has answered."""

    on_ring = forms.ChoiceField(label="When it rings", choices=_CHOICES, required=False)
    after = _seconds("After seconds", initial=2)
    digits = forms.RegexField(
        r"^[0-9*#]{1,32}\Z",
        label="Then press",
        required=False,
        strip=True,
        help_text="Keys 0 to 9, * and #. Leave it empty to press none.",
        error_messages={"invalid": "Press 1 to 32 keys of 0 to 9, * and #."},
    )
    digits_after = _seconds("Seconds before the keys", initial=2)
    hangup_after = _seconds(
        "Hang up after seconds", help_text="Counted from the step before. Empty: it stays."
    )

    def clean(self) -> dict[str, Any]:
        """Keys and hanging up need a phone that answers."""
        given = super().clean() or {}
        wants_more = given.get("digits") or given.get("hangup_after") is not None
        if wants_more and given.get("on_ring") != OnRing.ANSWER:
            self.add_error("on_ring", "Only a phone that answers can press keys or hang up.")
        return given

    def steps(self) -> list[dict[str, object]]:
        """`then` as the service takes it; only for a valid form."""
        given = self.cleaned_data
        steps: list[dict[str, object]] = []
        if given["digits"]:
            steps.append({"after": given["digits_after"] or 0, "digits": given["digits"]})
        if given["hangup_after"] is not None:
            steps.append({"after": given["hangup_after"], "hangup": True})
        return steps


def initial_of(script: HandsetScript | None) -> dict[str, object]:
    """The form's values for a script; what the form cannot say is left out."""
    if script is None:
        return {}
    values: dict[str, object] = {"on_ring": script.on_ring, "after": script.after}
    for step in script.then[:2]:
        if "digits" in step:
            values |= {"digits": step["digits"], "digits_after": step["after"]}
        else:
            values["hangup_after"] = step["after"]
    return values


def fits(script: HandsetScript) -> bool:
    """Whether the form shows the whole script; one that was made over the API may hold more."""
    kinds = ["digits" if "digits" in step else "hangup" for step in script.then]
    return script.on_ring != OnRing.IGNORE and kinds in (
        [],
        ["digits"],
        ["hangup"],
        ["digits", "hangup"],
    )
