"""The dry run over the API (sandbox-api.md): would this go through?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, done
from console.api.fields import Args, Text
from console.api.operations import OBJECT, Resource, operation
from console.core.errors import DomainError
from sandbox.fence import services

TAG: Final = "Sandbox"
MOST_JUDGED: Final = 20
DRY: Final = "Asks the fence alone: nothing is sent, and the answer has its verdict."


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


class JudgedDestination(VerdictObject):
    """The fence's verdict on one destination."""

    to = serializers.CharField()


class JudgedObject(serializers.Serializer[Any]):
    """What a request with `dry_run` answers; `allowed` is false when one destination is refused."""

    message = serializers.CharField()
    allowed = serializers.BooleanField()
    destinations = JudgedDestination(many=True)


def judged(call: ApiCall, *, kind: str, from_: str, to: Sequence[str]) -> Reply:
    """200 with the verdict on every destination; nothing is sent, written or counted.

    Raises `too_many` above twenty destinations, because each is looked at by itself.
    """
    if len(to) > MOST_JUDGED:
        raise DomainError(
            f"A dry run takes at most {MOST_JUDGED} destinations.", code="too_many", field="dry_run"
        )
    account, subaccount = call.account, call.subaccount
    verdicts = [
        services.dry_run(account=account, subaccount=subaccount, kind=kind, from_=from_, to=one)
        for one in to
    ]
    told = [{"to": one, **verdict.as_json()} for one, verdict in zip(to, verdicts, strict=True)]
    allowed = all(verdict.allowed for verdict in verdicts)
    return done("dry run", allowed=allowed, destinations=told)


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
