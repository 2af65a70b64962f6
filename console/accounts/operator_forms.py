"""Forms of staff about accounts."""

from __future__ import annotations

from typing import Any

from django import forms

from console.accounts.models import Account, AccountState
from console.accounts.services.states import TRANSITIONS
from console.accounts.services.upgrades import LONGEST_WISH


class WishForm(forms.Form):
    """What a member says when asking for an upgrade."""

    wish = forms.CharField(
        label="What do you want to do?",
        max_length=LONGEST_WISH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences help whoever decides.",
    )


class AccountSearchForm(forms.Form):
    """Which accounts are shown."""

    q = forms.CharField(label="Name or Auth ID", max_length=80, required=False)
    state = forms.ChoiceField(
        label="State", choices=[("", "Any"), *AccountState.choices], required=False
    )


class _ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=500)


class DecisionForm(_ReasonForm):
    """Yes or no to an upgrade request."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[("approve", "Approve"), ("decline", "Decline")],
        widget=forms.RadioSelect,
    )
    field_order = ("decision", "reason")


class StateForm(_ReasonForm):
    """Another state for the account: those that its present one can go to."""

    to = forms.ChoiceField(label="New state")
    field_order = ("to", "reason")

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = [after for before, after in TRANSITIONS if before == account.state]
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one, AccountState(one).label) for one in targets]


class CreditForm(_ReasonForm):
    """US dollars for the account."""

    amount = forms.DecimalField(
        label="Amount in US dollars",
        max_digits=11,
        decimal_places=5,
        help_text="Added to the credit; a negative amount is taken from it.",
    )
    field_order = ("amount", "reason")
