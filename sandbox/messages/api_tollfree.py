"""Toll-free numbers of number pools over the API, and short codes, of which there are none."""

from __future__ import annotations

from typing import Any

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply
from console.api.operations import OBJECT, PAGE, Resource, operation
from console.api.paging import Row, limits, listed
from console.core.errors import NotFound
from sandbox.messages.api_pools import (
    TAG,
    PoolAdd,
    PoolNumberObject,
    PoolRemove,
    Success,
    add_to_pool,
    in_pool,
    list_pool,
    member_of,
    pool_named,
    remove_from_pool,
    shape_of,
)


class TollfreeObject(serializers.Serializer[Any]):
    """A toll-free number of a pool."""

    added_on = serializers.CharField()
    country_iso2 = serializers.CharField()
    number_pool_uuid = serializers.CharField()
    service = serializers.CharField()
    tollfree = serializers.CharField()


class ShortcodeObject(serializers.Serializer[Any]):
    """A short code; no pool of the sandbox has one."""

    added_on = serializers.CharField()
    country_iso2 = serializers.CharField()
    number_pool_uuid = serializers.CharField()
    shortcode = serializers.CharField()


def _tollfree_shape(call: ApiCall) -> Any:
    whole = shape_of(call)

    def shape(row: Row) -> Row:
        one = whole(row)
        names = ("added_on", "country_iso2", "number_pool_uuid", "service")
        return {"tollfree": one["number"], **{name: one[name] for name in names}}

    return shape


class PoolTollfrees(Resource):
    """`NumberPool/{pool}/Tollfree/`."""

    @operation(
        "pool_tollfree_list",
        summary="List the toll-free numbers of a pool",
        tag=TAG,
        answer=TollfreeObject,
        kind=PAGE,
        python="powerpack.list_tollfree()",
        node="powerpack.list_tollfree()",
    )
    def get(self, call: ApiCall, pool: str) -> Reply:
        """Newest first."""
        return list_pool(call, pool, _tollfree_shape(call), tollfree=True)


class OnePoolTollfree(Resource):
    """`NumberPool/{pool}/Tollfree/{tollfree}/`."""

    @operation(
        "pool_tollfree_get",
        summary="Find a toll-free number in a pool",
        tag=TAG,
        answer=TollfreeObject,
        python='powerpack.find_tollfree("18005550150")',
        node='powerpack.find_tollfree("18005550150")',
    )
    def get(self, call: ApiCall, pool: str, tollfree: str) -> Reply:
        """404 when it is not in the pool."""
        return Reply(200, _tollfree_shape(call)(member_of(call, pool, tollfree, tollfree=True)))

    @operation(
        "pool_tollfree_add",
        summary="Add a toll-free number to a pool",
        tag=TAG,
        args=PoolAdd,
        answer=PoolNumberObject,
        kind=OBJECT,
        status=201,
        python='powerpack.add_tollfree("18005550150")',
        node='powerpack.add_tollfree("18005550150")',
    )
    def post(self, call: ApiCall, pool: str, tollfree: str) -> Reply:
        """One of your numbers, or with `rent` one that is on offer."""
        return add_to_pool(call, pool, tollfree)

    @operation(
        "pool_tollfree_remove",
        summary="Take a toll-free number out of a pool",
        tag=TAG,
        args=PoolRemove,
        answer=Success,
        kind=OBJECT,
        python='powerpack.remove_tollfree("18005550150")',
        node='powerpack.remove_tollfree("18005550150")',
    )
    def delete(self, call: ApiCall, pool: str, tollfree: str) -> Reply:
        """It stays rented unless asked otherwise."""
        return remove_from_pool(call, pool, tollfree)


class PoolShortcodes(Resource):
    """`NumberPool/{pool}/Shortcode/`."""

    @operation(
        "pool_shortcode_list",
        summary="List the short codes of a pool",
        tag=TAG,
        answer=ShortcodeObject,
        kind=PAGE,
        python="powerpack.list_shortcodes()",
        node="powerpack.list_shortcodes()",
    )
    def get(self, call: ApiCall, pool: str) -> Reply:
        """Always empty: the sandbox has no short codes."""
        limit, offset = limits(call.raw)
        return in_pool(call, pool_named(call, pool), listed(call, [], 0, limit, offset))


class OnePoolShortcode(Resource):
    """`NumberPool/{pool}/Shortcode/{shortcode}/`."""

    @operation(
        "pool_shortcode_get",
        summary="Find a short code in a pool",
        tag=TAG,
        answer=ShortcodeObject,
        python='powerpack.find_shortcode("444444")',
        node='powerpack.find_shortcode("444444")',
    )
    def get(self, call: ApiCall, pool: str, shortcode: str) -> Reply:
        """Always 404: the sandbox has no short codes."""
        pool_named(call, pool)
        raise NotFound

    @operation(
        "pool_shortcode_remove",
        summary="Take a short code out of a pool",
        tag=TAG,
        args=PoolRemove,
        answer=Success,
        kind=OBJECT,
        python='powerpack.remove_shortcode("444444")',
        node='powerpack.remove_shortcode("444444")',
    )
    def delete(self, call: ApiCall, pool: str, shortcode: str) -> Reply:
        """Always 404: the sandbox has no short codes."""
        pool_named(call, pool)
        raise NotFound


urlpatterns = [
    path("NumberPool/<str:pool>/Tollfree/", PoolTollfrees.as_view()),
    path("NumberPool/<str:pool>/Tollfree/<e164:tollfree>/", OnePoolTollfree.as_view()),
    path("NumberPool/<str:pool>/Shortcode/", PoolShortcodes.as_view()),
    path("NumberPool/<str:pool>/Shortcode/<str:shortcode>/", OnePoolShortcode.as_view()),
]
