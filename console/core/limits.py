"""Rolling limits: every bucket of an act is checked in one function, before anything is queued.

`take` locks all buckets by one UPSERT in a fixed order, counts their hits in rolling windows, and
either writes a hit into each or refuses and writes none: a refused act burns nothing (OTP-13).
Subjects are keyed hashes, so that rows name nobody and deleting an account or a number resets
nothing (OTP-09, PRIV-02). The figures come from `settings.TRUST`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F, Q

from console.core import clock
from console.core.errors import LimitReached, Unavailable
from console.core.models import LimitBucket, LimitHit
from console.core.seals import keyed_hash, lasting_pepper

MINUTE, HOUR, DAY = 60, 3600, 86400
_STREAK_KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` hits in any `seconds`; `distinct` counts different members instead."""

    limit: int
    seconds: int
    distinct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Something limited: `kind` names the rule, `subject` whom it is about.

    `own` says that the caller may learn how long to wait; a bucket that others fill too must not
    tell (OTP-12). `streak_limit` caps takes in a row without `succeed`. `lock_seconds` blocks the
    bucket for that long once a window is full.
    """

    kind: str
    subject: str
    windows: tuple[Window, ...] = ()
    member: str = ""
    streak_limit: int = 0
    lock_seconds: int = 0
    own: bool = True

    @property
    def key(self) -> str:
        """The keyed hash that stands for the subject."""
        return keyed_hash(lasting_pepper(), "limit", "v1", self.kind, self.subject)

    @property
    def member_key(self) -> str:
        """The keyed hash of the member; empty for none."""
        if not self.member:
            return ""
        return keyed_hash(lasting_pepper(), "limit", "v1", "member", self.member)

    @property
    def longest(self) -> int:
        """Seconds for which a hit matters."""
        return max((window.seconds for window in self.windows), default=DAY)


class BucketFull(LimitReached):
    """A bucket is full. `bucket` is the one; `retry_after` is None when only staff can help."""

    def __init__(self, bucket: Bucket, *, retry_after: int | None) -> None:
        super().__init__("Too many tries. Please wait.", retry_after=retry_after)
        self.bucket = bucket


def take(buckets: Sequence[Bucket], *, ref: UUID | None = None) -> None:
    """Takes one from every bucket, or none (four queries).

    Raises BucketFull for the first bucket that is full or blocked, in the order given, and
    Unavailable when the store does not answer: the caller must then not act. May run inside the
    caller's transaction; the buckets stay locked until that ends.
    """
    try:
        with transaction.atomic():
            now = clock.now()
            _lock(buckets, now)
            counts = _judge(buckets, now)
            _write(buckets, counts, now, ref)
    except DatabaseError as error:
        raise Unavailable("We can't count this request right now. Please try again.") from error


def check(buckets: Sequence[Bucket]) -> None:
    """As `take`, but takes nothing and locks nothing (two queries); for showing, not for guarding.

    Raises BucketFull.
    """
    _judge(buckets, clock.now())


def lock(buckets: Sequence[Bucket]) -> None:
    """Holds the buckets until the caller's transaction ends, so that what it counts stays true."""
    _lock(buckets, clock.now())


def refund(ref: UUID) -> None:
    """Gives back what `take` took under `ref` (up to four queries), as if it had not been."""
    with transaction.atomic():
        hits = LimitHit.objects.filter(ref=ref)
        keys = sorted(set(hits.filter(in_streak=True).values_list("key", flat=True)))
        for key in keys:
            LimitBucket.objects.filter(key=key, streak__gt=0).update(streak=F("streak") - 1)
        LimitBucket.objects.filter(blocked_ref=ref).update(blocked_until=None, blocked_ref=None)
        hits.delete()


def succeed(bucket: Bucket) -> None:
    """Ends the bucket's streak of takes without success (one query)."""
    LimitBucket.objects.filter(key=bucket.key, streak__gt=0).update(streak=0)


def unlock(bucket: Bucket) -> None:
    """Staff lift a block and end the streak (one query); hits in the windows stay."""
    LimitBucket.objects.filter(key=bucket.key).update(
        streak=0, blocked_until=None, blocked_ref=None
    )


def prune(*, batch: int = 5000) -> int:
    """Deletes hits that no window counts any more, and idle buckets; gives how many rows."""
    now = clock.now()
    old = LimitHit.objects.filter(expires_at__lt=now).values_list("pk", flat=True)[:batch]
    gone, _ = LimitHit.objects.filter(pk__in=list(old)).delete()
    idle = LimitBucket.objects.filter(touched_at__lt=now - _STREAK_KEPT)
    idle_keys = list(idle.values_list("key", flat=True)[:batch])
    buckets, _ = LimitBucket.objects.filter(key__in=idle_keys).delete()
    return gone + buckets


def address_subjects(address: str) -> tuple[str, str]:
    """The networks that stand for a client: IPv4 /32 or IPv6 /64, and IPv6 /48 ("" for IPv4).

    One household has a whole /64, so counting single IPv6 addresses would count nothing.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip), ""
    near = ipaddress.IPv6Network((int(ip), 64), strict=False)
    far = ipaddress.IPv6Network((int(ip), 48), strict=False)
    return str(near), str(far)


def _lock(buckets: Sequence[Bucket], now: datetime) -> None:
    # Sorted, so that two takers of the same buckets never wait for each other in a ring.
    rows = sorted({(bucket.key, bucket.kind) for bucket in buckets})
    table = connection.ops.quote_name(LimitBucket._meta.db_table)
    places = ",".join(["(%s, %s, 1, 0, %s)"] * len(rows))
    moment = connection.ops.adapt_datetimefield_value(now)
    statement = (
        f"INSERT INTO {table} (key, kind, taken, streak, touched_at) VALUES {places} "  # noqa: S608
        f"ON CONFLICT (key) DO UPDATE SET taken = {table}.taken + 1, "
        "touched_at = excluded.touched_at"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for key, kind in rows for value in (key, kind, moment)])


def _judge(buckets: Sequence[Bucket], now: datetime) -> dict[tuple[str, Window], int]:
    keys = [bucket.key for bucket in buckets if bucket.streak_limit or bucket.lock_seconds]
    heads = LimitBucket.objects.in_bulk(keys) if keys else {}
    counts = _count(buckets, now)
    for bucket in buckets:
        head = heads.get(bucket.key)
        if head is not None and head.blocked_until and head.blocked_until > now:
            raise BucketFull(bucket, retry_after=_seconds(head.blocked_until - now))
        if head is not None and bucket.streak_limit and head.streak >= bucket.streak_limit:
            raise BucketFull(bucket, retry_after=None)
        for window in bucket.windows:
            if counts[bucket.key, window] >= window.limit:
                raise BucketFull(bucket, retry_after=_wait(bucket, window, now))
    return counts


def _count(buckets: Sequence[Bucket], now: datetime) -> dict[tuple[str, Window], int]:
    """Hits (or other members) of each bucket in each of its windows: one query for all."""
    lengths = sorted({window.seconds for bucket in buckets for window in bucket.windows})
    annotations = {}
    for seconds in lengths:
        within = Q(at__gt=now - timedelta(seconds=seconds))
        annotations[f"hits_{seconds}"] = Count("pk", filter=within)
        annotations[f"members_{seconds}"] = Count("member", filter=within, distinct=True)
    members = [bucket.member_key for bucket in buckets if bucket.member]
    seen = LimitHit.objects.filter(key__in=[bucket.key for bucket in buckets])
    # A member that is in the bucket already does not make it fuller.
    for seconds in lengths if members else ():
        within = Q(at__gt=now - timedelta(seconds=seconds), member__in=members)
        annotations[f"known_{seconds}"] = Count("member", filter=within, distinct=True)
    counted: Iterable[Any] = seen.values("key").annotate(**annotations)
    rows = {row["key"]: row for row in counted}
    return {
        (bucket.key, window): _figure(rows.get(bucket.key, {}), window)
        for bucket in buckets
        for window in bucket.windows
    }


def _figure(row: dict[str, int], window: Window) -> int:
    if not window.distinct:
        return row.get(f"hits_{window.seconds}", 0)
    members, known = row.get(f"members_{window.seconds}", 0), row.get(f"known_{window.seconds}", 0)
    return members - known


def _wait(bucket: Bucket, window: Window, now: datetime) -> int:
    """Seconds until the hit that stands in the way leaves the window."""
    newest = LimitHit.objects.filter(key=bucket.key).order_by("-at").values_list("at", flat=True)
    nth = max(0, window.limit - 1)
    blocking = list(newest[nth : nth + 1]) or list(newest[:1])
    leaves = (blocking[0] if blocking else now) + timedelta(seconds=window.seconds)
    return _seconds(leaves - now)


def _write(
    buckets: Iterable[Bucket],
    counts: dict[tuple[str, Window], int],
    now: datetime,
    ref: UUID | None,
) -> None:
    hits = []
    for bucket in buckets:
        hits.append(
            LimitHit(
                key=bucket.key,
                at=now,
                expires_at=now + timedelta(seconds=bucket.longest),
                member=bucket.member_key,
                ref=ref,
                in_streak=bool(bucket.streak_limit),
            )
        )
        changes = _head_changes(bucket, counts, now, ref)
        if changes:
            LimitBucket.objects.filter(key=bucket.key).update(**changes)
    LimitHit.objects.bulk_create(hits)


def _head_changes(
    bucket: Bucket, counts: dict[tuple[str, Window], int], now: datetime, ref: UUID | None
) -> dict[str, object]:
    changes: dict[str, object] = {}
    if bucket.streak_limit:
        changes["streak"] = F("streak") + 1
    full = any(counts[bucket.key, window] + 1 >= window.limit for window in bucket.windows)
    if bucket.lock_seconds and full:
        changes["blocked_until"] = now + timedelta(seconds=bucket.lock_seconds)
        changes["blocked_ref"] = ref
    return changes


def _seconds(span: timedelta) -> int:
    return max(1, int(span.total_seconds()) + 1)
