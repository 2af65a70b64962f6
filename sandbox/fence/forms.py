"""The forms of the dry run and of the route test."""

from __future__ import annotations

from django import forms

from sandbox.fence.kinds import Kind


class RouteTestForm(forms.Form):
    """Where a call would go, and from which number."""

    to = forms.CharField(
        label="To",
        max_length=256,
        help_text="A number with + and country code, or a SIP URI.",
    )
    from_ = forms.CharField(
        label="From",
        max_length=256,
        required=False,
        help_text="The number you would show. Leave it empty to skip this question.",
    )

    def add_prefix(self, field_name: str) -> str:
        """`from` is a word of the language, so the field is `from_` here and `from` outside."""
        return super().add_prefix(field_name.rstrip("_"))


class DryRunForm(RouteTestForm):
    """What would go where; the fence itself judges the numbers."""

    kind = forms.ChoiceField(
        label="What", choices=Kind.choices, initial=Kind.CALL, widget=forms.RadioSelect
    )
    field_order = ("kind", "to", "from_")
