"""Stored exports over the API (sandbox-api.md, Export)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, deleted
from console.api.fields import Args, Flag, Joined, PageArgs, Text
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Row, limits, listed
from console.api.scope import subaccount_named
from console.exports import links, services
from console.exports.models import Compression, Export, Format
from console.records.columns import Phones

TAG: Final = "Export"


class ExportCreate(Args):
    """The recipe of a file; only `kind` is required."""

    kind = Text(required=True, allow_blank=False, max_length=20, help_text="calls or messages.")
    format = Text(required=False, max_length=20, help_text="csv or jsonl; csv.")
    compression = Text(required=False, max_length=20, help_text="none or gzip; none.")
    filters = serializers.DictField(
        child=Text(), required=False, help_text="The words of the page's filter bar."
    )
    columns = Joined(separator=",", required=False, help_text="Their names; all of them.")
    timezone = Text(required=False, max_length=64, help_text="Of the times; the account's.")
    phones = Text(required=False, max_length=20, help_text="e164, digits or text; e164.")
    bom = Flag(required=False, help_text="A byte order mark; CSV only.")
    subaccount = Text(required=False, max_length=20)


class ExportStarted(serializers.Serializer[Any]):
    """The new export's id."""

    export_uuid = serializers.UUIDField()
    state = serializers.CharField()


class ExportObject(serializers.Serializer[Any]):
    """How far an export is; `rows`, `sha256` and `signed_url` once it is ready."""

    export_uuid = serializers.UUIDField()
    kind = serializers.CharField()
    format = serializers.CharField()
    state = serializers.CharField()
    rows_done = serializers.IntegerField()
    rows = serializers.IntegerField(allow_null=True)
    size_bytes = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    signed_url = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    manifest = serializers.DictField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    resource_uri = serializers.CharField()


def _shape(call: ApiCall, export: Export) -> Row:
    ready = export.is_ready
    link = links.signed_path(export)[0] if ready else ""
    return {
        "export_uuid": str(export.pk),
        "kind": export.kind,
        "format": export.format,
        "state": export.state,
        "rows_done": export.rows_done,
        "rows": export.rows_done if ready else None,
        "size_bytes": export.size_bytes if ready else None,
        "sha256": export.sha256 if ready else None,
        "signed_url": f"{settings.PUBLIC_URL}{link}" if ready else None,
        "expires_at": export.expires_at.isoformat(" ", "seconds") if export.expires_at else None,
        "manifest": services.manifest(export) if ready else None,
        "error": export.error or None,
        "resource_uri": f"{call.base}Export/{export.pk}/",
    }


class Exports(Resource):
    """`Export/`."""

    @operation(
        "export_list",
        summary="List exports",
        tag=TAG,
        args=PageArgs,
        answer=ExportObject,
        kind=PAGE,
        errors=(400,),
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first, of the last 30 days."""
        limit, offset = limits(call.raw)
        mine = Export.objects.for_account(call.account, call.subaccount)
        found = mine.order_by("-created_at", "-pk")[offset : offset + limit]
        shown = [_shape(call, export) for export in found]
        return listed(call, shown, mine.count(), limit, offset)

    @operation(
        "export_create",
        summary="Start an export",
        tag=TAG,
        args=ExportCreate,
        answer=ExportStarted,
        kind=ACTION,
        status=202,
        errors=(400, 429),
        example={"kind": "calls", "filters": {"since": "2026-03-01"}},
    )
    def post(self, call: ApiCall) -> Reply:
        """Made in the background; ask for it again until its state is `ready`."""
        given = call.args
        made = services.create_export(
            account=call.account,
            subaccount=subaccount_named(call, given.get("subaccount")),
            actor=call.credential,
            kind=given["kind"],
            format=given.get("format") or Format.CSV,
            compression=given.get("compression") or Compression.NONE,
            filters=given.get("filters"),
            columns=given.get("columns") or (),
            time_zone=given.get("timezone", ""),
            phones=given.get("phones") or Phones.E164,
            bom=given.get("bom", False),
            ip=call.ip,
        )
        return Reply(202, {"export_uuid": str(made.pk), "state": made.state})


class OneExport(Resource):
    """`Export/{export_uuid}/`."""

    @operation("export_get", summary="Get an export", tag=TAG, answer=ExportObject)
    def get(self, call: ApiCall, export_uuid: UUID) -> Reply:
        """Its progress, and the link to the file while it is there; the link holds 15 minutes."""
        return Reply(200, _shape(call, _find(call, export_uuid)))

    @operation("export_delete", summary="Cancel or remove an export", tag=TAG, kind=NOTHING)
    def delete(self, call: ApiCall, export_uuid: UUID) -> Reply:
        """The file goes with it."""
        found = _find(call, export_uuid)
        services.remove_export(export=found, actor=call.credential, ip=call.ip)
        return deleted()


def _find(call: ApiCall, export_uuid: UUID) -> Export:
    return services.find_export(
        account=call.account, export_id=export_uuid, subaccount=call.subaccount
    )


urlpatterns = [
    path("Export/", Exports.as_view()),
    path("Export/<uuid:export_uuid>/", OneExport.as_view()),
]
