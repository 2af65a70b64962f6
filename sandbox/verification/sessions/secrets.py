"""The code of a session: bound, sealed, compared. As `sandbox.verification.codes`, for sessions."""

from __future__ import annotations

from console.core import randomness
from console.core.seals import seal, unseal
from sandbox.verification.codes import Minted, fits_facts, hmac_of
from sandbox.verification.models import VerifySession

_PURPOSE = "verify-session-code"


def mint(session: VerifySession, *, generation: int, own: str = "") -> Minted:
    """A fresh code of the session's length, or the tenant's `own`, and what may be stored of it."""
    code = own or randomness.digits(session.code_length)
    sealed = seal(code.encode(), purpose=_PURPOSE, bound_to=_binding(session, generation))
    return Minted(code, hmac_of(_facts(session, generation, code)), sealed)


def reveal(session: VerifySession) -> str:
    """The present code from its sealed copy, to be sent or said."""
    assert session.sealed_code is not None
    binding = _binding(session, session.generation)
    return unseal(session.sealed_code, purpose=_PURPOSE, bound_to=binding).decode()


def fits(session: VerifySession, generation: int, code: str, hmac: str) -> bool:
    """Whether the code is this generation's, in constant time."""
    return fits_facts(_facts(session, generation, code), hmac)


def _facts(session: VerifySession, generation: int, code: str) -> tuple[str, ...]:
    return ("session", session.e164, str(session.public_id), str(generation), code)


def _binding(session: VerifySession, generation: int) -> str:
    return f"{session.public_id}|{generation}"
