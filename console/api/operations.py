"""How an operation of the API is declared, and how a request runs one.

    class ApplicationList(Resource):
        @operation("application_list", summary="List applications", tag="Application",
                   args=ApplicationFilter, answer=ApplicationObject, kind="page")
        def get(self, call: ApiCall) -> Reply: ...

The declaration is all there is: arguments are checked by it, the OpenAPI file and the reference are
made from it, and the tenancy tests walk it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase
from rest_framework import serializers
from rest_framework.views import APIView

from console.api import idempotency
from console.api.call import ApiCall, Body, Reply
from console.api.fields import Args, PageArgs, Url, Verb, check
from console.api.schema import OperationSchema
from console.core import outbox
from console.core.errors import DomainError, Forbidden, NotFound
from console.core.models import Queue

OBJECT, PAGE, ACTION, NOTHING = "object", "page", "action", "nothing"
"""What an operation answers: an object at top level, a list, a message with ids, an empty body."""
_STATUS: Final = {OBJECT: 200, PAGE: 200, ACTION: 202, NOTHING: 204}
ASYNC_ANSWER: Final = "api.async_answer"
"""The outbox row that brings an answer to `callback_url`; sandbox.webhooks carries it out."""
Answer = type[serializers.Serializer[Any]] | None
Method = Callable[..., Reply]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """One method of one route. `errors` are the statuses beside 401, 405, 429 and 500.

    `sandbox_only` operations answer 404 where real carriers are (sandbox-api.md). `example` holds
    arguments for the reference's samples, `python` and `node` the SDKs' own way to say it.
    """

    name: str
    summary: str
    tag: str
    about: str = ""
    args: type[Args] = Args
    answer: Answer = None
    kind: str = OBJECT
    status: int = 200
    errors: tuple[int, ...] = (400, 404)
    main_only: bool = False
    takes_async: bool = False
    page_key: str = "objects"
    sandbox_only: bool = False
    example: dict[str, Any] = field(default_factory=dict)
    python: str = ""
    node: str = ""
    heeded: frozenset[str] = field(default_factory=frozenset)
    instead: dict[int, Any] = field(default_factory=dict)
    """Other answers than the usual one, by status."""


OPERATIONS: Final[dict[str, Operation]] = {}


def operation(
    name: str,
    *,
    summary: str,
    tag: str,
    args: type[Args] | None = None,
    kind: str = OBJECT,
    status: int = 0,
    **more: Any,
) -> Callable[[Method], Method]:
    """Declares a method of a Resource as an operation; see `Operation` for the fields.

    `takes_async` lets `callback_url` and `callback_method` bring the answer later (rest.md, Async
    variant). `main_only` refuses subaccount credentials with 403.
    """
    made = Operation(
        name=name,
        summary=summary,
        tag=tag,
        args=args or (PageArgs if kind == PAGE else Args),
        kind=kind,
        status=status or _STATUS[kind],
        **more,
    )
    if name in OPERATIONS:
        raise ImproperlyConfigured(f"two operations are called {name}")
    OPERATIONS[name] = made

    def declare(method: Method) -> Method:
        method.operation = made  # type: ignore[attr-defined]  # read by Resource and the schema
        return method

    return declare


class AsyncArgs(Args):
    """Where the answer of an asynchronous request goes (rest.md, Async variant)."""

    callback_url = Url(required=True, allow_blank=False)
    callback_method = Verb(required=False, default="POST")


class Resource(APIView):
    """A route of the API: its methods are operations and get an `ApiCall` and the path's words.

    The gate signs in and answers; REST framework's own authentication, negotiation and exception
    handling stay out of the way, its serializers and its place in the schema stay.
    """

    authentication_classes = ()
    permission_classes = ()
    schema = OperationSchema()
    http_method_names = ["get", "post", "put", "patch", "delete"]
    most_bytes = 1_048_576
    """Of a body, files included (WEB-07)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Never used: `console.api.gate` calls `answer`."""
        raise ImproperlyConfigured("API routes are answered by console.api.gate")

    def answer(self, call: ApiCall, path: dict[str, Any]) -> Reply:
        """Runs the operation of the call's method. Raises DomainError."""
        method = getattr(self, call.method.lower(), None)
        wanted: Operation | None = getattr(method, "operation", None)
        if method is None or wanted is None:
            raise DomainError("method not allowed", code="method_not_allowed", status=405)
        call.operation = wanted.name
        if wanted.sandbox_only and not settings.SIMULATED_NETWORK:
            raise NotFound
        if wanted.main_only and (not call.is_main or call.subaccount is not None):
            raise Forbidden("Only the main account can do this.")
        _take_arguments(call, wanted, path)
        run: Callable[[], Reply] = lambda: method(call, **path)  # noqa: E731
        if wanted.takes_async and call.raw.get("callback_url"):
            run = _answering_later(call, run)
        if call.method == "POST":
            return idempotency.once(call, run)
        return run()


_PAGING: Final = {"limit", "offset", "cursor"}
_ASYNC: Final = {"callback_url", "callback_method"}
# The Python SDK forwards these; it also repeats what is in the path, under names of its own.
_STRAY: Final = {"account_id", "auth_id", "auth_token"}


def _take_arguments(call: ApiCall, wanted: Operation, path: dict[str, Any]) -> None:
    given = {name: one for name, one in call.raw.items() if one is not None}
    extra = given.keys() - _STRAY - path.keys()
    if wanted.kind == PAGE:
        extra -= _PAGING
    if not extra and not _requires(wanted.args):
        return
    call.args = check(wanted.args, given)
    usual = wanted.args.usual
    extra = {name for name in extra if str(given[name]).lower() != usual.get(name)}
    known = _names(wanted.args) | wanted.args.heeded | wanted.heeded
    if wanted.takes_async:
        known |= _ASYNC
    call.unheeded += [
        (name, "ignored", "")
        for name in sorted(extra - known)
        if not _is_in_path(given[name], path)
    ]
    later = wanted.args.later
    call.unheeded += [(name, "partly", later[name]) for name in later if name in extra]


def _is_in_path(value: object, path: dict[str, Any]) -> bool:
    """Whether an argument says again what the path says; `name_Desk` there is `Desk` here."""
    said = {str(one) for one in path.values()}
    return not said.isdisjoint({f"{kind}{value}" for kind in ("", "name_", "uuid_")})


def _names(args: type[Args]) -> set[str]:
    declared: dict[str, Any] = args._declared_fields
    return {field.source or name for name, field in declared.items()} | set(declared)


def _requires(args: type[Args]) -> bool:
    declared: dict[str, Any] = args._declared_fields
    return any(one.required or one.default is not serializers.empty for one in declared.values())


def _answering_later(call: ApiCall, run: Callable[[], Reply]) -> Callable[[], Reply]:
    """Does it now, and brings the answer to `callback_url` by an outbox row (rest.md).

    Raises DomainError, with nothing done, for a URL or method that cannot be told.
    """
    told_at = check(AsyncArgs, {name: _alone(call.raw.get(name)) for name in _ASYNC})

    def later() -> Reply:
        try:
            reply = run()
            body = reply.body or {}
        except DomainError as error:
            body = {"error": error.message, "error_code": error.code}
        told: Body = {"api_id": str(call.api_id), **body}
        outbox.enqueue(
            kind=ASYNC_ANSWER,
            queue=Queue.WEBHOOKS,
            payload={
                "auth_id": call.account.auth_id,
                "subaccount": call.subaccount.auth_id if call.subaccount else "",
                "url": told_at["callback_url"],
                "method": told_at["callback_method"],
                "answer": told,
            },
        )
        return Reply(202, {"message": "async api spawned"})

    return later


def _alone(value: Any) -> Any:
    """The value in an array of one, as one SDK sends arguments of multiparty calls; "" is None."""
    alone = value[0] if isinstance(value, list) and len(value) == 1 else value
    return None if alone == "" else alone
