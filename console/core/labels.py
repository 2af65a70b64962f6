"""Names that people give to things: what they may hold."""

from __future__ import annotations

import unicodedata

from console.core.errors import DomainError


def clean_label(raw: str, *, field: str, longest: int, required: bool = True) -> str:
    """The name in composed form, spaces around dropped; raises DomainError `invalid_<field>`.

    Any script is welcome. Control characters, line breaks and the invisible ones that turn text
    around are refused, not dropped: what is shown is what was typed.
    """
    text = unicodedata.normalize("NFC", raw).strip(" ")
    code = f"invalid_{field}"
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for letter in text):
        raise DomainError("Leave out invisible characters.", code=code, field=field)
    if len(text) > longest:
        raise DomainError(f"Use at most {longest} characters.", code=code, field=field)
    if required and not text:
        raise DomainError("Enter a name.", code=code, field=field)
    return text
