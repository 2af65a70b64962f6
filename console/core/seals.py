"""Sealing and keyed hashing of secrets.

`seal` is authenticated encryption (AES-256-GCM) under a key that is not in the database;
`keyed_hash` is HMAC-SHA-256 under a pepper of its own (OTP-02, OTP-03, ACC-09). Each sealed value
carries the version of its key, so that keys can be changed.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from console.core import randomness

_VERSION = b"\x01"


class SealBroken(Exception):
    """The sealed value was made for something else, with another key, or was changed."""


def _key(purpose: str) -> bytes:
    return hashlib.blake2b(
        settings.SEAL_KEY.encode(), digest_size=32, person=purpose.encode()[:16]
    ).digest()


def seal(clear: bytes, *, purpose: str, bound_to: str) -> bytes:
    """Encrypts `clear` so that only `unseal` with the same purpose and binding opens it."""
    nonce = randomness.token(12)
    locked = AESGCM(_key(purpose)).encrypt(nonce, clear, bound_to.encode())
    return _VERSION + nonce + locked


def unseal(sealed: bytes | memoryview, *, purpose: str, bound_to: str) -> bytes:
    """The clear value; raises SealBroken when it cannot be opened."""
    raw = bytes(sealed)
    if raw[:1] != _VERSION:
        raise SealBroken("unknown key version")
    try:
        return AESGCM(_key(purpose)).decrypt(raw[1:13], raw[13:], bound_to.encode())
    except InvalidTag as error:
        raise SealBroken("does not open") from error


def keyed_hash(pepper: str, *parts: str) -> str:
    """HMAC-SHA-256 over the parts joined by `|`, as 64 hexadecimal digits."""
    return hmac.new(pepper.encode(), "|".join(parts).encode(), hashlib.sha256).hexdigest()


def otp_peppers() -> tuple[str, ...]:
    """The peppers of codes, newest first: the first makes hashes, all of them recognise (OTP-02).

    A pepper is changed by putting the old one behind it; codes that are on their way still fit.
    """
    return (settings.OTP_PEPPER, *settings.OTP_PEPPER_FALLBACKS)


def lasting_pepper() -> str:
    """The oldest pepper of codes: what is counted or listed by hash for long goes by this one.

    So changing the pepper resets no counter and forgets no receiver who said STOP (OTP-09, OTP-19).
    """
    return otp_peppers()[-1]


def same(left: str, right: str) -> bool:
    """Compares two texts in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
