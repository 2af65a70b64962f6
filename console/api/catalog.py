"""All operations with their routes, and the OpenAPI document of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from console.api.gate import operations_of
from console.api.operations import Operation

FILE: Final = settings.BASE_DIR / "docs" / "openapi.json"


@dataclass(frozen=True, slots=True)
class Route:
    """An operation, where it is: `path` has words such as `{app_id}`."""

    method: str
    path: str
    operation: Operation
    words: tuple[tuple[str, str], ...]
    """Words of the path with the converter that takes them."""


@cache
def routes() -> tuple[Route, ...]:
    """Every operation of every route, in the order of the routes."""
    return tuple(_walk(get_resolver(settings.API_URLCONF).url_patterns, "/", ()))


def _walk(patterns: Any, before: str, words: tuple[tuple[str, str], ...]) -> list[Route]:
    found: list[Route] = []
    for one in patterns:
        path, more = _path(one)
        if isinstance(one, URLResolver):
            found += _walk(one.url_patterns, before + path, words + more)
        elif isinstance(one, URLPattern):
            made = operations_of(getattr(one.callback, "cls", None))  # set by as_view
            found += [Route(m, before + path, op, words + more) for m, op in made.items()]
    return found


def _path(pattern: URLPattern | URLResolver) -> tuple[str, tuple[tuple[str, str], ...]]:
    written = str(pattern.pattern)
    words = []
    for name, converter in pattern.pattern.converters.items():
        words.append((name, type(converter).__name__.removesuffix("Converter").lower()))
    while "<" in written:
        head, _, tail = written.partition("<")
        word, _, tail = tail.partition(">")
        written = f"{head}{{{word.rpartition(':')[2]}}}{tail}"
    return written, tuple(words)


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document, as plain JSON values with sorted keys."""
    generator: Any = SchemaGenerator
    made = generator(urlconf=settings.API_URLCONF).get_schema(request=None, public=True)
    plain: dict[str, Any] = json.loads(json.dumps(made, sort_keys=True, default=str))
    return plain


def written() -> str:
    """The document as the committed file holds it."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
