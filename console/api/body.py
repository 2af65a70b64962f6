"""What a request sends: JSON on any method, forms, multipart, and the query string."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict

from console.core.errors import DomainError
from console.core.http import body_length

DEEPEST: Final = 20  # WEB-07
LONGEST_NUMBER: Final = 40
_NOTHING: Final = {b"", b'""', b"{}", b"null"}
Sent = dict[str, Any]
File = Any  # an uploaded file of Django


def read(request: HttpRequest, *, most: int) -> tuple[Sent, list[File]]:
    """All arguments, those of the body before those of the query string, and files.

    A JSON body counts on every method, DELETE and GET included, as the SDKs send it. A form with
    files has at most `most` bytes, all else one megabyte. Raises DomainError: 400 for what cannot
    be read, 413 for too much, 415 for another type.
    """
    sent = _flat(request.GET)  # one SDK repeats the name for each part of a list
    files: list[File] = []
    kind = (request.content_type or "").lower()
    try:
        if kind == "multipart/form-data":
            if body_length(request) > most:
                raise RequestDataTooBig
            form, parts = _multipart(request)
            sent |= _flat(form)
            files = [one for name in parts for one in parts.getlist(name)]
        elif kind == "application/x-www-form-urlencoded" and request.method == "POST":
            sent |= _flat(request.POST)
        elif request.body.strip() not in _NOTHING:
            sent |= _other(request.body, kind)
    except (RequestDataTooBig, TooManyFilesSent) as error:
        raise DomainError("The request is too large.", code="too_large", status=413) from error
    except (SuspiciousOperation, MultiPartParserError, UnicodeDecodeError) as error:
        raise DomainError("The body cannot be read.", code="invalid_body") from error
    if _is_unstorable(sent):
        raise DomainError(
            "A value is too large, or holds a NUL or half a character.", code="invalid_body"
        )
    return sent, files


def _multipart(request: HttpRequest) -> tuple[QueryDict, MultiValueDict[str, File]]:
    if request.method == "POST":
        return request.POST, request.FILES
    return request.parse_file_upload(request.META, request)


def _flat(form: QueryDict) -> Sent:
    return {name: values[0] if len(values) == 1 else values for name, values in form.lists()}


def _other(body: bytes, kind: str) -> Sent:
    if kind == "application/x-www-form-urlencoded":
        return _flat(QueryDict(body))
    if kind not in {"application/json", "text/json", "text/plain", ""}:
        raise DomainError(
            "Send JSON, a form or multipart/form-data.", code="unsupported_media_type", status=415
        )
    return _json(body)


def _json(body: bytes) -> Sent:
    if _depth(body) > DEEPEST:
        raise DomainError("The JSON is nested too deeply.", code="invalid_body")
    try:
        found = json.loads(
            body,
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_int=_whole,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise DomainError(f"The body is not JSON: {error}", code="invalid_body") from error
    if found in ("", None):
        return {}
    if not isinstance(found, dict):
        raise DomainError("The JSON body must be an object.", code="invalid_body")
    return found


def _depth(body: bytes) -> int:
    """How deep brackets nest, texts aside: judged before parsing (WEB-07)."""
    deepest = depth = 0
    inside = escaped = False
    for sign in body:
        if inside:
            if escaped:
                escaped = False
            elif sign == 0x5C:
                escaped = True
            elif sign == 0x22:
                inside = False
        elif sign == 0x22:
            inside = True
        elif sign in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in b"]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> Sent:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands in it twice")
    return found


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= LONGEST_NUMBER else _refuse("that many digits")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _is_unstorable(value: Any) -> bool:
    """Whether something in it fits nowhere: NUL, half a character, a number over 64 bits."""
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, int):
        return not -(2**63) <= value < 2**63
    if isinstance(value, dict):
        return any(_is_unstorable(name) or _is_unstorable(one) for name, one in value.items())
    if isinstance(value, list):
        return any(_is_unstorable(one) for one in value)
    return False
