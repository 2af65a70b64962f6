"""Typed reading of the environment; every helper fails loudly with the variable's name."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadSetting(ValueError):
    """An environment variable holds something that cannot be used."""


def text(name: str, default: str = "") -> str:
    """The variable's text, stripped; `default` when it is unset. An empty value stays empty."""
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off, in any case."""
    raw = os.environ.get(name, "").strip().lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} must be true or false, not {raw!r}")


def integer(name: str, default: int, *, low: int | None = None, high: int | None = None) -> int:
    """A whole number within `low` and `high` (both inclusive)."""
    raw = text(name)
    try:
        value = int(raw) if raw else default
    except ValueError as error:
        raise BadSetting(f"{name} must be a whole number, not {raw!r}") from error
    if (low is not None and value < low) or (high is not None and value > high):
        raise BadSetting(f"{name} is {value}, outside {low} to {high}")
    return value


def number(name: str, default: float, *, low: float, high: float) -> float:
    """A number within `low` and `high` (both inclusive)."""
    raw = text(name)
    try:
        value = float(raw) if raw else default
    except ValueError as error:
        raise BadSetting(f"{name} must be a number, not {raw!r}") from error
    if not low <= value <= high:
        raise BadSetting(f"{name} is {value}, outside {low} to {high}")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; empty parts are dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def networks(name: str, default: str = "") -> list[Network]:
    """A comma-separated list of CIDR networks."""
    try:
        return [ipaddress.ip_network(part) for part in words(name, default)]
    except ValueError as error:
        raise BadSetting(f"{name}: {error}") from error


def secret(name: str, default: str = "") -> str:
    """A secret from NAME, or from the file that NAME_FILE points at."""
    path = os.environ.get(f"{name}_FILE", "")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return text(name, default)
