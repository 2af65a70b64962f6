"""Calls over the API: making, listing, reading, cancelling them (compat/rest.md, Call)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast
from uuid import UUID

from django.urls import path

from console.api.call import ApiCall, Reply, changed, deleted, done
from console.api.operations import ACTION, NOTHING, OBJECT, PAGE, Resource, operation
from console.api.paging import limits, page
from console.core.errors import NotFound
from sandbox.calls import api_control, api_records, feedback, outbound, selectors, services
from sandbox.calls.api_args import CallCreate, CallFired, FeedbackArgs, OneArgs
from sandbox.calls.api_records import CallFilter, CallObject, wrong
from sandbox.calls.selectors import LiveLeg
from sandbox.calls.wishes import Asked
from sandbox.fence.api import JudgedObject, judged
from sandbox.fence.kinds import Kind

TAG: Final = "Call"


class Calls(Resource):
    """`Call/`."""

    @operation(
        "call_list",
        summary="List calls",
        tag=TAG,
        args=CallFilter,
        answer=CallObject,
        kind=PAGE,
        errors=(400,),
        takes_async=True,
        python="client.calls.list(limit=20, offset=0)",
        node="client.calls.list({limit: 20, offset: 0})",
    )
    def get(self, call: ApiCall) -> Reply:
        """Records of calls that have ended, newest first; with `status` those that live or wait."""
        status = call.args.get("status")
        if not status:
            return page(call, api_records.wanted(call), api_records.shape(call))
        limit, offset = limits(call.raw)
        scope: dict[str, Any] = {"account": call.account, "subaccount": call.subaccount}
        if status == "live":
            direction = call.args.get("call_direction") or ""
            if direction not in ("", "inbound", "outbound"):
                raise wrong("call_direction", "it is inbound or outbound")
            found = selectors.live_call_uuids(
                **scope,
                direction=direction,
                from_number=call.args.get("from_number") or "",
                to_number=call.args.get("to_number") or "",
                limit=limit,
                offset=offset,
            )
        elif status == "queued":
            found = selectors.queued_call_uuids(**scope, limit=limit, offset=offset)
        else:
            raise wrong("status", "it is live or queued")
        return Reply(200, {"calls": [str(one) for one in found]})

    @operation(
        "call_create",
        summary="Make a call",
        tag=TAG,
        args=CallCreate,
        answer=CallFired,
        kind=ACTION,
        status=201,
        errors=(400, 403, 404),
        instead={200: JudgedObject},
        takes_async=True,
        example={
            "from": "+12065550150",
            "to": "+12025550142",
            "answer_url": "https://app.example.com/answer/",
        },
        python='client.calls.create(from_="+12065550150", to_="+12025550142", answer_url="https://app.example.com/answer/")',
        node='client.calls.create("+12065550150", "+12025550142", "https://app.example.com/answer/")',
    )
    def post(self, call: ApiCall) -> Reply:
        """Each destination becomes a call that waits its turn in the account's line."""
        asked = dict(call.args)
        from_, to = asked.pop("from"), asked.pop("to")
        if asked.pop("dry_run", False):
            return judged(call, kind=Kind.CALL, from_=from_, to=to)
        uuids = outbound.place_calls(
            account=call.account,
            subaccount=call.subaccount,
            from_=from_,
            to="<".join(to),
            answer_url=asked.pop("answer_url"),
            parent_call_uuid=asked.pop("parent_call_uuid", ""),
            error_if_parent_not_found=asked.pop("error_if_parent_not_found", False),
            source_ip=call.ip,
            **cast("Asked", asked),  # the names are those of Args
        )
        if len(uuids) == 1:
            return done("call fired", status=201, request_uuid=str(uuids[0]))
        return done("calls fired", status=201, request_uuid=[str(one) for one in uuids])


class OneCall(Resource):
    """`Call/{call_uuid}/`."""

    @operation(
        "call_get",
        summary="Get a call",
        tag=TAG,
        args=OneArgs,
        answer=CallObject,
        kind=OBJECT,
        takes_async=True,
        python='client.calls.get("2f6d0c1e-7a0b-4c3d-9e8f-001122334455")',
        node='client.calls.get("2f6d0c1e-7a0b-4c3d-9e8f-001122334455")',
    )
    def get(self, call: ApiCall, call_uuid: str) -> Reply:
        """The record of a call that has ended; with `status` one that lives or waits."""
        status, uuid = call.args.get("status"), uuid_of(call_uuid)
        if not status:
            return Reply(200, api_records.shape(call)(api_records.one(call, uuid)))
        scope: dict[str, Any] = {"account": call.account, "subaccount": call.subaccount}
        if status == "live":
            return Reply(200, _live(selectors.get_live_call(**scope, call_uuid=uuid)))
        if status == "queued":
            return Reply(200, _queued(selectors.get_queued_call(**scope, call_uuid=uuid)))
        raise wrong("status", "it is live or queued")

    post = api_control.transfer
    delete = api_control.hang_up


class OneRequest(Resource):
    """`Request/{request_uuid}/`."""

    @operation(
        "call_cancel",
        summary="Cancel a call that is queued or rings",
        tag=TAG,
        kind=NOTHING,
        errors=(404,),
        takes_async=True,
        python='client.calls.cancel("2f6d0c1e-7a0b-4c3d-9e8f-001122334455")',
        node='client.calls.cancel("2f6d0c1e-7a0b-4c3d-9e8f-001122334455")',
    )
    def delete(self, call: ApiCall, request_uuid: str) -> Reply:
        """Its record says 1000, Canceled."""
        outbound.cancel_request(
            account=call.account, subaccount=call.subaccount, request_uuid=uuid_of(request_uuid)
        )
        return deleted()


class Feedback(Resource):
    """`/v1/Call/{call_uuid}/Feedback/`, outside of the account's path."""

    @operation(
        "call_feedback",
        summary="Say how good a call was",
        tag=TAG,
        args=FeedbackArgs,
        kind=ACTION,
        example={"rating": 4.5, "issues": ["ECHO"]},
        python='client.calls.feedback("2f6d0c1e-7a0b-4c3d-9e8f-001122334455", rating=5)',
        node='client.callFeedback.create("2f6d0c1e-7a0b-4c3d-9e8f-001122334455", 5)',
    )
    def post(self, call: ApiCall, call_uuid: str) -> Reply:
        """The newest word on a call stays. An empty body is taken: one SDK sends no other."""
        feedback.give(
            account=call.account,
            subaccount=call.subaccount,
            call_uuid=uuid_of(call_uuid),
            rating=_rating(call.args.get("rating")),
            issues=call.args.get("issues", []),
            notes=call.args.get("notes", ""),
        )
        return changed(message="success", status="success")


class Story(Resource):
    """`Sandbox/Call/{call_uuid}/Story/`."""

    @operation(
        "call_story",
        summary="Read the story of a call",
        tag="Sandbox",
        kind=OBJECT,
        sandbox_only=True,
    )
    def get(self, call: ApiCall, call_uuid: str) -> Reply:
        """Every step of the call in order, each with its time, kind, leg and particulars."""
        found = services.story(
            account=call.account, subaccount=call.subaccount, call_uuid=uuid_of(call_uuid)
        )
        return Reply(200, {"objects": found})


def uuid_of(text: str) -> UUID:
    """The UUID in a path; what is none is not found."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _rating(text: str | None) -> Decimal | None:
    if not text:
        return None
    try:
        rating = Decimal(text)
    except InvalidOperation as error:
        raise wrong("rating", "it is a number from 1 to 5") from error
    if not rating.is_finite():
        raise wrong("rating", "it is a number from 1 to 5")
    return rating


def _queued(leg: LiveLeg) -> dict[str, Any]:
    return {
        "call_uuid": str(leg.call_uuid),
        "request_uuid": str(leg.request_uuid),
        "call_status": leg.call_status,
        "direction": leg.direction,
        "from": leg.from_number,
        "to": leg.to_number.removeprefix("+"),
        "caller_name": leg.caller_name,
    }


def _live(leg: LiveLeg) -> dict[str, Any]:
    return {
        **_queued(leg),
        "session_start": leg.session_start,
        "stir_verification": leg.stir_verification,
        "stir_attestation": leg.stir_attestation,
    }


urlpatterns = [
    path("Call/", Calls.as_view()),
    path("Call/<str:call_uuid>/", OneCall.as_view()),
    *api_control.urlpatterns,
    path("Request/<str:request_uuid>/", OneRequest.as_view()),
    path("Sandbox/Call/<str:call_uuid>/Story/", Story.as_view()),
]
outside = [path("Call/<str:call_uuid>/Feedback/", Feedback.as_view())]
