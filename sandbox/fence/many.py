"""Many attempts of one request: what they have in common is read once, each is judged by itself.

A request may name a thousand destinations. The rules are the same functions as for one attempt and
see the same facts; only where a fact comes from differs.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from console.accounts.models import Account, Subaccount
from console.core import limits
from console.core.errors import Unavailable
from console.endpoints.models import Endpoint
from console.numbers.models import RentedNumber
from sandbox.fence import facts
from sandbox.fence.models import HighRiskPrefix, SandboxNumber, TrialPolicy
from sandbox.fence.policy import current_policy
from sandbox.fence.question import Question, SipAddress, sip_address


class Common:
    """The attempts of a request and the facts that they share, read when the first is judged."""

    def __init__(self, account: Account, subaccount: Subaccount | None, now: datetime) -> None:
        self.account = account
        self.subaccount = subaccount
        self.now = now
        self.asks: list[OneOfMany] = []
        self.policy: TrialPolicy
        self.rented: frozenset[str] = frozenset()
        self.endpoints: frozenset[str] = frozenset()
        self.added: dict[str, tuple[str, UUID]] = {}
        self.proved: frozenset[str] = frozenset()
        self.closed: dict[str, HighRiskPrefix] = {}
        self._read: bool | None = None
        self._full: limits.BucketFull | None = None
        self._looked = False
        self._living: int | None = None

    def add(self, *, kind: str, from_: str, to: str, origin: str, ahead: int | None) -> None:
        """One more attempt; before the first is judged."""
        ask = OneOfMany(self, kind=kind, from_=from_, to=to, origin=origin)
        ask.ahead = ahead
        self.asks.append(ask)

    def read(self) -> None:
        """Reads everything, once (eight queries); raises Unavailable ever after it failed."""
        if self._read is None:
            self._read = False
            with transaction.atomic():
                self._read_all()
            self._read = True
        if not self._read:
            raise Unavailable("The facts about this request could not be read.")

    def _read_all(self) -> None:
        account, subaccount = self.account, self.subaccount
        account.refresh_from_db(fields=["state", "held", "credit", "region"])
        if subaccount is not None:
            subaccount.refresh_from_db(fields=["enabled"])
        self.policy = current_policy()
        numbers = self._numbers()
        rented = RentedNumber.objects.for_account(account, subaccount).living()
        self.rented = frozenset(rented.filter(number__in=numbers).values_list("number", flat=True))
        mine = SandboxNumber.objects.for_account(account).live().filter(e164__in=numbers)
        added = mine.values_list("e164", "state", "public_id")
        self.added = {e164: (state, public_id) for e164, state, public_id in added}
        proved = mine.proved(network=facts.current_network(), at=self.now)
        self.proved = frozenset(proved.values_list("e164", flat=True))
        lasting = HighRiskPrefix.objects.filter(Q(until=None) | Q(until__gt=self.now))
        self.closed = {row.prefix: row for row in lasting}
        if any(address.is_ours for ask in self.asks for address in ask.addresses):
            names = Endpoint.objects.for_account(account, subaccount)
            self.endpoints = frozenset(
                name.lower() for name in names.values_list("username", flat=True)
            )

    def _numbers(self) -> set[str]:
        both = (number for ask in self.asks for number in (ask.number, ask.from_number))
        return {number.e164 for number in both if number is not None}

    @property
    def shut(self) -> bool:
        """Whether so much was refused that the fence refuses all the rest."""
        return self._full is not None

    def look_again(self) -> None:
        """A refusal was recorded: the next attempt looks whether that was the last one too many."""
        self._looked = self.shut

    def look(self, bucket: limits.Bucket) -> None:
        """Raises BucketFull while the account's refusals are too many (two queries, once)."""
        if not self._looked:
            try:
                with transaction.atomic():
                    limits.check([bucket])
            except limits.BucketFull as full:
                self._full = full
            self._looked = True
        if self._full is not None:
            raise limits.BucketFull(bucket, retry_after=self._full.retry_after)

    def living(self) -> int:
        """The account's calls that live or wait (one query, once)."""
        if self._living is None:
            with transaction.atomic():
                self._living = facts.live_calls(self.account)
        return self._living


class OneOfMany(Question):
    """One attempt of such a request."""

    def __init__(self, common: Common, *, kind: str, from_: str, to: str, origin: str) -> None:
        super().__init__(
            account=common.account,
            subaccount=common.subaccount,
            kind=kind,
            from_=from_,
            to=to,
            origin=origin,
            now=common.now,
            again=False,
            dry=False,
        )
        self._common = common

    @property
    def addresses(self) -> list[SipAddress]:
        """The SIP addresses of this attempt."""
        return [found for found in (self.sip, sip_address(self.from_)) if found is not None]

    def read_again(self) -> None:
        """What was read for all of them."""
        self._common.read()

    def look(self, bucket: limits.Bucket) -> None:
        """As it was for the attempt before, unless that was refused."""
        self._common.look(bucket)

    def hold(self, bucket: limits.Bucket) -> None:
        """Nothing: no permit is made here, and the second look holds the line (GATE-02)."""

    def live_calls(self) -> int:
        """As it was for the first attempt."""
        return self._common.living()

    @cached_property
    def policy(self) -> TrialPolicy:
        """The trial policy in force."""
        return self._common.policy

    def owns_number(self, e164: str) -> bool:
        """Whether whoever asks rents this DID."""
        return e164 in self._common.rented

    def owns_endpoint(self, username: str) -> bool:
        """Whether whoever asks has this SIP user."""
        return username.lower() in self._common.endpoints

    @cached_property
    def sandbox_number(self) -> tuple[str, UUID] | None:
        """State and id of the account's sandbox number for this destination, unless removed."""
        return self._common.added.get(self.number.e164) if self.number else None

    def has_proved(self, e164: str) -> bool:
        """Whether the account has proved a number."""
        return e164 in self._common.proved

    @cached_property
    def closed_prefix(self) -> HighRiskPrefix | None:
        """The longest prefix of the table that fits the number; None when that is an exception."""
        e164 = self.number.e164 if self.number else ""
        starts = (e164[:length] for length in range(len(e164), 1, -1))
        longest = next((row for at in starts if (row := self._common.closed.get(at))), None)
        return None if longest is None or longest.open else longest
