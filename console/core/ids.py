"""Public ids and tokens (ACC-07, ACC-08)."""

from __future__ import annotations

import re
import string
import zlib

from console.core import randomness

_ID_ALPHABET = string.ascii_uppercase + string.digits
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
AUTH_ID = re.compile(r"[MS]A[A-Z0-9]{18}")
TOKEN = re.compile(r"rf[ms]_[0-9A-Za-z]{36}")


def new_account_id() -> str:
    """A fresh auth id of an account: `MA` and 18 upper-case letters or digits."""
    return "MA" + randomness.text(_ID_ALPHABET, 18)


def new_subaccount_id() -> str:
    """A fresh auth id of a subaccount: `SA` and 18 upper-case letters or digits."""
    return "SA" + randomness.text(_ID_ALPHABET, 18)


def new_token(*, sub: bool = False) -> str:
    """A fresh 40-character auth token: prefix, 30 base62 characters, checksum (ACC-08)."""
    body = ("rfs_" if sub else "rfm_") + randomness.text(_BASE62, 30)
    return body + _checksum(body)


def is_token(candidate: str) -> bool:
    """Whether the text is a token of ours, by form and checksum; no look-up is made."""
    return bool(TOKEN.fullmatch(candidate)) and candidate[-6:] == _checksum(candidate[:-6])


def _checksum(body: str) -> str:
    value, out = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        out = _BASE62[digit] + out
    return out
