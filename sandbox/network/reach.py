"""Whom a handset may call and text: what this account has on the platform, and the platform."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

from console.accounts.models import Account
from console.applications.models import Application
from console.core.errors import DomainError
from console.core.numbers import canonical_number
from console.endpoints.models import Endpoint
from console.numbers.models import RentedNumber

_SIP = re.compile(r"sips?:([A-Za-z0-9_.+-]{1,64})@([A-Za-z0-9.-]{1,253})", re.IGNORECASE)
_LONGEST = 128
_KEYS = re.compile(r"[0-9*#]{1,20}")
_PUNCTUATION = str.maketrans("", "", " ()-.")
_PLATFORM_LINES: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Callee:
    """`to` is canonical: E.164, or a SIP address in lower case but for its user."""

    to: str
    voice: bool = True
    sms: bool = True


def answer_texts_to(number: str, *, kind: str) -> None:
    """Texts to this number of the platform's own become outbox rows of `kind` (OTP-19: STOP)."""
    _PLATFORM_LINES[number] = kind


def platform_line(to: str) -> tuple[str, str]:
    """The platform's own number that `to` writes, and the outbox kind of texts to it; else ""s."""
    bare = to.strip().translate(_PUNCTUATION)
    return (bare, _PLATFORM_LINES[bare]) if bare in _PLATFORM_LINES else ("", "")


def dialled(to: str) -> Callee:
    """What an endpoint dials: a number, a SIP address, or keys such as an extension; no query.

    Raises DomainError `invalid_number`.
    """
    text = to.strip()
    if text.lower().startswith(("sip:", "sips:")):
        matched = _SIP.fullmatch(text) if len(text) <= _LONGEST else None
        if matched is None:
            message = "Write a SIP address as sip:name@example.com."
            raise DomainError(message, code="invalid_number", field="to")
        return Callee(f"sip:{matched[1]}@{matched[2].lower()}", sms=False)
    if _KEYS.fullmatch(text):
        return Callee(text, sms=False)
    return Callee(canonical_number(text, field="to").e164, sms=False)


def callee(*, account: Account, to: str) -> Callee:
    """What `to` names among the account's DIDs, applications and endpoints (one query).

    Raises DomainError `invalid_number` for what is neither a number nor a SIP address, and
    `callee_not_yours` for everything that is not this account's, known or not (TEN-02).
    """
    text = to.strip()
    if text.lower().startswith(("sip:", "sips:")):
        return _sip_callee(account, text)
    number = canonical_number(text, account.region, field="to").e164
    rented = RentedNumber.objects.for_account(account).living().select_related("stock")
    found = rented.filter(number=number).first()
    if found is None:
        raise _not_yours("This handset can call and text the numbers that your account rents.")
    return Callee(number, voice=found.stock.voice_enabled, sms=found.stock.sms_enabled)


def _sip_callee(account: Account, text: str) -> Callee:
    matched = _SIP.fullmatch(text) if len(text) <= _LONGEST else None
    if matched is None:
        message = "Write a SIP address as sip:name@example.com."
        raise DomainError(message, code="invalid_number", field="to")
    user, domain = matched[1], matched[2].lower()
    address = f"sip:{user}@{domain}"
    endpoints = Endpoint.objects.for_account(account)
    applications = Application.objects.for_account(account)
    if domain == settings.SIP_DOMAIN and endpoints.filter(username__iexact=user).exists():
        return Callee(address, sms=False)
    application = applications.filter(app_id=user).first()
    if application is not None and application.sip_uri == address:
        return Callee(address, sms=False)
    raise _not_yours("No endpoint or application of your account has this SIP address.")


def _not_yours(message: str) -> DomainError:
    return DomainError(message, code="callee_not_yours", field="to", fix_url="/numbers/")
