"""Messages that a document asks for: nobody waits for an answer, so a refusal is a record."""

from __future__ import annotations

from sandbox.messages.services import moves
from sandbox.messages.services.dispatch import error_of
from sandbox.messages.services.sending import Prepared, store
from sandbox.messages.states import State


def store_written(prepared: Prepared) -> None:
    """Writes what may be sent, and what was refused as rejected; call it in a transaction."""
    store(prepared)
    for row, verdict in prepared.refused:
        rule = verdict.refused_by
        row.state, row.error_code = State.REJECTED, error_of(verdict)
        row.detail = (rule.saw if rule else "")[:400]
        row.save(force_insert=True)
        moves.announce(row)
