"""Two answers of a server side by side, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from console.core.visible import make_visible
from sandbox.webhooks.models import WebhookDelivery

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the comparison: `same`, `gone` (only then) or `new` (only now)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs; `cut` says that only the first 2 KiB of the answers are known."""

    same_status: bool
    same_body: bool
    rows: tuple[Row, ...]
    cut: bool


def compare(then: WebhookDelivery, now: WebhookDelivery) -> Comparison:
    """The answers of two tries, by status and by line of the kept part of their bodies."""
    rows = tuple(_rows(then.response_body, now.response_body))[:MOST_LINES]
    return Comparison(
        same_status=then.status == now.status,
        same_body=then.response_body == now.response_body,
        rows=rows,
        cut=max(len(one.response_body.encode()) for one in (then, now)) >= 2000,
    )


_KINDS = {" ": "same", "-": "gone", "+": "new"}


def _rows(then: str, now: str) -> Iterator[Row]:
    for line in difflib.ndiff(then.splitlines(), now.splitlines()):
        if line[0] in _KINDS:
            yield Row(_KINDS[line[0]], make_visible(line[2:]))
