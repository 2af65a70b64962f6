"""Messages among what can be exported."""

from __future__ import annotations

from console.exports.models import Kind
from console.exports.recipes import Recipe
from console.exports.recipes import register as make_known
from sandbox.messages import filters
from sandbox.messages.columns import COLUMNS
from sandbox.messages.models import Message


def register() -> None:
    """Makes messages a kind of export."""
    make_known(
        Recipe(
            kind=Kind.MESSAGES,
            model=Message,
            newest="message_time",
            columns=COLUMNS,
            names=filters.NAMES,
            read=filters.read,
            route="messages:list",
        )
    )
