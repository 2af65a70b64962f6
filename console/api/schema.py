"""The OpenAPI 3.1 document, made from the declarations of the operations."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

if TYPE_CHECKING:
    from console.api.operations import Operation

_ALWAYS: Final = (405, 429, 500)
_SAID: Final = {
    400: "An argument is missing or wrong.",
    402: "The account has no credit.",
    403: "Not allowed: to this credential, or to this destination.",
    404: "No such object in the caller's scope.",
    405: "The route does not take this method.",
    409: "The same Idempotency-Key is still running.",
    413: "The request is too large.",
    415: "The body is of another type.",
    422: "The Idempotency-Key was used with another body.",
    429: "Too many requests, or a limit of the trial is reached; see Retry-After.",
    500: "Something went wrong on our side.",
    501: "This part of the compatible API is not offered.",
    503: "Something that is needed does not answer; nothing was done.",
}


class Meta(serializers.Serializer[Any]):
    """Where a page stands in its list."""

    limit = serializers.IntegerField()
    offset = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    total_count = serializers.IntegerField(required=False)


class ApiError(serializers.Serializer[Any]):
    """Why a request was refused, in plain words and with a stable code."""

    api_id = serializers.UUIDField()
    error = serializers.CharField()
    error_code = serializers.CharField(required=False)
    help_url = serializers.CharField(required=False)
    field = serializers.CharField(required=False)
    fix_url = serializers.CharField(required=False)
    objects = serializers.ListField(child=serializers.JSONField(), required=False)


class Done(serializers.Serializer[Any]):
    """What was done."""

    message = serializers.CharField()


class Spawned(serializers.Serializer[Any]):
    """The answer goes to `callback_url`."""

    api_id = serializers.UUIDField()
    message = serializers.CharField()


def _envelope(name: str, fields: dict[str, Any]) -> type[serializers.Serializer[Any]]:
    title = "".join(part.capitalize() for part in name.split("_"))
    return type(f"{title}Answer", (serializers.Serializer,), fields)


@cache
def answer_of(wanted: Operation) -> Any:
    """The serializer of the whole answer, envelope and all; None for an empty body."""
    shape = wanted.answer or Done
    if wanted.kind == "nothing":
        return None
    fields: dict[str, Any] = {"api_id": serializers.UUIDField()}
    if wanted.kind == "page":
        fields |= {"meta": Meta(), wanted.page_key: shape(many=True)}
    else:
        fields |= shape()._declared_fields
    return _envelope(wanted.name, fields)


class OperationSchema(AutoSchema):
    """Reads an operation's declaration instead of guessing from the view."""

    @property
    def _wanted(self) -> Operation:
        found: Operation = getattr(self.view, self.method.lower()).operation
        return found

    def get_operation_id(self) -> str:
        """The operation's name."""
        return self._wanted.name

    def get_tags(self) -> list[str]:
        """The resource."""
        return [self._wanted.tag]

    def get_summary(self) -> str:
        """In a few words."""
        return self._wanted.summary

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """In full."""
        return self._wanted.about

    def get_auth(self) -> list[dict[str, Any]]:
        """Basic, always."""
        return [{"basic": []}]

    def get_override_parameters(self) -> list[Any]:
        """GET and DELETE take their arguments in the query string (DELETE in a body too)."""
        found: list[Any] = []
        if self.method in {"GET", "DELETE"}:
            found += [self._wanted.args] if self._wanted.args._declared_fields else []
        if self.method == "POST":
            found.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    str,
                    OpenApiParameter.HEADER,
                    description="The same key twice is one deed and one answer, for a day.",
                )
            )
        return found

    def get_request_serializer(self) -> Any:
        """The arguments of POST, PUT and PATCH."""
        if self.method in {"GET", "DELETE"} or not self._wanted.args._declared_fields:
            return None
        return self._wanted.args

    def get_response_serializers(self) -> Any:
        """The answer, and every refusal."""
        wanted = self._wanted
        refusals = {401: OpenApiResponse(str, description="No, or wrong, credentials.")}
        for status in sorted({*wanted.errors, *self._usual()}):
            refusals[status] = OpenApiResponse(ApiError, description=_SAID[status])
        shape = answer_of(wanted)
        answers: dict[int, Any] = {wanted.status: OpenApiResponse(shape, description="Done.")}
        for status, other in wanted.instead.items():
            answers[status] = OpenApiResponse(other, description="Asked with `dry_run`.")
        if wanted.takes_async and wanted.status != 202:
            answers[202] = OpenApiResponse(Spawned, description="The answer goes to callback_url.")
        return answers | refusals

    def _usual(self) -> set[int]:
        if self.method == "POST":
            return {*_ALWAYS, 400, 403, 409, 413, 415, 422}
        return {*_ALWAYS, 400, 403, 413, 415}

    def map_parsers(self) -> list[str]:
        """What bodies may be."""
        return ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]

    def map_renderers(self, attribute: str) -> list[str]:
        """Answers are JSON."""
        return ["application/json"]


def as_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of the generator: 401 answers are plain text, and paths say what their words are."""
    for operations in result.get("paths", {}).values():
        for one in operations.values():
            if not isinstance(one, dict):
                continue
            refusal = one.get("responses", {}).get("401", {})
            content = refusal.get("content", {})
            if "application/json" in content:
                refusal["content"] = {"text/plain": {"schema": {"type": "string"}}}
    return result
