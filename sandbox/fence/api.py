"""The dry run over the API (sandbox-api.md): would this go through?"""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply
from console.api.fields import Args, Text
from console.api.operations import OBJECT, Resource, operation
from sandbox.fence import services

TAG: Final = "Sandbox"


class DryRunArgs(Args):
    """What would be tried; `from` is added below, because it is a word of Python."""

    kind = Text(required=True, allow_blank=False, max_length=16, help_text="call or message.")
    to = Text(required=True, allow_blank=False, max_length=128)


DryRunArgs._declared_fields["from"] = Text(required=False, max_length=128)


class RuleLine(serializers.Serializer[Any]):
    """What one rule says."""

    rule = serializers.CharField()
    outcome = serializers.CharField()
    saw = serializers.CharField()
    fix = serializers.CharField()
    fix_url = serializers.CharField()


class VerdictObject(serializers.Serializer[Any]):
    """The fence's verdict."""

    allowed = serializers.BooleanField()
    rules = RuleLine(many=True)


class DryRun(Resource):
    """`Sandbox/DryRun/`."""

    @operation(
        "dry_run",
        summary="Ask the fence without sending anything",
        tag=TAG,
        args=DryRunArgs,
        answer=VerdictObject,
        kind=OBJECT,
        errors=(400,),
        sandbox_only=True,
        example={"kind": "call", "from": "+12065550150", "to": "+12025550142"},
    )
    def post(self, call: ApiCall) -> Reply:
        """Every rule in order, with what it saw and what would mend it. Nothing is counted."""
        verdict = services.dry_run(
            account=call.account,
            subaccount=call.subaccount,
            kind=call.args["kind"],
            from_=call.args.get("from", ""),
            to=call.args["to"],
        )
        return Reply(200, verdict.as_json())


urlpatterns = [path("Sandbox/DryRun/", DryRun.as_view())]
