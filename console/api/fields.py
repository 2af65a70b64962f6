"""Arguments of operations: REST framework's fields, as lenient as the SDKs need.

An `Args` class says which arguments an operation takes; a null is "not given", unknown ones are
ignored and noted for the compatibility report (compat/README.md section 3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from console.core.errors import DomainError

_TRUE: Final = {"true", "1", "yes"}
_FALSE: Final = {"false", "0", "no"}
_URL: Final = re.compile(r"https?://[^\s/?#]+\S*\Z", re.I)


@extend_schema_field({"type": "boolean"})
class Flag(serializers.Field[bool, Any, bool, Any]):
    """A boolean: JSON's, or any spelling the SDKs send ("True", "false", 1, "0")."""

    default_error_messages = {"invalid": "it is true or false"}

    def to_internal_value(self, data: Any) -> bool:
        """The boolean."""
        if isinstance(data, bool):
            return data
        word = str(data).strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        self.fail("invalid")
        raise AssertionError

    def to_representation(self, value: Any) -> bool:
        """As it is."""
        return bool(value)


class Text(serializers.CharField):
    """A text of at most `max_length` (1,024) characters, without control characters."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1024)
        kwargs.setdefault("allow_blank", True)
        kwargs.setdefault("trim_whitespace", True)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The text; numbers become texts, as SDK users write them either way."""
        if isinstance(data, bool | dict | list):
            self.fail("invalid")
        text = str(super().to_internal_value(data))
        if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in text) or "\x7f" in text:
            self.fail("invalid")
        return text


class Whole(serializers.IntegerField):
    """A whole number, as a JSON number or as ASCII digits."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        text = str(data).strip()
        if isinstance(data, bool | float) or not re.fullmatch(r"-?[0-9]{1,15}", text, re.A):
            self.fail("invalid")
        return int(super().to_internal_value(text))


class Url(Text):
    """An http or https URL; services check it further (SSRF-01)."""

    default_error_messages = {"url": "it begins with http:// or https://"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 2000)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The URL; "" stays "" where blank is allowed."""
        text = super().to_internal_value(data)
        if text and not _URL.match(text):
            self.fail("url")
        return text


@extend_schema_field({"type": "string", "enum": ["GET", "POST"]})
class Verb(serializers.ChoiceField):
    """GET or POST, in any case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["GET", "POST"], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """In capitals."""
        return str(super().to_internal_value(str(data).upper()))


@extend_schema_field({"type": "string"})
class Joined(serializers.Field[list[str], Any, str, Any]):
    """Several values: a JSON array, or one text joined by `separator`."""

    default_error_messages = {"invalid": "it is a list of texts", "many": "it has too many parts"}

    def __init__(self, *, separator: str = "<", most: int = 1000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.separator, self.most = separator, most

    def to_internal_value(self, data: Any) -> list[str]:
        """The parts, trimmed, empty ones left out."""
        if isinstance(data, list) and all(isinstance(one, str | int) for one in data):
            parts = [str(one) for one in data]
        elif isinstance(data, str | int) and not isinstance(data, bool):
            parts = str(data).split(self.separator)
        else:
            self.fail("invalid")
        found = [part.strip() for part in parts if part.strip()]
        if len(found) > self.most:
            self.fail("many")
        return found

    def to_representation(self, value: Any) -> str:
        """Joined again."""
        return self.separator.join(value)


class Args(serializers.Serializer[Any]):
    """Base of all sets of arguments. Every field is optional unless it says `required=True`.

    `heeded` names further arguments that are taken note of elsewhere (paging, ids of the path).
    """

    heeded: frozenset[str] = frozenset()
    later: Mapping[str, str] = {}
    """Arguments that are accepted and have no effect yet, with why: "partly" in the report."""
    usual: Mapping[str, str] = {}
    """What SDKs send unasked and is so anyway, in small letters: no line of the report."""


class PageArgs(Args):
    """Paging of a list."""

    limit = Whole(required=False, min_value=1, max_value=20, help_text="Objects a page; 20.")
    offset = Whole(required=False, min_value=0, help_text="Objects to skip; 0.")


def check(wanted: type[Args], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, typed; raises DomainError naming the first that is missing or wrong.

    The texts follow the compatible API: `<name> parameter is missing` or `… is invalid`.
    """
    given = {name: value for name, value in raw.items() if value is not None}
    form = wanted(data=given)
    if form.is_valid():
        return dict(form.validated_data)
    name, problems = next(iter(form.errors.items()))
    first = problems
    while isinstance(first, list | dict):
        first = first[0] if isinstance(first, list) else next(iter(first.values()))
    code = getattr(first, "code", "")
    if code in {"required", "null"} or (code == "blank"):
        raise DomainError(f"{name} parameter is missing", code="missing_parameter", field=str(name))
    said = str(first).rstrip(".")
    if name == "non_field_errors":
        raise DomainError(said, code="invalid_parameter")
    raise DomainError(
        f"{name} parameter is invalid: {said[:1].lower()}{said[1:]}",
        code="invalid_parameter",
        field=str(name),
    )
