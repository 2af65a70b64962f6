"""Row numbers as they may stand in a URL: one block of AES, so that nobody can count rows (ACC-07).

A row's own number would tell every tenant how many rows all of them have made since.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

_ZEROS: Final = bytes(8)


def veiled(number: int) -> str:
    """The number as 32 hexadecimal digits; the same number always looks the same."""
    block = _ZEROS + number.to_bytes(8, "big")
    return _cipher().encryptor().update(block).hex()


def unveiled(text: str) -> int | None:
    """The number that `veiled` was given; None for any other text."""
    try:
        block = bytes.fromhex(text)
    except ValueError:
        return None
    if len(block) != 16:
        return None
    clear = _cipher().decryptor().update(block)
    return int.from_bytes(clear[8:], "big") if clear.startswith(_ZEROS) else None


def _cipher() -> Cipher[modes.ECB]:
    key = hashlib.blake2b(settings.SEAL_KEY.encode(), digest_size=32, person=b"row-number").digest()
    # A single block: there is nothing to chain, and no two blocks to compare.
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
