"""Messages counted by day: the chart of their page."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from console.accounts.models import Account
from console.records import days
from console.records.days import Counting, Picture
from sandbox.messages.filters import MessageFilter
from sandbox.messages.states import FAULTS, State

_MESSAGES: Final = Counting(
    time="message_time", good=Q(state=State.DELIVERED), failed=Q(state__in=FAULTS)
)


def picture(*, account: Account, wanted: MessageFilter) -> Picture | None:
    """The last days of what the filter means, as `console.records.days.picture` (one query)."""
    return days.picture(account=account, wanted=wanted, counting=_MESSAGES)
