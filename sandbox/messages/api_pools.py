"""Number pools over the API, and their numbers (compat/rest.md, NumberPool)."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply
from console.api.fields import Args, Flag, PageArgs, Text
from console.api.operations import OBJECT, PAGE, Resource, operation
from console.api.paging import Row, page
from console.core import clock, converters  # noqa: F401 - registers e164
from console.core.errors import NotFound
from console.numbers.models import DidType
from console.numbers.services import AlreadyYours, rent_number
from sandbox.messages import powerpacks
from sandbox.messages.api_media import uuid_of
from sandbox.messages.models import PoolNumber, Powerpack

TAG: Final = "NumberPool"
_COLUMNS: Final = (
    "added_at",
    "rental__number",
    "rental__stock__country",
    "rental__stock__type",
    "powerpack__pool_uuid",
)
_TYPES: Final = {
    DidType.LOCAL: "fixed",
    DidType.NATIONAL: "fixed",
    DidType.MOBILE: "mobile",
    DidType.TOLLFREE: "tollfree",
}


class PoolFilter(PageArgs):
    """Which numbers of a pool a list shows."""

    starts_with = Text(required=False, max_length=16)
    country_iso2 = Text(required=False, max_length=2)
    type = Text(required=False, max_length=8)
    service = Text(required=False, max_length=8)


class PoolAdd(Args):
    """A number for the pool."""

    rent = Flag(required=False, help_text="Rent it first; false.")
    service = Text(required=False, max_length=8)

    later = {"service": "Numbers of a pool send SMS and MMS alike."}


class PoolRemove(Args):
    """What becomes of the number."""

    unrent = Flag(required=False, help_text="Give it back too; false.")


class PoolNumberObject(serializers.Serializer[Any]):
    """A number of a pool."""

    account_phone_number_resource = serializers.CharField()
    added_on = serializers.CharField()
    country_iso2 = serializers.CharField()
    number = serializers.CharField()
    number_pool = serializers.CharField()
    number_pool_uuid = serializers.CharField()
    service = serializers.CharField()
    type = serializers.CharField()
    uuid = serializers.CharField()


class Success(serializers.Serializer[Any]):
    """It was done."""

    response = serializers.CharField()


def without_nulls(reply: Reply) -> Reply:
    """The page with "" where others say null: so powerpacks write it (compat/README.md 4.1)."""
    assert reply.body is not None
    meta = reply.body["meta"]
    for name in ("next", "previous"):
        meta[name] = meta[name] or ""
    return reply


def pool_named(call: ApiCall, uuid: str) -> Powerpack:
    """The powerpack whose pool the path names; raises NotFound."""
    return powerpacks.find_pool(
        account=call.account, subaccount=call.subaccount, uuid=uuid_of(uuid)
    )


def _members(call: ApiCall, pack: Powerpack, *, tollfree: bool) -> QuerySet[PoolNumber]:
    raw, asked = call.args, Q()
    if start := raw.get("starts_with"):
        asked &= Q(rental__number__startswith=f"+{start.removeprefix('+')}")
    if country := raw.get("country_iso2"):
        asked &= Q(rental__stock__country=country.upper())
    if kind := raw.get("type"):
        asked &= Q(rental__stock__type__in=[did for did, word in _TYPES.items() if word == kind])
    rows = powerpacks.members(pack).filter(asked)
    only = Q(rental__stock__type=DidType.TOLLFREE)
    return rows.filter(only if tollfree else ~only)


def shape_of(call: ApiCall) -> Any:
    """Turns a row into a number of a pool; no query."""
    base = call.base

    def shape(row: Row) -> Row:
        digits, pool = row["rental__number"].removeprefix("+"), str(row["powerpack__pool_uuid"])
        return {
            "account_phone_number_resource": f"{base}Number/{digits}/",
            "added_on": clock.zulu(row["added_at"]),
            "country_iso2": row["rental__stock__country"],
            "number": digits,
            "number_pool": f"{base}NumberPool/{pool}/",
            "number_pool_uuid": pool,
            "service": "sms",
            "type": _TYPES[DidType(row["rental__stock__type"])],
            "uuid": pool,
        }

    return shape


def list_pool(call: ApiCall, pool: str, shape: Any, *, tollfree: bool) -> Reply:
    """A page of the pool's toll-free or other numbers, newest first."""
    pack = pool_named(call, pool)
    rows = _members(call, pack, tollfree=tollfree).order_by("-added_at", "-pk").values(*_COLUMNS)
    return in_pool(call, pack, page(call, rows, shape))


def in_pool(call: ApiCall, pack: Powerpack, reply: Reply) -> Reply:
    """The page with the pool that it is of."""
    assert reply.body is not None
    pool = str(pack.pool_uuid)
    reply.body |= {"uuid": pool, "number_pool": f"{call.base}NumberPool/{pool}/"}
    return without_nulls(reply)


def member_of(call: ApiCall, pool: str, number: str, *, tollfree: bool) -> Row:
    """The row of a number in the pool; raises NotFound."""
    rows = _members(call, pool_named(call, pool), tollfree=tollfree)
    row: Row | None = rows.filter(rental__number=number).values(*_COLUMNS).first()
    if row is None:
        raise NotFound
    return row


def add_to_pool(call: ApiCall, pool: str, number: str) -> Reply:
    """Rents it first when asked; both or neither."""
    pack = pool_named(call, pool)
    with transaction.atomic():
        if call.args.get("rent"):
            try:
                rent_number(
                    account=call.account,
                    subaccount=call.subaccount,
                    number=number,
                    actor=call.credential,
                    ip=call.ip,
                )
            except AlreadyYours:
                call.partly("rent", "The number was rented already.")
        made = powerpacks.add_number(pack=pack, number=number, actor=call.credential, ip=call.ip)
    row = PoolNumber.objects.filter(pk=made.pk).values(*_COLUMNS).get()
    return Reply(201, shape_of(call)(row))


def remove_from_pool(call: ApiCall, pool: str, number: str) -> Reply:
    """Takes the number out, and gives it back when asked; raises NotFound."""
    powerpacks.remove_number(
        pack=pool_named(call, pool),
        number=number,
        actor=call.credential,
        unrent=call.args.get("unrent", False),
        ip=call.ip,
    )
    return Reply(200, {"response": "success"})


class PoolNumbers(Resource):
    """`NumberPool/{pool}/Number/`."""

    @operation(
        "pool_number_list",
        summary="List the numbers of a pool",
        tag=TAG,
        args=PoolFilter,
        answer=PoolNumberObject,
        kind=PAGE,
        python="powerpack.list_numbers()",
        node="powerpack.list_numbers()",
    )
    def get(self, call: ApiCall, pool: str) -> Reply:
        """Newest first; `meta.total_count` counts them."""
        return list_pool(call, pool, shape_of(call), tollfree=False)


class OnePoolNumber(Resource):
    """`NumberPool/{pool}/Number/{number}/`."""

    @operation(
        "pool_number_get",
        summary="Find a number in a pool",
        tag=TAG,
        answer=PoolNumberObject,
        python='powerpack.find_numbers("12065550150")',
        node='powerpack.find_numbers("12065550150")',
    )
    def get(self, call: ApiCall, pool: str, number: str) -> Reply:
        """404 when it is not in the pool."""
        return Reply(200, shape_of(call)(member_of(call, pool, number, tollfree=False)))

    @operation(
        "pool_number_add",
        summary="Add a number to a pool",
        tag=TAG,
        args=PoolAdd,
        answer=PoolNumberObject,
        kind=OBJECT,
        status=201,
        python='powerpack.add_number("12065550150")',
        node='powerpack.add_number("12065550150")',
    )
    def post(self, call: ApiCall, pool: str, number: str) -> Reply:
        """One of your numbers, or with `rent` one that is on offer."""
        return add_to_pool(call, pool, number)

    @operation(
        "pool_number_remove",
        summary="Take a number out of a pool",
        tag=TAG,
        args=PoolRemove,
        answer=Success,
        kind=OBJECT,
        python='powerpack.remove_number("12065550150")',
        node='powerpack.remove_number("12065550150")',
    )
    def delete(self, call: ApiCall, pool: str, number: str) -> Reply:
        """It stays rented unless asked otherwise."""
        return remove_from_pool(call, pool, number)


urlpatterns = [
    path("NumberPool/<str:pool>/Number/", PoolNumbers.as_view()),
    path("NumberPool/<str:pool>/Number/<e164:number>/", OnePoolNumber.as_view()),
]
