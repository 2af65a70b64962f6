"""Phone numbers: the one function through which every number enters (NUM-01 to NUM-06).

`canonical_number` says what a text means or refuses it; `require_supported` says whether the
platform reaches numbers of that type. Both raise DomainError with a sentence for the user.
Nothing here costs a query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from django.conf import settings

from console.core.countries import country_name, is_country
from console.core.errors import DomainError
from console.core.fiction import find_fiction, is_fictional
from console.core.models import E164_PATTERN
from console.core.number_types import NumberType
from console.core.outcomes import is_outcome_number

__all__ = [
    "METADATA_VERSION",
    "Number",
    "NumberType",
    "canonical_number",
    "display",
    "require_supported",
]

METADATA_VERSION: str = phonenumbers.__version__
"""Version of the numbering plans in use, recorded with each decision (NUM-05)."""

LONGEST_INPUT = 32
GLOBAL_REGION = "001"

_ALLOWED = re.compile(r"[+0-9 ().\-]*")
_E164 = re.compile(E164_PATTERN)
_SEVERAL = re.compile(r"[<>/,;]|\bor\b", re.IGNORECASE)
_EXTENSION = re.compile(r"ext|x[0-9]|#|;|^(tel|sips?):", re.IGNORECASE)
_LIBRARY_TYPES = {
    phonenumbers.PhoneNumberType.to_string(value): value
    for value in phonenumbers.PhoneNumberType.values()
}
_TYPES: dict[int, NumberType] = {
    value: NumberType(name.lower()) for name, value in _LIBRARY_TYPES.items()
}


@dataclass(frozen=True, slots=True)
class Number:
    """A canonical number. `region` is ISO 3166, or `001` for satellites and global services."""

    e164: str
    region: str
    type: NumberType

    @property
    def digits(self) -> str:
        """Without the plus, as the compatible API writes numbers."""
        return self.e164[1:]

    @property
    def country(self) -> str:
        """The country's name in English."""
        return country_name(self.region)

    @property
    def is_outcome(self) -> bool:
        """Whether it is in the table of outcome numbers: always allowed, needs no proof."""
        return self.type is NumberType.OUTCOME

    @property
    def is_fictional(self) -> bool:
        """Whether it lies in a range for fiction, so that no real phone can have it."""
        return is_fictional(self.e164)

    @property
    def sms_otp(self) -> bool:
        """Whether a code may be sent as a text message (NUM-06)."""
        return self.type in {NumberType.MOBILE, NumberType.FIXED_LINE_OR_MOBILE} and (
            self.region != GLOBAL_REGION
        )

    @property
    def voice_otp(self) -> bool:
        """Whether a code may be spoken in a call (NUM-06)."""
        if self.type is NumberType.VOIP:
            return settings.VOIP_NUMBERS and self.region != GLOBAL_REGION
        return self.sms_otp or (self.type is NumberType.FIXED_LINE and self.region != GLOBAL_REGION)

    @property
    def voice_early(self) -> bool:
        """Whether the call is offered at once: it may be a fixed line, or surely is (NUM-06)."""
        return self.voice_otp and self.type is not NumberType.MOBILE

    @property
    def routes(self) -> tuple[str, ...]:
        """The ways a code may go, the preferred one first: of `sms` and `call`."""
        return tuple(
            name for name, open_ in (("sms", self.sms_otp), ("call", self.voice_otp)) if open_
        )

    @property
    def supported(self) -> bool:
        """Whether the platform reaches it at all: a type of NUM-06's table, or an outcome."""
        return self.is_outcome or bool(self.routes)


def canonical_number(
    raw: str, region: str | None = None, *, bare_digits: bool = False, field: str = "number"
) -> Number:
    """What `raw` means; raises DomainError `invalid_number` rather than repair anything.

    `region` (ISO 3166) lets the national form pass; without it a number begins with `+`.
    `bare_digits` is for the REST face, where digits alone mean `+digits`. `field` names the
    input in the error. Types that are not served are not refused here: `require_supported`.
    """
    text = _checked_characters(raw, field)
    if bare_digits and not text.startswith("+"):
        text, region = f"+{text.lstrip()}", None
    _check_start(text, region, field)
    e164, number_region, valid, kind = _parse(text, region, field)
    if is_outcome_number(e164):
        return Number(e164, "US", NumberType.OUTCOME)
    # Over real carriers the library's word stands (NUM-05).
    fiction = find_fiction(e164) if settings.SIMULATED_NETWORK else None
    if fiction is not None:
        return Number(e164, fiction.region, fiction.type)
    if not valid:
        raise _invalid("This number does not exist in its country's numbering plan.", field)
    return Number(e164, number_region, kind)


def require_supported(number: Number, *, field: str = "number") -> Number:
    """The number itself; raises DomainError `destination_type_not_supported` (NUM-06)."""
    if number.supported:
        return number
    kind = "a satellite or global number" if number.region == GLOBAL_REGION else number.type.words
    raise DomainError(
        f"This is {kind}. Ringfence reaches mobile numbers and fixed lines only.",
        code="destination_type_not_supported",
        field=field,
    )


@lru_cache(maxsize=4096)
def display(e164: str | None) -> str:
    """As people read it: `+1 202 555 0142`; anything but E.164 comes back as it is."""
    if not e164 or not _E164.fullmatch(e164):
        return e164 or ""
    parsed = phonenumbers.parse(e164, None)
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return str(shown).replace("-", " ")


def _invalid(message: str, field: str) -> DomainError:
    return DomainError(message, code="invalid_number", field=field)


def _checked_characters(raw: str, field: str) -> str:
    """NUM-02 and NUM-03, before the library sees anything; spaces around are dropped."""
    if len(raw) > LONGEST_INPUT:
        raise _invalid(f"A phone number has at most {LONGEST_INPUT} characters.", field)
    if not raw.isascii() or not raw.isprintable():
        raise _invalid("Use the digits 0 to 9 only; this has a character that looks alike.", field)
    text = raw.strip(" ")
    if not any("0" <= character <= "9" for character in text):
        raise _invalid("Enter a phone number, such as +1 202 555 0142.", field)
    if _EXTENSION.search(text):
        raise _invalid("Leave out extensions, extra digits and prefixes such as tel: .", field)
    if _SEVERAL.search(text) or text.count("+") > 1:
        raise _invalid("Enter one phone number only.", field)
    if not _ALLOWED.fullmatch(text) or "+" in text[1:]:
        raise _invalid("Use digits, spaces, ( ) - . and one + at the start.", field)
    return text


def _check_start(text: str, region: str | None, field: str) -> None:
    if text.startswith("+"):
        return
    if region is None and text.startswith("00"):
        raise _invalid("Write + and the country code instead of 00.", field)
    if region is None:
        raise _invalid("Begin with + and the country code, such as +1 or +44.", field)
    if not is_country(region):
        raise _invalid("Choose a country from the list.", field)


def _parse(text: str, region: str | None, field: str) -> tuple[str, str, bool, NumberType]:
    """E.164, region, whether the library calls it valid, and its type."""
    found = _read(text, None if text.startswith("+") else region)
    if isinstance(found, str):
        raise _invalid(found, field)
    return found


@lru_cache(maxsize=4096)
def _read(text: str, region: str | None) -> tuple[str, str, bool, NumberType] | str:
    """What the library says of the text, or why it is no number; half a millisecond the first time.

    A request for a thousand messages asks three times about each number.
    """
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return "This is not a phone number."
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if not _E164.fullmatch(e164) or not phonenumbers.is_possible_number(parsed):
        return "This number is too short or too long for its country."
    found = phonenumbers.region_code_for_number(parsed) or GLOBAL_REGION
    kind = _TYPES[phonenumbers.number_type(parsed)]
    return e164, found, phonenumbers.is_valid_number(parsed), kind
