"""VerifiedCallerId over the API (compat/rest.md): sandbox numbers by another name (OTP-21)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import path

from console.api.call import ApiCall, Reply, deleted
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Row, page
from console.api.scope import subaccount_named
from console.core.errors import DomainError, NotFound
from console.core.unchanged import UNCHANGED
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.verification import services
from sandbox.verification.caller_id_objects import (
    COLUMNS,
    CallerIdFilter,
    CallerIdObject,
    CallerIdUpdate,
    Initiate,
    Initiated,
    Verified,
    Verify,
    object_of,
    shape,
)
from sandbox.verification.models import Challenge, Channel
from sandbox.verification.services.caller_ids import (
    caller_ids,
    clean_alias,
    find_caller_id,
    update_caller_id,
)
from sandbox.verification.services.numbers import living_number

TAG: Final = "Verified caller id"
_LIKE_SDKS_WRITE = "0123456789"


class CallerIds(Resource):
    """`VerifiedCallerId/`."""

    @operation(
        "verified_caller_id_list",
        summary="List verified caller ids",
        tag=TAG,
        args=CallerIdFilter,
        answer=CallerIdObject,
        kind=PAGE,
        errors=(400,),
        python="client.verify_callerids.list_verified_caller_id(limit=20)",
        node="client.verify.listVerifiedCallerId({limit: 20})",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first; those whose proof holds now."""
        scope = subaccount_named(call, call.args.get("subaccount"))
        rows = caller_ids(account=call.account, subaccount=scope)
        if country := call.args.get("country"):
            rows = rows.filter(region=country.upper())
        if alias := call.args.get("alias"):
            rows = rows.filter(alias=alias)
        base = call.base

        def listed(row: Row) -> Row:
            # Without + and without a slash at the end, as the compatible API writes it.
            uri = f"{base}VerifiedCallerId/{row['e164'][1:]}"
            return {**shape(row), "resource_uri": uri}

        return page(call, rows.order_by("-created_at", "-pk").values(*COLUMNS), listed)

    @operation(
        "verified_caller_id_initiate",
        summary="Send a code to a number that is to be verified",
        tag=TAG,
        args=Initiate,
        answer=Initiated,
        kind=ACTION,
        errors=(400, 403),
        example={"phone_number": "+12025550142", "alias": "desk"},
        python='client.verify_callerids.initiate_verify(phone_number="+12025550142", alias="desk")',
        node='client.verify.initiate("+12025550142", {alias: "desk"})',
    )
    def post(self, call: ApiCall) -> Reply:
        """Again within the wait it gives the verification that is under way."""
        args, scope = call.args, subaccount_named(call, call.args.get("subaccount"))
        raw = args["phone_number"]
        if raw and all(sign in _LIKE_SDKS_WRITE for sign in raw):
            raw = f"+{raw}"
        number, _ = _add(call, scope, raw)
        minutes = settings.TRUST.otp_lifetime // 60
        said = f"Verification code is sent to number {number.e164}"
        said = f"{said} which is valid for {minutes} minutes"
        return Reply(202, {"message": said, "verification_uuid": str(number.public_id)})


def _add(call: ApiCall, scope: Any, raw: str) -> tuple[SandboxNumber, Challenge]:
    try:
        return _added(call, scope, raw, region=(call.args.get("country") or "").upper())
    except DomainError as error:
        error.field = "phone_number" if error.field in {"number", "to"} else error.field
        raise


def _added(call: ApiCall, scope: Any, raw: str, *, region: str) -> tuple[SandboxNumber, Challenge]:
    seen = services.preview(raw=raw, region=region)
    known = living_number(call.account, seen.number.e164)
    if known is not None and known.subaccount_id != (scope.pk if scope else None):
        # GATE-07: a number serves the whole account; nobody proves it for a second time.
        message = "This account has this number already."
        raise DomainError(message, code="already_verified", field="number")
    usual = Channel.SMS if seen.number.sms_otp else Channel.CALL
    return services.add_number(
        account=call.account,
        subaccount=scope,
        raw=raw,
        region=region,
        channel=str(call.args.get("channel") or usual),
        alias=clean_alias(call.args.get("alias") or ""),
        actor=call.credential,
        ip=call.ip,
    )


class Verification(Resource):
    """`VerifiedCallerId/Verification/{verification_uuid}`."""

    @operation(
        "verified_caller_id_verify",
        summary="Verify a number with its code",
        tag=TAG,
        args=Verify,
        answer=Verified,
        kind=ACTION,
        status=201,
        example={"otp": "482913"},
        python='client.verify_callerids.verify_caller_id("0f978b20-…", otp="482913")',
        node='client.verify.verify("0f978b20-…", "482913")',
    )
    def post(self, call: ApiCall, verification_uuid: str) -> Reply:
        """Five tries for a code, one success, whatever comes at once (OTP-04)."""
        account = call.account
        number = services.find_number(
            account=account, public_id=_uuid(verification_uuid), subaccount=call.subaccount
        )
        if number.shown_state == NumberState.VERIFIED:
            raise DomainError("This number is verified already.", code="already_verified")
        try:
            number = services.check_code(
                account=account,
                number=number,
                code=call.args["otp"],
                actor=call.credential,
                ip=call.ip,
            )
        except DomainError as error:
            error.field = "otp" if error.field == "code" else error.field
            raise
        mine = Challenge.objects.for_account(account).filter(number=number)
        channel = mine.order_by("-pk").values_list("channel", flat=True).first()
        body = {**object_of(number), "channel": channel}
        body.pop("modified_at")
        return Reply(201, body)


class OneCallerId(Resource):
    """`VerifiedCallerId/{phone}/`."""

    @operation(
        "verified_caller_id_get",
        summary="Get a verified caller id",
        tag=TAG,
        answer=CallerIdObject,
        python='client.verify_callerids.get_verified_caller_id("+12025550142")',
        node='client.verify.getVerifiedCallerId("+12025550142")',
    )
    def get(self, call: ApiCall, phone: str) -> Reply:
        """One number whose proof holds now."""
        found = find_caller_id(account=call.account, phone=phone, subaccount=call.subaccount)
        return Reply(200, object_of(found))

    @operation(
        "verified_caller_id_update",
        summary="Rename a verified caller id, or give it to a subaccount",
        tag=TAG,
        args=CallerIdUpdate,
        answer=CallerIdObject,
        kind=ACTION,
        example={"alias": "front desk"},
        python='client.verify_callerids.update_verified_caller_id("+12025550142", alias="desk")',
        node='client.verify.updateVerifiedCallerId("+12025550142", {alias: "desk"})',
    )
    def post(self, call: ApiCall, phone: str) -> Reply:
        """What is not given stays as it is."""
        found = find_caller_id(account=call.account, phone=phone, subaccount=call.subaccount)
        named = call.args.get("subaccount")
        changed = update_caller_id(
            number=found,
            actor=call.credential,
            alias=call.args.get("alias", UNCHANGED),
            subaccount=subaccount_named(call, named) if named else UNCHANGED,
            ip=call.ip,
        )
        return Reply(202, object_of(changed))

    @operation(
        "verified_caller_id_delete",
        summary="Remove a verified caller id",
        tag=TAG,
        kind=NOTHING,
        python='client.verify_callerids.delete_verified_caller_id("+12025550142")',
        node='client.verify.deleteVerifiedCallerId("+12025550142")',
    )
    def delete(self, call: ApiCall, phone: str) -> Reply:
        """Calls and messages to it are refused at once (NUM-09)."""
        scope = call.subaccount
        found = find_caller_id(account=call.account, phone=phone, subaccount=scope, proved=False)
        services.remove_number(
            account=call.account, number=found, actor=call.credential, ip=call.ip
        )
        return deleted()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


urlpatterns = [
    path("VerifiedCallerId/", CallerIds.as_view()),
    path("VerifiedCallerId/Verification/<str:verification_uuid>/", Verification.as_view()),
    path("VerifiedCallerId/<str:phone>/", OneCallerId.as_view()),
]
