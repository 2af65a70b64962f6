"""What the rules look at: the attempt, and the facts about it, each read at most once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Q, QuerySet, Subquery
from django.db.models.functions import Length

from console.accounts.models import Account, Subaccount
from console.core import limits
from console.core.errors import DomainError
from console.core.numbers import Number, canonical_number
from console.numbers.models import RentedNumber
from sandbox.fence import facts
from sandbox.fence.kinds import Place
from sandbox.fence.models import HighRiskPrefix, NumberState, SandboxNumber, TrialPolicy
from sandbox.fence.policy import current_policy

_SIP = re.compile(r"sips?:([^@;?]{1,128})@([A-Za-z0-9.-]{1,253})(?::[0-9]{1,5})?", re.IGNORECASE)
_LIKE_A_NUMBER = re.compile(r"\+?[0-9]{7,15}")
LONGEST_ADDRESS = 128


@dataclass(slots=True, frozen=True)
class SipAddress:
    """The parts of a SIP URI; `is_ours` when its host is this platform."""

    user: str
    host: str

    @property
    def is_ours(self) -> bool:
        """Whether the host is this platform's own SIP domain."""
        return self.host == settings.SIP_DOMAIN.lower()

    @property
    def uri(self) -> str:
        """The canonical form."""
        return f"sip:{self.user}@{self.host}"


def sip_address(text: str) -> SipAddress | None:
    """The address in a `sip:` URI; None when it is not one. URI parameters are refused."""
    found = _SIP.fullmatch(text.strip()) if len(text) <= LONGEST_ADDRESS else None
    return SipAddress(found[1], found[2].lower()) if found else None


class Question:
    """One attempt. Facts are read when a rule first asks, and kept: one query a fact.

    `again` says that the same attempt passed when its request arrived, and is now looked at for
    the second time (GATE-02); `dry` that nothing will come of it. `ahead` is set for a call that
    will wait in the account's line: how many of the same request have passed before it.
    """

    def __init__(
        self,
        *,
        account: Account,
        subaccount: Subaccount | None,
        kind: str,
        from_: str,
        to: str,
        origin: str,
        now: datetime,
        again: bool,
        dry: bool,
    ) -> None:
        self.account = account
        self.subaccount = subaccount
        self.kind = kind
        self.from_ = from_
        self.raw_to = to
        self.origin = origin
        self.now = now
        self.again = again
        self.dry = dry
        self.ahead: int | None = None
        self.number_error: DomainError | None = None
        self.from_error: DomainError | None = None
        self.pace_checked = False

    def read_again(self) -> None:
        """What the caller holds may be older than a suspension (GATE-02); a dry run read it now."""
        if self.dry:
            return
        self.account.refresh_from_db(fields=["state", "held", "credit", "region"])
        if self.subaccount is not None:
            self.subaccount.refresh_from_db(fields=["enabled"])

    def look(self, bucket: limits.Bucket) -> None:
        """Raises BucketFull when the bucket has no room; takes nothing (two queries)."""
        limits.check([bucket])

    def hold(self, bucket: limits.Bucket) -> None:
        """Holds the account's line, so that what is counted stays true (one query)."""
        if not self.dry:
            limits.lock([bucket])

    @cached_property
    def policy(self) -> TrialPolicy:
        """The trial policy in force."""
        return self._at_once or current_policy()

    @cached_property
    def _at_once(self) -> TrialPolicy | None:
        """The policy's row with what else every question needs, in one query.

        Whether whoever asks rents or has proved either number, and the closed range of the
        destination. None before the first seed.
        """
        added = SandboxNumber.objects.for_account(self.account).live()
        proved = added.filter(self._holds)
        rented = RentedNumber.objects.for_account(self.account, self.subaccount).living()
        shown = self.from_number
        to = self.number.e164 if self.number else ""
        longest = self._closed_ranges(to).order_by(Length("prefix").desc())
        # A dry run holds no lock, so the living calls may be counted here as well as later.
        living = facts.live_calls_inside(self.account) if self.dry else None
        return (
            TrialPolicy.objects.order_by("-version")
            .annotate(
                **({} if living is None else {"living_calls": living}),
                owns_to=Exists(rented.filter(number=to)),
                owns_from=Exists(rented.filter(number=shown.e164 if shown else "")),
                proved_to=Exists(proved.filter(e164=to)),
                proved_from=Exists(proved.filter(e164=shown.e164 if shown else "")),
                to_state=Subquery(added.filter(e164=to).values("state")[:1]),
                to_id=Subquery(added.filter(e164=to).values("public_id")[:1]),
                closed=Subquery(longest.values("pk")[:1]),
            )
            .first()
        )

    def _closed_ranges(self, e164: str) -> QuerySet[HighRiskPrefix]:
        starts = [e164[:length] for length in range(2, len(e164) + 1)]
        lasting = Q(until=None) | Q(until__gt=self.now)
        return HighRiskPrefix.objects.filter(lasting, prefix__in=starts)

    @cached_property
    def from_number(self) -> Number | None:
        """The number that is to be shown; None when that is no number."""
        try:
            return canonical_number(self.from_, bare_digits=True, field="from")
        except DomainError as error:
            self.from_error = error
            return None

    @cached_property
    def sip(self) -> SipAddress | None:
        """The SIP address asked for; None for a number. A user part like a number is a number."""
        address = sip_address(self.raw_to)
        return None if address and _LIKE_A_NUMBER.fullmatch(address.user) else address

    @cached_property
    def number(self) -> Number | None:
        """The number asked for, canonical; None for a SIP address or what is no number."""
        if self.sip is not None:
            return None
        address = sip_address(self.raw_to)
        text = address.user if address else self.raw_to
        try:
            return canonical_number(text, bare_digits=True, field="to")
        except DomainError as error:
            self.number_error = error
            return None

    @property
    def to(self) -> str:
        """Where it goes: E.164 or a SIP URI; what was asked for, when that is neither."""
        if self.sip is not None:
            return self.sip.uri
        return self.number.e164 if self.number else self.raw_to

    @cached_property
    def place(self) -> Place:
        """What the destination is to this account (one query, none for outcome numbers)."""
        if self.sip is not None:
            ours = self.sip.is_ours and self.owns_endpoint(self.sip.user)
            return Place.OWN_ENDPOINT if ours else Place.SIP
        if self.number is None:
            return Place.NOWHERE
        if self.number.is_outcome:
            return Place.OUTCOME
        return Place.OWN_NUMBER if self.owns_number(self.number.e164) else Place.PUBLIC

    def live_calls(self) -> int:
        """The account's calls that live or wait to begin (one query, none for a dry run)."""
        known: int | None = getattr(self._at_once, "living_calls", None)
        return facts.live_calls(self.account) if known is None else known

    def owns_number(self, e164: str) -> bool:
        """Whether whoever asks rents this DID; no query for the two numbers of the question."""
        known: Any = self._at_once
        if known is not None and self.number is not None and e164 == self.number.e164:
            return bool(known.owns_to)
        if known is not None and self.from_number is not None and e164 == self.from_number.e164:
            return bool(known.owns_from)
        return facts.owns_number(self.account, e164, self.subaccount)

    def owns_endpoint(self, username: str) -> bool:
        """Whether whoever asks has this SIP user (one query)."""
        return facts.owns_endpoint(self.account, username, self.subaccount)

    @property
    def stays_here(self) -> bool:
        """Whether it never leaves the platform, so that type and country do not matter."""
        return self.place in {Place.OUTCOME, Place.OWN_NUMBER, Place.OWN_ENDPOINT}

    @cached_property
    def sandbox_number(self) -> tuple[str, UUID] | None:
        """State and id of the account's sandbox number for this destination, unless removed."""
        if self.number is None:
            return None
        known: Any = self._at_once
        if known is not None:
            return (known.to_state, known.to_id) if known.to_state else None
        mine = SandboxNumber.objects.for_account(self.account).live()
        return mine.filter(e164=self.number.e164).values_list("state", "public_id").first()

    @property
    def _holds(self) -> Q:
        """A proof that holds now and for the network in use (OTP-18, NUM-09)."""
        network = facts.current_network()
        return Q(state=NumberState.VERIFIED, network=network, expires_at__gt=self.now)

    def has_proved(self, e164: str) -> bool:
        """Whether the account has proved a number; no query for the two of the question."""
        known: Any = self._at_once
        if known is not None and self.number is not None and e164 == self.number.e164:
            return bool(known.proved_to)
        if known is not None and self.from_number is not None and e164 == self.from_number.e164:
            return bool(known.proved_from)
        mine = SandboxNumber.objects.for_account(self.account).live()
        return mine.filter(self._holds, e164=e164).exists()

    @cached_property
    def closed_prefix(self) -> HighRiskPrefix | None:
        """The longest prefix of the table that fits the number; None when that is an exception."""
        if self.number is None:
            return None
        known: Any = self._at_once
        if known is not None and known.closed is None:
            return None
        rows = self._closed_ranges(self.number.e164)
        longest = max(rows, key=lambda row: len(row.prefix), default=None)
        return None if longest is None or longest.open else longest
