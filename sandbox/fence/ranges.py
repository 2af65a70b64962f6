"""The ranges that a fresh install closes (NUM-08). Staff edit the table; a seed only adds."""

from __future__ import annotations

from console.core.seeding import seed
from sandbox.fence.models import HighRiskPrefix

_ITU = "ITU-T E.164, shared country codes"
_CLOSED = (
    ("+800", "freephone numbers of no country", _ITU),
    ("+808", "shared-cost numbers of no country", _ITU),
    ("+870", "satellite phones", _ITU),
    ("+878", "personal numbers of no country", _ITU),
    ("+881", "satellite phones", _ITU),
    ("+882", "networks of no country", _ITU),
    ("+883", "networks of no country", _ITU),
    ("+979", "premium-rate numbers of no country", _ITU),
    ("+1900", "premium-rate numbers", "NANPA, service codes"),
    ("+4470", "personal numbers at premium rates", "Ofcom, National Telephone Numbering Plan"),
)


@seed("closed ranges")
def seed_ranges() -> str:
    """Adds what is missing; rows that are there, edited or not, stay."""
    known = set(HighRiskPrefix.objects.values_list("prefix", flat=True))
    fresh = [
        HighRiskPrefix(prefix=prefix, reason=reason, source=source)
        for prefix, reason, source in _CLOSED
        if prefix not in known
    ]
    HighRiskPrefix.objects.bulk_create(fresh, ignore_conflicts=True)
    return f"{len(fresh)} added"
