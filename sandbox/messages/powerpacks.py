"""Powerpacks: what can be done with them, and which of their numbers a message comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID
from zlib import crc32

from django.db import transaction
from django.db.models import QuerySet

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.accounts.services.credit import lock_account
from console.applications.models import Application
from console.core.errors import DomainError, NotFound
from console.core.labels import clean_label
from console.core.numbers import Number
from console.core.unchanged import UNCHANGED, Unchanged
from console.numbers.models import DidType, RentedNumber
from console.numbers.services import find_number, release_number
from sandbox.messages.models import PoolNumber, Powerpack, StickySender
from sandbox.messages.models.pools import LONGEST_NAME

MOST_NUMBERS: Final = 1000
_PRIORITIES: Final = ("priority1", "priority2", "priority3")
_CLASSES: Final = {"tollfree", "shortcode", "longcode"}


@transaction.atomic
def create_powerpack(
    *,
    account: Account,
    actor: Actor,
    name: str,
    subaccount: Subaccount | None = None,
    sticky_sender: bool = True,
    local_connect: bool = True,
    application: Application | None = None,
    number_priority: Sequence[Any] = (),
    ip: str = "",
) -> Powerpack:
    """A new powerpack without numbers (five queries); raises DomainError `invalid_name`."""
    lock_account(account)
    pack = Powerpack.objects.create(
        account=account,
        subaccount=subaccount,
        name=clean_label(name, field="name", longest=LONGEST_NAME),
        sticky_sender=sticky_sender,
        local_connect=local_connect,
        application=application,
        number_priority=clean_priority(number_priority),
    )
    _record("powerpack.created", pack, actor, {"name": pack.name}, ip)
    return pack


@transaction.atomic
def update_powerpack(
    *,
    pack: Powerpack,
    actor: Actor,
    name: str | Unchanged = UNCHANGED,
    sticky_sender: bool | Unchanged = UNCHANGED,
    local_connect: bool | Unchanged = UNCHANGED,
    application: Application | Unchanged | None = UNCHANGED,
    number_priority: Sequence[Any] | Unchanged = UNCHANGED,
    ip: str = "",
) -> Powerpack:
    """Sets what is given; raises DomainError `invalid_name` or `invalid_priority`."""
    lock_account(pack.account)
    given: dict[str, Any] = {
        "name": name,
        "sticky_sender": sticky_sender,
        "local_connect": local_connect,
        "application": application,
        "number_priority": number_priority,
    }
    values = {name: value for name, value in given.items() if not isinstance(value, Unchanged)}
    if "name" in values:
        values["name"] = clean_label(values["name"], field="name", longest=LONGEST_NAME)
    if "number_priority" in values:
        values["number_priority"] = clean_priority(values["number_priority"])
    for field, value in values.items():
        setattr(pack, field, value)
    if values:
        pack.save(update_fields=list(values))
        _record("powerpack.changed", pack, actor, {"fields": sorted(values)}, ip)
    return pack


@transaction.atomic
def delete_powerpack(
    *, pack: Powerpack, actor: Actor, unrent_numbers: bool = False, ip: str = ""
) -> None:
    """Deletes it; its numbers stay rented unless `unrent_numbers` gives them back too."""
    lock_account(pack.account)
    rentals = [member.rental for member in members(pack)] if unrent_numbers else []
    _record("powerpack.deleted", pack, actor, {"name": pack.name}, ip)
    Powerpack.objects.for_account(pack.account).filter(pk=pack.pk).delete()
    for rental in rentals:
        release_number(rented=rental, actor=actor, ip=ip)


def find_powerpack(
    *, account: Account, uuid: UUID, subaccount: Subaccount | None = None
) -> Powerpack:
    """The account's powerpack (one query); raises NotFound."""
    mine = Powerpack.objects.for_account(account, subaccount)
    found = mine.select_related("account", "application").filter(uuid=uuid).first()
    if found is None:
        raise NotFound("There is no powerpack with this id.", field="powerpack_uuid")
    return found


def find_pool(*, account: Account, uuid: UUID, subaccount: Subaccount | None = None) -> Powerpack:
    """The powerpack of a number pool (one query); raises NotFound."""
    mine = Powerpack.objects.for_account(account, subaccount)
    found = mine.select_related("account", "application").filter(pool_uuid=uuid).first()
    if found is None:
        raise NotFound("There is no number pool with this id.")
    return found


def members(pack: Powerpack) -> QuerySet[PoolNumber]:
    """The numbers of the pool that are still rented, in the order in which they came."""
    living = PoolNumber.objects.filter(powerpack=pack, rental__released_at=None)
    return living.select_related("rental__stock", "rental__account").order_by("pk")


@transaction.atomic
def add_number(*, pack: Powerpack, number: str, actor: Actor, ip: str = "") -> PoolNumber:
    """Puts a rented number into the pool; again is nothing. Raises NotFound, DomainError."""
    lock_account(pack.account)
    rented = find_number(account=pack.account, subaccount=pack.subaccount, number=number)
    if not rented.stock.sms_enabled:
        raise DomainError("This number takes calls only.", code="no_sms", field="number")
    if members(pack).count() >= MOST_NUMBERS:
        message = f"A powerpack holds at most {MOST_NUMBERS} numbers."
        raise DomainError(message, code="too_many", field="number")
    member, fresh = PoolNumber.objects.get_or_create(powerpack=pack, rental=rented)
    if fresh:
        _record("powerpack.number_added", pack, actor, {"number": number}, ip)
    return member


@transaction.atomic
def remove_number(
    *, pack: Powerpack, number: str, actor: Actor, unrent: bool = False, ip: str = ""
) -> None:
    """Takes a number out of the pool, and gives it back when `unrent`; raises NotFound."""
    lock_account(pack.account)
    member = find_member(pack, number)
    rental = member.rental
    member.delete()
    StickySender.objects.filter(powerpack=pack, source=rental.number).delete()
    _record("powerpack.number_removed", pack, actor, {"number": number}, ip)
    if unrent:
        release_number(rented=rental, actor=actor, ip=ip)


def find_member(pack: Powerpack, number: str) -> PoolNumber:
    """A number of the pool (one query); raises NotFound."""
    found = members(pack).filter(rental__number=number).first()
    if found is None:
        raise NotFound("This number is not in the pool.")
    return found


def choose_sources(pack: Powerpack, numbers: Sequence[Number]) -> dict[str, str]:
    """Destination → number of the pool that texts it (two queries).

    A number that the receiver knows comes first (`sticky_sender`), then the class that
    `number_priority` prefers, then the nearest (`local_connect`); what is left is spread evenly.
    Raises DomainError `empty_powerpack`.
    """
    pool = [one.rental for one in members(pack) if one.rental.stock.sms_enabled]
    if not pool:
        message = "This powerpack has no number that can text."
        raise DomainError(message, code="empty_powerpack", field="powerpack_uuid")
    known: dict[str, str] = {}
    if pack.sticky_sender:
        wanted = [number.e164 for number in numbers]
        rows = StickySender.objects.filter(powerpack=pack, destination__in=wanted)
        known = dict(rows.values_list("destination", "source"))
    here = {rental.number for rental in pool}
    return {
        number.e164: known[number.e164]
        if known.get(number.e164) in here
        else _best(pack, pool, number)
        for number in numbers
    }


def remember(pack: Powerpack, pairs: Mapping[str, str]) -> None:
    """Keeps by which number each destination was texted (one query)."""
    if pack.sticky_sender and pairs:
        StickySender.objects.bulk_create(
            [StickySender(powerpack=pack, destination=to, source=by) for to, by in pairs.items()],
            update_conflicts=True,
            unique_fields=["powerpack", "destination"],
            update_fields=["source"],
        )


def _best(pack: Powerpack, pool: Sequence[RentedNumber], number: Number) -> str:
    best = _preferred(pack, pool, number.region)
    if pack.local_connect:
        shared = {one.number: _shared(one.number, number.e164) for one in best}
        at_home = [one for one in best if one.stock.country == number.region]
        best = at_home or best
        nearest = max(shared[one.number] for one in best)
        best = [one for one in best if shared[one.number] == nearest]
    return best[crc32(number.e164.encode()) % len(best)].number


def _preferred(pack: Powerpack, pool: Sequence[RentedNumber], region: str) -> list[RentedNumber]:
    for rule in pack.number_priority:
        if rule["service_type"].upper() != "SMS" or rule["country_iso"].upper() != region:
            continue
        for name in _PRIORITIES:
            wanted = rule["priority"].get(name)
            if found := [one for one in pool if _class_of(one) == wanted]:
                return found
    return list(pool)


def _class_of(rental: RentedNumber) -> str:
    return "tollfree" if rental.stock.type == DidType.TOLLFREE else "longcode"


def _shared(one: str, other: str) -> int:
    """How many digits both begin with."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def clean_priority(given: Sequence[Any]) -> list[dict[str, Any]]:
    """The rules in the form that is kept; raises DomainError `invalid_priority`."""
    return [_clean_rule(rule) for rule in given]


def _clean_rule(rule: Any) -> dict[str, Any]:
    order = rule.get("priority") if isinstance(rule, Mapping) else None
    service, country = (
        (rule.get("service_type"), rule.get("country_iso")) if isinstance(rule, Mapping) else "  "
    )
    fits = (
        isinstance(order, Mapping)
        and isinstance(service, str)
        and service.upper() in {"SMS", "MMS"}
        and isinstance(country, str)
        and len(country) == 2
        and all(order.get(name) in {*_CLASSES, None} for name in _PRIORITIES)
    )
    if not fits or not isinstance(order, Mapping):
        raise DomainError(
            "Each rule names service_type, country_iso and the priorities 1 to 3.",
            code="invalid_priority",
            field="number_priority",
        )
    kept = {name: order.get(name) for name in _PRIORITIES}
    return {"service_type": service, "country_iso": country, "priority": kept}


def _record(action: str, pack: Powerpack, actor: Actor, data: Any, ip: str) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=pack.account,
        object_type="powerpack",
        object_id=str(pack.uuid),
        data=data,
        ip=ip,
    )
