"""What the request log may keep of a body: no secrets, at most 4 KiB (WEB-10, OTP-16)."""

from __future__ import annotations

import re
from typing import Any, Final

import orjson

from console.core import ids

LONGEST: Final = 4096
HIDDEN: Final = "[hidden]"
_SECRET: Final = frozenset(
    {"password", "auth_token", "new_auth_token", "token", "otp", "code", "authorization", "jwt"}
)
_SIGNED: Final = re.compile(r"([?&](?:signature|token|key)=)[^&\s\"]+")


def redacted(value: Any) -> Any:
    """The value without passwords, tokens and codes, at any depth."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if name.lower() in _SECRET and one not in (None, "") else redacted(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [redacted(one) for one in value]
    return clean(value) if isinstance(value, str) else value


def clean(text: str) -> str:
    """The text without tokens of ours and without signatures of links."""
    text = ids.TOKEN.sub(HIDDEN, text) if "rf" in text else text
    return _SIGNED.sub(rf"\1{HIDDEN}", text) if "=" in text else text


def kept(body: Any) -> str:
    """The body as the log keeps it: JSON, redacted, cut; "" for none."""
    if not body:
        return ""
    text = orjson.dumps(redacted(body), default=str).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
