"""The way in: everything under /v1/ is signed in, run, answered and logged here.

A middleware that stands before all others, so that the API has a slim stack of its own: no
sessions, no CSRF, no templates. Whatever goes wrong, the answer has the API's envelope.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Final

import orjson
import structlog
from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.urls.exceptions import NoReverseMatch

from console.accounts.querysets import tenant_guard
from console.api import body, rate, requests, sign_in
from console.api.call import ApiCall, Reply
from console.api.operations import PAGE, Operation, Resource
from console.core import randomness
from console.core.errors import AWAY_FOR, DATABASE_AWAY, DomainError, NotFound, Unavailable
from console.core.http import client_ip

log = structlog.get_logger(__name__)
Next = Callable[[HttpRequest], HttpResponseBase]
REALM: Final = 'Basic realm="Ringfence", charset="UTF-8"'
DENIED: Final = "Could not verify your access level for that URL."
_SLASHES: Final = re.compile(r"/{2,}")
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class ApiGate:
    """Answers the API itself and hands everything else on."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The API's answer, or the page's."""
        if not request.path_info.startswith("/v1/"):
            return self.get_response(request)
        with tenant_guard():
            return answer(request)


def answer(request: HttpRequest) -> HttpResponse:
    """Signs the request in, runs its operation, logs it; never raises.

    While the database does not answer it is a 503 with Retry-After (REL-04).
    """
    began = time.perf_counter()
    api_id = randomness.new_uuid()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=str(api_id))
    path = canonical(request.path_info)
    call: ApiCall | None = None
    resource, words = _route(path)
    try:
        call = _call(request, api_id, path)
        reply = _run(call, request, resource, words)
    except sign_in.Unauthorized:
        reply = Reply(401, text=DENIED, headers={"WWW-Authenticate": REALM})
    except DomainError as error:
        reply = _refusal(_named(error, call))
    except DATABASE_AWAY as error:
        log.exception("api_database_away", error=type(error).__name__, path=path)
        close_old_connections()
        reply = _away()
    except Exception as error:
        log.exception("api_failed", error=type(error).__name__, path=path)
        close_old_connections()
        reply = Reply(500, {"error": f"Something went wrong on our side. Quote {api_id}."})
    _finish(reply, str(api_id), request, resource)
    if call is not None:
        spent = (time.perf_counter() - began) * 1000
        requests.note(call, request, reply, milliseconds=spent)
    return respond(reply)


def canonical(path: str) -> str:
    """The path with single slashes and one at its end: SDKs write it either way, unredirected."""
    path = _SLASHES.sub("/", path)
    return path if path.endswith("/") else f"{path}/"


def _route(path: str) -> tuple[Resource | None, dict[str, Any]]:
    try:
        match = resolve(path, urlconf=settings.API_URLCONF)
    except (Resolver404, NoReverseMatch):
        return None, {}
    words = dict(match.kwargs)
    words.pop("auth_id", None)
    resource: Resource = match.func.cls()  # type: ignore[attr-defined]  # set by as_view
    return resource, words


def most_bytes(path: str) -> int:
    """How many bytes of body the operations of a path take, files included; no query."""
    resource, _ = _route(canonical(path))
    return (resource or Resource).most_bytes


def _call(request: HttpRequest, api_id: Any, path: str) -> ApiCall:
    sign_in.refuse_foreign_browsers(request)
    ip = client_ip(request)
    credential = sign_in.credential_of(request, ip)
    subaccount = sign_in.scope_of(credential, path)
    return ApiCall(
        credential=credential,
        account=credential.account,
        subaccount=subaccount,
        api_id=api_id,
        method=(request.method or "").upper(),
        path=path,
        ip=ip,
        idempotency_key=request.headers.get("Idempotency-Key", ""),
        agent=request.headers.get("User-Agent", ""),
    )


def _run(
    call: ApiCall, request: HttpRequest, resource: Resource | None, words: dict[str, Any]
) -> Reply:
    rate.take(call.credential.auth_id)
    if "\0" in call.path:
        raise DomainError("The path contains a NUL character.", code="invalid_body")
    if resource is None:
        raise NotFound
    call.raw, call.files = body.read(request, most=resource.most_bytes)
    return resource.answer(call, words)


def away() -> HttpResponse:
    """The answer to a request that came to no operation, since the database does not answer."""
    reply = _away()
    body = {**(reply.body or {}), "api_id": str(randomness.new_uuid())}
    return respond(Reply(reply.status, body, reply.headers))


def _away() -> Reply:
    said = "The database does not answer. Please try again."
    return _refusal(Unavailable(said, retry_after=AWAY_FOR))


def _named(error: DomainError, call: ApiCall | None) -> DomainError:
    """The error; SDKs show its text alone, so that begins with the argument that is wrong."""
    wrong = error.code.startswith("invalid_") and not error.message.startswith(f"{error.field} ")
    if call is not None and wrong and error.field in call.raw:
        error.message = f"{error.field} parameter is invalid: {error.message}"
    return error


def _refusal(error: DomainError) -> Reply:
    said: dict[str, Any] = {"error": error.message}
    if error.status != 404:  # byte-identical for "not yours" and "never was" (TEN-02)
        said |= {"error_code": error.code, "help_url": settings.PUBLIC_URL + error.help_url}
        if error.field:
            said["field"] = error.field
        if error.fix_url:
            said["fix_url"] = settings.PUBLIC_URL + error.fix_url
    if error.status == 404:
        said["error"] = "not found"
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Reply(error.status, said, headers)


def _finish(reply: Reply, api_id: str, request: HttpRequest, resource: Resource | None) -> None:
    if reply.body is None:
        return
    reply.body.setdefault("api_id", api_id)
    if reply.status >= 400 and request.method == "GET" and _is_list(resource):
        # Without `objects` the Python SDK crashes inside its list wrapper (compat/README.md 4.2).
        reply.body["objects"] = []
    if reply.status == 405 and resource is not None:
        reply.headers["Allow"] = ", ".join(operations_of(resource))


def _is_list(resource: Resource | None) -> bool:
    wanted: Operation | None = getattr(getattr(resource, "get", None), "operation", None)
    if wanted is None:
        return False
    # The files of a message are a list without pages.
    return wanted.kind == PAGE or "objects" in getattr(wanted.answer, "_declared_fields", ())


def operations_of(resource: Resource | type[Resource] | None) -> dict[str, Operation]:
    """The operations of a route by HTTP method."""
    found = ((name.upper(), getattr(resource, name, None)) for name in Resource.http_method_names)
    declared = ((name, getattr(one, "operation", None)) for name, one in found)
    return {name: one for name, one in declared if isinstance(one, Operation)}


def respond(reply: Reply) -> HttpResponse:
    """The HTTP answer with the API's headers."""
    if reply.text:
        content, kind = reply.text.encode(), "text/plain; charset=utf-8"
    elif reply.body is None:
        content, kind = b"", "application/json"
    else:
        content, kind = orjson.dumps(reply.body, default=str), "application/json"
    response = HttpResponse(content, content_type=kind, status=reply.status)
    if reply.body is None and not reply.text:
        del response.headers["Content-Type"]
    for name, value in (_HEADERS | reply.headers).items():
        response.headers[name] = value
    if settings.SECURE_HSTS_SECONDS:
        response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return response
