"""The form of a test call."""

from __future__ import annotations

from typing import Any

from django import forms

from console.accounts.models import Account
from console.applications.models import Application
from console.core import clock
from console.core.numbers import display
from console.numbers.models import RentedNumber
from sandbox.fence.facts import current_network
from sandbox.fence.models import SandboxNumber


class TestCallForm(forms.Form):
    """Which application calls whom, and which number is shown.

    `lacks` names what the account must have first: `application`, `number`, or "".
    """

    __test__ = False

    application = forms.ModelChoiceField(
        label="Application",
        queryset=Application.objects.none(),
        to_field_name="app_id",
        empty_label="Choose an application",
        help_text="Its answer URL says what happens once somebody answers.",
    )
    to = forms.CharField(
        label="To",
        max_length=128,
        help_text="A verified sandbox number, one of your own numbers or endpoints, or an "
        "outcome number such as +1 500 555 0102.",
    )
    from_ = forms.ChoiceField(label="Shown number")

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Application.objects.for_account(account).filter(enabled=True).exclude(answer_url="")
        application: Any = self.fields["application"]
        application.queryset = mine.order_by("name")
        shown: Any = self.fields["from_"]
        shown.choices = [(number, display(number)) for number in _own_numbers(account)]
        usable = list(application.queryset.values_list("app_id", flat=True)[:2])
        application.initial = usable[0] if len(usable) == 1 else None
        self.lacks = "application" if not usable else "" if shown.choices else "number"

    def add_prefix(self, field_name: str) -> str:
        """`from` is a word of the language, so the field is `from_` here and `from` outside."""
        return super().add_prefix(field_name.rstrip("_"))


def _own_numbers(account: Account) -> list[str]:
    """What the account may show: its numbers, then its verified ones (two queries)."""
    rented = RentedNumber.objects.for_account(account).living()
    numbers = list(rented.order_by("number").values_list("number", flat=True))
    proved = SandboxNumber.objects.for_account(account).proved(
        network=current_network(), at=clock.now()
    )
    return numbers + list(proved.order_by("e164").values_list("e164", flat=True))
