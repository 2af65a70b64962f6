"""What of a document was read otherwise than written, for the compatibility report."""

from __future__ import annotations

import re
from typing import Final

from console.api.compat import Unheeded, note
from console.api.models import Heeding
from sandbox.calls.flow.commands import StoryNote
from sandbox.calls.work import Work

PARTLY: Final = frozenset(
    {"attribute_clamped", "attribute_cut", "attribute_unusable", "text_cut", "digits_dropped"}
)
IGNORED: Final = frozenset(
    {"attribute_unknown", "text_ignored", "transcription_ignored", "noise_ignored", "ssml_ignored"}
)
_NAMED: Final = re.compile(r"(?:The attribute )?([A-Za-z][\w:.-]*)")


def tell(work: Work, command: StoryNote) -> None:
    """Counts a notice of the document for the account's report (one query); others are nothing."""
    if command.kind not in PARTLY | IGNORED or work.call.platform:
        return
    message = str(dict(command.data).get("message", ""))
    found = _NAMED.match(message) if command.kind.startswith("attribute") else None
    line = Unheeded(
        "attribute",
        command.element or "Response",
        found[1] if found else command.kind,
        Heeding.PARTLY if command.kind in PARTLY else Heeding.IGNORED,
        message,
    )
    note(account=work.call.account, found=[line], last=str(work.call.call_uuid))
