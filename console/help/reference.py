"""The API reference, made from the declarations of the operations, so that it cannot drift."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.utils.text import slugify
from rest_framework import serializers

from console.api.catalog import Route, routes, written
from console.api.fields import Args, Flag, Joined, Url, Verb, Whole
from console.api.schema import Done

NOBODY: Final = "MAXXXXXXXXXXXXXXXXXX"
"""The auth id in samples while nobody is signed in."""
_WORDS: Final[dict[str, str]] = {
    "app_id": "21000000000000001",
    "endpoint_id": "14000000000001",
    "number": "14155550142",
    "e164": "14155550100",
    "phone": "14155550100",
}
_BASE: Final = "https://ringfence.example.com"
_SOME_UUID: Final = "7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e"
_TYPES: Final = (
    (Flag, "true or false"),
    (Url, "URL"),
    (Verb, "GET or POST"),
    (Whole, "whole number"),
    (Joined, "text, several joined"),
    (serializers.BooleanField, "true or false"),
    (serializers.IntegerField, "number"),
    (serializers.FloatField, "number"),
    (serializers.ListField, "list"),
    (serializers.DictField, "object"),
    (serializers.BaseSerializer, "object"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """An argument, or a key of an answer."""

    name: str
    type: str
    required: bool
    note: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An operation as the reference shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    about: str
    status: int
    arguments: tuple[Line, ...]
    answer: tuple[Line, ...]
    is_list: bool
    later: tuple[tuple[str, str], ...]
    main_only: bool
    samples: tuple[tuple[str, str, str], ...]
    """(language, title, text), with NOBODY where the reader's auth id goes."""

    @property
    def short_path(self) -> str:
        """The path within the account."""
        return self.path.removeprefix("/v1/Account/{auth_id}")


@dataclass(frozen=True, slots=True)
class Chapter:
    """The operations of one resource."""

    slug: str
    title: str
    entries: tuple[Entry, ...]


@cache
def chapters() -> tuple[Chapter, ...]:
    """All resources in the order of the routes."""
    found: dict[str, list[Entry]] = {}
    for route in routes():
        found.setdefault(route.operation.tag, []).append(_entry(route))
    return tuple(Chapter(slugify(tag), tag, tuple(rows)) for tag, rows in found.items())


def chapter(slug: str) -> Chapter | None:
    """One resource; None where there is none."""
    return next((one for one in chapters() if one.slug == slug), None)


def samples_for(entry: Entry, *, auth_id: str) -> list[tuple[str, str, str]]:
    """The samples with the reader's own auth id and this installation's address."""
    return [
        (
            language,
            title,
            text.replace(NOBODY, auth_id or NOBODY).replace(_BASE, settings.PUBLIC_URL),
        )
        for language, title, text in entry.samples
    ]


@cache
def openapi() -> str:
    """The OpenAPI 3.1 document as JSON."""
    return written()


def _entry(route: Route) -> Entry:
    operation = route.operation
    shape = operation.answer or Done
    return Entry(
        anchor=operation.name.replace("_", "-"),
        method=route.method,
        path=route.path,
        summary=operation.summary,
        about=operation.about,
        status=operation.status,
        arguments=tuple(_lines(operation.args)),
        answer=() if operation.kind == "nothing" else tuple(_lines(shape)),
        is_list=operation.kind == "page",
        later=tuple(operation.args.later.items()),
        main_only=operation.main_only,
        samples=tuple(_samples(route)),
    )


def _lines(shape: Any) -> list[Line]:
    declared: dict[str, Any] = shape._declared_fields
    wanted = issubclass(shape, Args)
    return [
        Line(name, _type(one), bool(one.required) and wanted, str(one.help_text or ""))
        for name, one in declared.items()
    ]


def _type(field: Any) -> str:
    if isinstance(field, serializers.ListSerializer):
        return "list of objects"
    if isinstance(field, serializers.ChoiceField) and not isinstance(field, Verb):
        return ", ".join(str(one) for one in field.choices)
    known = next((word for kind, word in _TYPES if isinstance(field, kind)), "text")
    return f"{known} or null" if getattr(field, "allow_null", False) else known


def _samples(route: Route) -> list[tuple[str, str, str]]:
    operation = route.operation
    found = [("bash", "curl", _curl(route))]
    if operation.python:
        found.append(("python", "Python", operation.python))
    if operation.node:
        found.append(("javascript", "Node.js", operation.node))
    return found


def _curl(route: Route) -> str:
    path = re.sub(r"\{(\w+)\}", lambda word: _example(word[1]), route.path)
    parts = [f'curl -u "{NOBODY}:$PLIVO_AUTH_TOKEN"']
    example = route.operation.example
    if route.method == "GET":
        query = "&".join(f"{name}={value}" for name, value in example.items())
        return f"{parts[0]} \\\n  '{_BASE}{path}{'?' if query else ''}{query}'"
    if route.method != "POST" or not example:
        parts[0] += f" -X {route.method}"
    if example:
        parts.append(f"  -H 'Content-Type: application/json' \\\n  -d '{json.dumps(example)}'")
    return " \\\n".join([*parts, f"  '{_BASE}{path}'"])


def _example(word: str) -> str:
    if word == "auth_id":
        return NOBODY
    return _WORDS.get(word, _SOME_UUID if "uuid" in word or word.endswith("_id") else word)
