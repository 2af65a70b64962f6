"""The code itself: minted, bound, sealed and written out. Nothing here is stored or logged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from console.core import randomness
from console.core.errors import DomainError
from console.core.seals import keyed_hash, otp_peppers, same, seal, unseal
from sandbox.verification.models import Challenge

_SHAPE = re.compile(r"[0-9]{6}")
_PURPOSE = "otp-code"


@dataclass(frozen=True, slots=True, repr=False)
class Minted:
    """A fresh code with what may be stored of it."""

    code: str
    hmac: str
    sealed: bytes


def mint(challenge: Challenge, *, generation: int) -> Minted:
    """A fresh code for this generation of the challenge (OTP-01, OTP-02)."""
    code = randomness.digits(settings.TRUST.otp_digits)
    sealed = seal(code.encode(), purpose=_PURPOSE, bound_to=_binding(challenge, generation))
    return Minted(code, bound_hmac(challenge, generation, code), sealed)


def bound_hmac(challenge: Challenge, generation: int, code: str) -> str:
    """The keyed hash that ties the code to account, number, channel, challenge and generation."""
    return _hmac(otp_peppers()[0], _facts(challenge, generation, code))


def fits(challenge: Challenge, generation: int, code: str, hmac: str) -> bool:
    """Whether the code is the one that was hashed, under the present pepper or an older one."""
    return fits_facts(_facts(challenge, generation, code), hmac)


def fits_facts(facts: Sequence[str], hmac: str) -> bool:
    """Compares under every pepper, each in constant time; no early end."""
    found = [same(_hmac(pepper, facts), hmac) for pepper in otp_peppers()]
    return any(found)


def hmac_of(facts: Sequence[str]) -> str:
    """The keyed hash of these facts under the present pepper."""
    return _hmac(otp_peppers()[0], facts)


def _facts(challenge: Challenge, generation: int, code: str) -> tuple[str, ...]:
    return (
        challenge.account.auth_id,
        challenge.e164,
        challenge.channel,
        str(challenge.public_id),
        str(generation),
        code,
    )


def _hmac(pepper: str, facts: Sequence[str]) -> str:
    return keyed_hash(pepper, "otp", "v1", *facts)


def reveal(challenge: Challenge) -> str:
    """The present code from its sealed copy, for a repetition by machine (OTP-03)."""
    assert challenge.sealed_code is not None
    clear = unseal(
        challenge.sealed_code,
        purpose=_PURPOSE,
        bound_to=_binding(challenge, challenge.generation),
    )
    return clear.decode()


def _binding(challenge: Challenge, generation: int) -> str:
    return f"{challenge.public_id}|{generation}"


def normal_code(raw: str) -> str:
    """Six ASCII digits without spaces and hyphens; raises DomainError for all else (OTP-10)."""
    code = bare(raw)
    if not _SHAPE.fullmatch(code):
        raise DomainError("A code is six digits.", code="code_malformed", field="code")
    return code


def bare(raw: str) -> str:
    """What was typed, without spaces and hyphens."""
    return raw.replace(" ", "").replace("-", "")


def sms_text(code: str) -> str:
    """The fixed text, one GSM segment, origin-bound in its last line (OTP-14)."""
    minutes = settings.TRUST.otp_lifetime // 60
    return (
        f"{code} is your Ringfence code to verify this sandbox number. "
        f"It expires in {minutes} minutes. Never share it.\n\n"
        f"@{settings.PUBLIC_HOST} #{code}"
    )
