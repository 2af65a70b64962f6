"""Plain values that go to JSON and back.

Every state, event, command and element of the call flow is a frozen, slotted dataclass that
derives from `Value`. A value becomes an object whose key `t` names its type; fields that hold
their default are left out, so a stored state stays small. Tuples become lists and come back as
tuples; nothing else that JSON cannot hold may be a field.
"""

import dataclasses
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Self, TypeAlias, TypeVar

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

V = TypeVar("V", bound="Value")

_CLASSES: dict[str, type["Value"]] = {}
_PLANS: dict[type["Value"], tuple[tuple[str, object], ...]] = {}
_COPIES: dict[type["Value"], tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {}
_DECODERS: dict[str, Callable[[Mapping[str, Any]], "Value"]] = {}


class Value:
    """Base of all plain values; the name of the class is its tag in JSON."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        # A slotted dataclass is made twice; the second, final class replaces the first.
        _CLASSES[cls.__name__] = cls

    def to_json(self) -> dict[str, Json]:
        """Return the value as a JSON object."""
        data: dict[str, Json] = {"t": type(self).__name__}
        for name, default in _plan(type(self)):
            item = getattr(self, name)
            if item != default:
                data[name] = encode(item)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the value `to_json` wrote; ValueError when it is of another type."""
        value = decode(data)
        if not isinstance(value, cls):
            raise ValueError(f"Expected {cls.__name__}, found {type(value).__name__}.")
        return value


def evolve(value: V, **changes: Any) -> V:  # any field may be named
    """Return a copy of `value` with some fields changed; AttributeError for an unknown field.

    Does what `dataclasses.replace` does at a fifth of its cost, which is most of a step's.
    """
    cls = type(value)
    known = _COPIES.get(cls)
    if known is None:
        names = tuple(name for name, _ in _plan(cls))
        # Of one name alone attrgetter makes no tuple; what is surplus is not looked at.
        known = _COPIES[cls] = (names, attrgetter(*names, "__class__"))
    names, values_of = known
    copy = object.__new__(cls)
    put = object.__setattr__
    for name, item in zip(names, values_of(value), strict=False):
        put(copy, name, item)
    for name, item in changes.items():
        put(copy, name, item)
    return copy


def register_decoder(tag: str, decoder: Callable[[Mapping[str, Any]], Value]) -> None:
    """Let `decoder` rebuild values tagged `tag` (a document is parsed again from its source)."""
    _DECODERS[tag] = decoder


def encode(item: Any) -> Json:
    """Return `item`, a value, a tuple or a primitive, as JSON."""
    if isinstance(item, tuple):
        return [encode(part) for part in item]
    if isinstance(item, Value):
        return item.to_json()
    return item  # type: ignore[no-any-return]  # a primitive: fields hold nothing else


def decode(item: Any) -> Any:
    """Return what `encode` was given; ValueError for an unknown tag."""
    if isinstance(item, list):
        return tuple(decode(part) for part in item)
    if not isinstance(item, Mapping):
        return item
    tag = str(item.get("t", ""))
    decoder = _DECODERS.get(tag)
    if decoder is not None:
        return decoder(item)
    known = _CLASSES.get(tag)
    if known is None:
        raise ValueError(f"Unknown value type {tag!r}.")
    # A field that a newer version dropped is ignored, so living calls survive an upgrade.
    return known(**{name: decode(item[name]) for name, _ in _plan(known) if name in item})


def _plan(cls: type[Value]) -> tuple[tuple[str, object], ...]:
    plan = _PLANS.get(cls)
    if plan is None:
        plan = tuple(
            (field.name, field.default)
            for field in dataclasses.fields(cls)  # type: ignore[arg-type]  # all are dataclasses
        )
        _PLANS[cls] = plan
    return plan
