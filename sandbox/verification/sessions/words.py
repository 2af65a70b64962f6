"""What a tenant may put into a session, and what its text says.

OTP-14 keeps our own codes free of any tenant's words. A session's text is the tenant's and may name
a brand, as the compatible API has it; so that our sender becomes no phishing tool, a brand is
letters, digits, spaces and `&'-` only (no dot, slash, colon or long number, so no link and no phone
number), at most 30 of them, and never the platform's own name.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.conf import settings

from console.core import clock
from console.core.errors import DomainError
from sandbox.verification.codes import bare
from sandbox.verification.models import VerifySession
from sandbox.verification.prompts import PROMPTS, language_for

LONGEST_BRAND: Final = 30
_BRAND: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 &'-]{0,29}")
_LONG_NUMBER: Final = re.compile(r"[0-9](?:[ -]?[0-9]){4}")
_HASH: Final = re.compile(r"[A-Za-z0-9+/]{11}")
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?")
_CODE: Final = re.compile(r"[0-9]{4,8}")


def clean_brand(raw: str) -> str:
    """The brand as the text and the call name it; DomainError `invalid_brand_name`."""
    brand = raw.strip(" ")
    if not brand:
        return ""
    plain = brand.lower().replace(" ", "").replace("-", "")
    ours = {"ringfence", settings.PUBLIC_HOST.partition(".")[0].replace("-", "").lower()}
    hidden = any(word and len(word) > 3 and word in plain for word in ours)
    if not _BRAND.fullmatch(brand) or _LONG_NUMBER.search(brand) or hidden:
        raise DomainError(
            f"brand_name has 1 to {LONGEST_BRAND} letters, digits, spaces and & ' - only, no long "
            "number, and is not the platform's name.",
            code="invalid_brand_name",
            field="brand_name",
        )
    return brand


def clean_app_hash(raw: str) -> str:
    """The eleven characters by which an Android app finds its message; "" for none."""
    if raw and not _HASH.fullmatch(raw):
        raise DomainError(
            "app_hash has eleven characters of Base64.", code="invalid_parameter", field="app_hash"
        )
    return raw


def clean_locale(raw: str) -> str:
    """A language tag; one that we do not speak is spoken in English."""
    if not raw:
        return "en"
    if not _LOCALE.fullmatch(raw):
        raise DomainError(
            "locale is a language tag such as en or de-DE.",
            code="invalid_parameter",
            field="locale",
        )
    return raw


def clean_dtmf(raw: str) -> str:
    """The key that says the code on a call; 1 unless told."""
    if raw and (len(raw) != 1 or raw not in "0123456789"):
        raise DomainError("dtmf is one digit.", code="invalid_parameter", field="dtmf")
    return raw or "1"


def clean_code(raw: str, *, length: int | None) -> str:
    """The tenant's own code, four to eight ASCII digits; "" when we make one (OTP-22)."""
    if not raw:
        return ""
    code = bare(raw)
    if not _CODE.fullmatch(code) or (length is not None and len(code) != length):
        raise DomainError(
            "otp has 4 to 8 digits, as many as code_length says.",
            code="invalid_parameter",
            field="otp",
        )
    return code


def given_code(session: VerifySession, raw: str) -> str:
    """What was sent for validation: as many ASCII digits as the session's code has (OTP-10)."""
    code = bare(raw)
    if not _CODE.fullmatch(code) or len(code) != session.code_length:
        raise DomainError(
            f"The code has {session.code_length} digits.", code="code_malformed", field="otp"
        )
    return code


def text_of(session: VerifySession, code: str, *, now: datetime | None = None) -> str:
    """The SMS, one GSM segment. The minutes are those that the session still lives."""
    prompts = PROMPTS[language_for(session.locale)]
    left = (session.expires_at - (now or clock.now())).total_seconds()
    template = prompts.text_branded if session.brand_name else prompts.text
    text = template.format(code=code, who=session.brand_name, minutes=max(1, int(left // 60)))
    return f"{text}\n\n{session.app_hash}" if session.app_hash else text
