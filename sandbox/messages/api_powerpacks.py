"""Powerpacks over the API (compat/rest.md, Powerpack); their pools are in `api_pools`."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply
from console.api.fields import Args, Flag, Text
from console.api.operations import OBJECT, PAGE, Resource, operation
from console.api.paging import Row, page
from console.applications.api import application_named
from console.core import clock
from sandbox.messages import api_pools, api_tollfree, powerpacks
from sandbox.messages.api_media import uuid_of
from sandbox.messages.models import Powerpack

TAG: Final = "Powerpack"
_COLUMNS: Final = (
    "uuid",
    "pool_uuid",
    "name",
    "sticky_sender",
    "local_connect",
    "application__app_id",
    "number_priority",
    "created_at",
)


class PowerpackFields(Args):
    """What of a powerpack can be set."""

    sticky_sender = Flag(required=False, help_text="A receiver hears from one number; true.")
    local_connect = Flag(required=False, help_text="The nearest number is taken; true.")
    application_type = Text(required=False, max_length=16)
    application_id = Text(required=False, max_length=17)
    number_priority = serializers.ListField(
        child=serializers.DictField(), required=False, max_length=50
    )

    later = {"application_type": "It is always XML."}


class PowerpackCreate(PowerpackFields):
    """A new powerpack."""

    name = Text(required=True, allow_blank=False, max_length=80)


class PowerpackUpdate(PowerpackFields):
    """A changed powerpack; what is not given stays."""

    name = Text(required=False, allow_blank=False, max_length=80)


class PowerpackDelete(Args):
    """What becomes of its numbers."""

    unrent_numbers = Flag(required=False, help_text="Give the numbers back too; false.")


class PowerpackObject(serializers.Serializer[Any]):
    """A powerpack; the last part of `number_pool` names its pool."""

    application_id = serializers.CharField()
    application_type = serializers.CharField()
    created_on = serializers.CharField()
    local_connect = serializers.BooleanField()
    name = serializers.CharField()
    number_pool = serializers.CharField()
    number_priority = serializers.ListField(child=serializers.DictField())
    sticky_sender = serializers.BooleanField()
    uuid = serializers.CharField()


def _shape(call: ApiCall) -> Any:
    base = call.base

    def shape(row: Row) -> Row:
        return {
            "application_id": row["application__app_id"] or "",
            "application_type": "XML",
            "created_on": clock.zulu(row["created_at"]),
            "local_connect": row["local_connect"],
            "name": row["name"],
            "number_pool": f"{base}NumberPool/{row['pool_uuid']}/",
            "number_priority": row["number_priority"],
            "sticky_sender": row["sticky_sender"],
            "uuid": str(row["uuid"]),
        }

    return shape


def _one(call: ApiCall, pack: Powerpack) -> Row:
    mine = Powerpack.objects.for_account(call.account, call.subaccount)
    found: Row = _shape(call)(mine.filter(pk=pack.pk).values(*_COLUMNS).get())
    return found


def _found(call: ApiCall, uuid: str) -> Powerpack:
    return powerpacks.find_powerpack(
        account=call.account, subaccount=call.subaccount, uuid=uuid_of(uuid)
    )


def _given(call: ApiCall) -> dict[str, Any]:
    """The arguments as the services take them."""
    args = call.args
    names = ("name", "sticky_sender", "local_connect", "number_priority")
    given = {name: args[name] for name in names if name in args}
    if "application_id" in args:
        given["application"] = application_named(call, "application_id", args["application_id"])
    return given


class Powerpacks(Resource):
    """`Powerpack/`."""

    @operation(
        "powerpack_list",
        summary="List powerpacks",
        tag=TAG,
        answer=PowerpackObject,
        kind=PAGE,
        errors=(400,),
        python="client.powerpacks.list(limit=20, offset=0)",
        node="client.powerpacks.list({limit: 20, offset: 0})",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first."""
        rows = Powerpack.objects.for_account(call.account, call.subaccount)
        found = rows.order_by("-created_at", "-id").values(*_COLUMNS)
        return api_pools.without_nulls(page(call, found, _shape(call)))

    @operation(
        "powerpack_create",
        summary="Create a powerpack",
        tag=TAG,
        args=PowerpackCreate,
        answer=PowerpackObject,
        kind=OBJECT,
        status=201,
        errors=(400,),
        example={"name": "West coast"},
        python='client.powerpacks.create("West coast")',
        node='client.powerpacks.create("West coast")',
    )
    def post(self, call: ApiCall) -> Reply:
        """It is empty at first; numbers are put into its pool."""
        made = powerpacks.create_powerpack(
            account=call.account,
            subaccount=call.subaccount,
            actor=call.credential,
            ip=call.ip,
            **_given(call),
        )
        return Reply(201, _one(call, made))


class OnePowerpack(Resource):
    """`Powerpack/{uuid}/`."""

    @operation(
        "powerpack_get",
        summary="Get a powerpack",
        tag=TAG,
        answer=PowerpackObject,
        python='client.powerpacks.get("86bbb125-97bb-4d72-89fd-81d5c515b015")',
        node='client.powerpacks.get("86bbb125-97bb-4d72-89fd-81d5c515b015")',
    )
    def get(self, call: ApiCall, uuid: str) -> Reply:
        """One powerpack of the account."""
        return Reply(200, _one(call, _found(call, uuid)))

    @operation(
        "powerpack_update",
        summary="Change a powerpack",
        tag=TAG,
        args=PowerpackUpdate,
        answer=PowerpackObject,
        kind=OBJECT,
        status=202,
        example={"name": "East coast"},
        python='powerpack.update(name="East coast")',
        node='powerpack.update({name: "East coast"})',
    )
    def post(self, call: ApiCall, uuid: str) -> Reply:
        """What is not given stays as it is."""
        pack = _found(call, uuid)
        powerpacks.update_powerpack(pack=pack, actor=call.credential, ip=call.ip, **_given(call))
        return Reply(202, _one(call, pack))

    @operation(
        "powerpack_delete",
        summary="Delete a powerpack",
        tag=TAG,
        args=PowerpackDelete,
        answer=api_pools.Success,
        kind=OBJECT,
        python="powerpack.delete(unrent_numbers=False)",
        node="powerpack.delete()",
    )
    def delete(self, call: ApiCall, uuid: str) -> Reply:
        """Its numbers stay rented unless asked otherwise."""
        powerpacks.delete_powerpack(
            pack=_found(call, uuid),
            actor=call.credential,
            unrent_numbers=call.args.get("unrent_numbers", False),
            ip=call.ip,
        )
        return Reply(200, {"response": "success"})


urlpatterns = [
    path("Powerpack/", Powerpacks.as_view()),
    path("Powerpack/<str:uuid>/", OnePowerpack.as_view()),
    *api_pools.urlpatterns,
    *api_tollfree.urlpatterns,
]
