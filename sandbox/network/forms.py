"""The form of a handset's script: the common case of what sandbox-api.md lets scripts say."""

from __future__ import annotations

from typing import Any

from django import forms

from sandbox.network.models import HandsetScript, OnRing
from sandbox.network.scripting import LONGEST_WAIT
from sandbox.network.services import LONGEST_SAID

_BY_HAND = ""
_MACHINE = "machine"
_CHOICES = (
    (_BY_HAND, "Wait for me"),
    (OnRing.ANSWER, "Answer"),
    (_MACHINE, "Answer as a machine"),
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
    words = forms.CharField(
        label="Then say",
        max_length=LONGEST_SAID,
        required=False,
        help_text="Empty: a person says nothing, and a machine greets and beeps.",
    )
    words_after = _seconds("Seconds before the words", initial=0)
    words_seconds = _seconds(
        "Seconds that the words take", help_text="Empty: as long as it takes to say them."
    )
    beep = forms.BooleanField(label="Beep after the words", required=False)
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
        """Whatever follows needs a phone that answers; a beep and a length need words.

        A phone that waits for its owner has no script: what else was typed is not looked at.
        """
        given = super().clean() or {}
        more = any(given.get(name) for name in ("words", "beep", "digits"))
        wants_more = more or given.get("hangup_after") is not None
        if wants_more and given.get("on_ring") in (OnRing.REJECT, OnRing.BUSY):
            self.add_error("on_ring", "Only a phone that answers can do what follows.")
        if not given.get("words") and "words" not in self.errors:
            if given.get("beep"):
                self.add_error("beep", "Say something before the beep.")
            if given.get("words_seconds") is not None:
                self.add_error("words_seconds", "Say something that takes so long.")
        return given

    def wanted(self) -> dict[str, Any]:
        """The script as the service takes it; only for a valid form."""
        given = self.cleaned_data
        machine = given["on_ring"] == _MACHINE
        return {
            "on_ring": OnRing.ANSWER.value if machine else given["on_ring"],
            "machine": machine,
            "after": given["after"] or 0,
            "then": self._steps(),
        }

    def _steps(self) -> list[dict[str, object]]:
        given = self.cleaned_data
        steps: list[dict[str, object]] = []
        if given["words"]:
            says: dict[str, object] = {"after": given["words_after"] or 0, "say": given["words"]}
            if given["words_seconds"] is not None:
                says["seconds"] = given["words_seconds"]
            steps.append(says)
        if given["beep"]:
            steps.append({"after": 0, "beep": True})
        if given["digits"]:
            steps.append({"after": given["digits_after"] or 0, "digits": given["digits"]})
        if given["hangup_after"] is not None:
            steps.append({"after": given["hangup_after"], "hangup": True})
        return steps


def initial_of(script: HandsetScript | None) -> dict[str, object]:
    """The form's values for a script; what the form cannot say is left out."""
    if script is None:
        return {}
    on_ring = _MACHINE if script.machine else script.on_ring
    values: dict[str, object] = {"on_ring": on_ring, "after": script.after}
    for step in script.then[:_MOST]:
        if "digits" in step:
            values |= {"digits": step["digits"], "digits_after": step["after"]}
        elif "say" in step:
            values |= {"words": step["say"], "words_after": step["after"]}
            values["words_seconds"] = step.get("seconds")
        elif "beep" in step:
            values["beep"] = True
        else:
            values["hangup_after"] = step["after"]
    return values


_ORDER = ("say", "beep", "digits", "hangup")
_MOST = len(_ORDER)


def fits(script: HandsetScript) -> bool:
    """Whether the form shows the whole script; one that was made over the API may hold more."""
    kinds = [next(kind for kind in _ORDER if kind in step) for step in script.then]
    if script.on_ring != OnRing.ANSWER:
        return script.on_ring != OnRing.IGNORE and not kinds and not script.machine
    beeps = [step for step in script.then if "beep" in step]
    return (
        kinds == [kind for kind in _ORDER if kind in kinds]
        and all(step["after"] == 0 for step in beeps)
        and ("say" in kinds or not beeps)
    )
