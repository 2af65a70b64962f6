"""Verify sessions over the API (compat/rest.md, Verify session). No answer holds a code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.urls import path
from django.utils.dateparse import parse_date, parse_datetime

from console.api import rate
from console.api.call import ApiCall, Reply, done
from console.api.operations import ACTION, PAGE, Resource, operation
from console.api.paging import limits, listed
from console.api.scope import subaccount_named
from console.core.errors import DomainError, NotFound
from console.core.numbers import canonical_number
from sandbox.verification import sessions
from sandbox.verification.session_objects import (
    TIMES,
    SessionCreate,
    SessionFilter,
    SessionMade,
    SessionObject,
    SessionValidate,
    shape,
)

TAG: Final = "Verify session"
LISTS_A_MINUTE: Final = 20


class Sessions(Resource):
    """`Verify/Session/`."""

    @operation(
        "verify_session_list",
        summary="List verify sessions",
        tag=TAG,
        args=SessionFilter,
        answer=SessionObject,
        kind=PAGE,
        page_key="sessions",
        errors=(400,),
        python="client.verify_session.list(limit=20, offset=0)",
        node="client.verify_session.list({limit: 20, offset: 0})",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first, the last ninety days; at most 20 such requests a minute."""
        rate.take(f"verify-sessions:{call.account.auth_id}", most=LISTS_A_MINUTE, seconds=60)
        limit, offset = limits(call.raw)
        rows = sessions.list_sessions(
            account=call.account,
            subaccount=subaccount_named(call, call.args.get("subaccount")),
            filters=_filters(call),
        )
        found = list(rows[offset : offset + limit + 1])
        total = offset + len(found)
        reply = listed(
            call, [shape(one) for one in found[:limit]], total, limit, offset, key="sessions"
        )
        assert reply.body is not None
        reply.body["meta"].pop("total_count")  # this list has none (compat/README.md 4.1)
        return reply

    @operation(
        "verify_session_create",
        summary="Send a code to a recipient",
        tag=TAG,
        args=SessionCreate,
        answer=SessionMade,
        kind=ACTION,
        errors=(400, 403),
        example={"recipient": "+12025550142", "brand_name": "Acme"},
        python='client.verify_session.create(recipient="+12025550142", brand_name="Acme")',
        node='client.verify_session.create({recipient: "+12025550142", brand_name: "Acme"})',
    )
    def post(self, call: ApiCall) -> Reply:
        """Again within the session's ten minutes it sends a new code on the same session."""
        args = call.args
        wanted = sessions.Wanted(
            recipient=args["recipient"],
            channel=args.get("channel") or "",
            app_uuid=args.get("app_uuid"),
            url=args.get("url") or "",
            method=args.get("method") or "POST",
            locale=args.get("locale") or "",
            brand_name=args.get("brand_name") or "",
            app_hash=args.get("app_hash") or "",
            code_length=args.get("code_length"),
            dtmf=args.get("dtmf") or "",
            fraud_check=args.get("fraud_check") != "disabled",
            otp=args.get("otp") or "",
        )
        made = sessions.create_session(
            account=call.account, subaccount=call.subaccount, wanted=wanted, ip=call.ip
        )
        return done("Session initiated", status=202, session_uuid=str(made.public_id))


def _filters(call: ApiCall) -> sessions.Filters:
    args, recipient = call.args, call.args.get("recipient") or ""
    if recipient:
        recipient = canonical_number(recipient, bare_digits=True, field="recipient").e164
    return sessions.Filters(
        status=args.get("status") or "",
        country=args.get("country") or "",
        alias=args.get("alias") or "",
        app_uuid=args.get("app_uuid"),
        recipient=recipient,
        brand_name=args.get("brand_name") or "",
        app_hash=args.get("app_hash") or "",
        times=tuple(
            (how, _time(name, call.raw[name]))
            for name, how in TIMES.items()
            if call.raw.get(name) not in (None, "")
        ),
    )


def _time(name: str, raw: Any) -> datetime:
    text = str(raw).strip()
    try:
        moment = parse_datetime(text)
        day = None if moment else parse_date(text)
    except ValueError:
        moment, day = None, None
    if day is not None:
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if moment is None:
        raise DomainError(
            f"{name} parameter is invalid: write YYYY-MM-DD HH:MM:SS",
            code="invalid_parameter",
            field=name,
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class OneSession(Resource):
    """`Verify/Session/{session_uuid}/`."""

    @operation(
        "verify_session_get",
        summary="Get a verify session",
        tag=TAG,
        answer=SessionObject,
        python='client.verify_session.get("5c533d15-…")',
        node='client.verify_session.get("5c533d15-…")',
    )
    def get(self, call: ApiCall, session_uuid: str) -> Reply:
        """Where it stands; the code is in no answer."""
        found = sessions.find_session(
            account=call.account,
            subaccount=call.subaccount,
            session_uuid=_uuid(session_uuid),
            attempts=True,
        )
        return Reply(200, shape(found))

    @operation(
        "verify_session_validate",
        summary="Validate the code of a session",
        tag=TAG,
        args=SessionValidate,
        kind=ACTION,
        status=200,
        example={"otp": "482913"},
        python='client.verify_session.validate("5c533d15-…", otp="482913")',
        node='client.verify_session.validate({id: "5c533d15-…", otp: "482913"})',
    )
    def post(self, call: ApiCall, session_uuid: str) -> Reply:
        """Ten tries for six digits and more, three below."""
        try:
            sessions.validate_session(
                account=call.account,
                subaccount=call.subaccount,
                session_uuid=_uuid(session_uuid),
                otp=call.args["otp"],
            )
        except DomainError as error:
            error.field = "otp" if error.field == "code" else error.field
            raise
        return done("session validated successfully.")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


urlpatterns = [
    path("Verify/Session/", Sessions.as_view()),
    path("Verify/Session/<str:session_uuid>/", OneSession.as_view()),
]
