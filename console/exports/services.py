"""Asking for exports, listing, removing and opening them; every face calls these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.core import clock, limits, outbox
from console.core.errors import DomainError, LimitReached, NotFound
from console.core.models import Queue
from console.exports import files, snapshot
from console.exports.models import OPEN, Compression, Export, Format, State
from console.exports.recipes import Recipe, recipe_of
from console.records.columns import Phones

SLICE: Final = "exports.slice"
PAGE_SIZE: Final = 50
_LATER: Final = {"parquet", "zstd"}


def create_export(
    *,
    account: Account,
    actor: Actor,
    kind: str,
    format: str = Format.CSV,  # noqa: A002 - the field's name in the contract
    compression: str = Compression.NONE,
    filters: Mapping[str, str] | None = None,
    columns: Iterable[str] = (),
    time_zone: str = "",
    phones: str = Phones.E164,
    bom: bool = False,
    subaccount: Subaccount | None = None,
    ip: str = "",
) -> Export:
    """Fixes the snapshot and queues the work, in one transaction; about 16 queries with the audit.

    `filters` are the words of the list's own filter. Raises DomainError `invalid_export` with the
    field at fault, LimitReached `exports_open` and `exports_a_day` (CSV-05).
    """
    recipe = recipe_of(kind)
    zone = _zone(time_zone or account.time_zone)
    given = _checked(recipe, filters or {}, zone)
    with transaction.atomic():
        _take_place(account)
        export = Export.objects.create(
            account=account,
            subaccount=subaccount,
            kind=recipe.kind,
            format=_choice(format, Format.values, "format"),
            compression=_choice(compression, Compression.values, "compression"),
            filters=given,
            columns=_columns(recipe, columns),
            time_zone=zone,
            phones=_choice(phones, list(Phones), "phones"),
            bom=bom and format == Format.CSV,
            as_of=clock.now(),
            settles_at=snapshot.horizon(),
            max_id=snapshot.newest_id(recipe),
        )
        _queue(export)
        _record("export.created", export, actor, ip)
    return export


def _queue(export: Export) -> None:
    outbox.enqueue(
        kind=SLICE,
        queue=Queue.EXPORTS,
        payload={"export": str(export.pk)},
        dedupe_key=f"{SLICE}:{export.pk}",
    )


def list_exports(
    *, account: Account, subaccount: Subaccount | None = None, size: int = PAGE_SIZE
) -> list[Export]:
    """The account's latest exports, newest first (one query)."""
    mine = Export.objects.for_account(account, subaccount)
    return list(mine.order_by("-created_at", "-pk")[:size])


def find_export(
    *, account: Account, export_id: UUID, subaccount: Subaccount | None = None
) -> Export:
    """One export of the caller's; raises NotFound (TEN-02)."""
    found = Export.objects.for_account(account, subaccount).filter(pk=export_id).first()
    if found is None:
        raise NotFound
    return found


def remove_export(*, export: Export, actor: Actor, ip: str = "") -> None:
    """Cancels an open export; deletes any other one with its file. Again is nothing."""
    mine = Export.objects.for_account(export.account)
    with transaction.atomic():
        if mine.filter(pk=export.pk, state__in=OPEN).update(state=State.CANCELLED):
            _record("export.cancelled", export, actor, ip)
        elif mine.filter(pk=export.pk).delete()[0]:
            _record("export.removed", export, actor, ip)
        transaction.on_commit(lambda: files.remove(export.pk))


def manifest(export: Export) -> dict[str, Any]:
    """What the file holds and how it was made, as plain values; for people and programs."""
    recipe = recipe_of(export.kind)
    return {
        "kind": export.kind,
        "format": export.format,
        "compression": export.compression,
        "filters": export.filters,
        "columns": [column.name for column in recipe.chosen(export.columns)],
        "time_zone": export.time_zone,
        "phones": export.phones,
        "bom": export.bom,
        "as_of": export.as_of.isoformat(),
        "rows": export.rows_done,
        "parts": export.parts_done,
        "size_bytes": export.size_bytes,
        "sha256": export.sha256,
    }


def _checked(recipe: Recipe, filters: Mapping[str, str], zone: str) -> dict[str, str]:
    unknown = sorted(set(filters) - set(recipe.names))
    if unknown:
        known = ", ".join(recipe.names)
        said = f"There is no filter named {unknown[0][:40]}. Filters are {known}."
        raise _invalid(said, "filters")
    given = {name: str(text) for name, text in filters.items() if text not in ("", None)}
    wanted = recipe.read(given, time_zone=zone)
    for name, sentence in wanted.errors.items():
        raise _invalid(f"{name}: {sentence}", "filters")
    return given


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (
        ValueError,
        OSError,
        ZoneInfoNotFoundError,
    ) as error:  # also what would lead out of the zones' folder
        raise _invalid("There is no such time zone.", "timezone") from error


def _columns(recipe: Recipe, names: Iterable[str]) -> list[str]:
    wanted = list(names)
    known = {column.name for column in recipe.columns}
    for name in wanted:
        if name not in known:
            raise _invalid(f"There is no column named {str(name)[:40]}.", "columns")
    return [column.name for column in recipe.chosen(wanted)] if wanted else []


def _choice(text: str, allowed: list[str], field: str) -> str:
    if text in _LATER:
        raise _invalid(f"{text} is not written here. Choose {' or '.join(allowed)}.", field)
    if text not in allowed:
        raise _invalid(f"Choose {' or '.join(allowed)}.", field)
    return text


def _invalid(sentence: str, field: str) -> DomainError:
    return DomainError(sentence, code="invalid_export", field=field)


def _take_place(account: Account) -> None:
    """One of the day's exports; the bucket's lock holds others off while open ones are counted."""
    trust = settings.TRUST
    day = limits.Window(trust.exports_day, limits.DAY)
    try:
        limits.take([limits.Bucket(kind="exports", subject=account.auth_id, windows=(day,))])
    except limits.BucketFull as full:
        raise LimitReached(
            f"At most {trust.exports_day} exports can be started in 24 hours.",
            code="exports_a_day",
            retry_after=full.retry_after,
            fix_url="/exports/",
        ) from full
    under_way = Export.objects.for_account(account).filter(state__in=OPEN).count()
    if under_way >= trust.exports_open:
        raise LimitReached(
            f"{under_way} exports are being made. Wait until one is ready, or cancel one.",
            code="exports_open",
            retry_after=10,
            fix_url="/exports/",
        )


def _record(action: str, export: Export, actor: Actor, ip: str) -> None:
    data = {name: getattr(export, name) for name in ("kind", "format", "compression", "filters")}
    audit.record(
        action=action,
        actor=actor,
        account=export.account,
        object_type="export",
        object_id=str(export.pk),
        data=data,
        ip=ip,
    )
