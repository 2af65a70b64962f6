"""The password rule: long, and not one that everybody knows (ACC-01)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from console.accounts.models import User, nfc

_LIST = Path(__file__).with_name("common_passwords.txt")
_SEPARATORS = re.compile(r"[\s._\-+,/|:;]+")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_ADVICE = "Three or four words that do not belong together make a good one."


class PolicyValidator:
    """Long enough, not longer than we keep, not common, not made of what is known about them."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError that says why and what to do; one query for a saved user."""
        password = nfc(password)
        least = _least(user)
        if len(password) < least:
            raise ValidationError(
                f"This password has {len(password)} characters; use at least {least}. {_ADVICE}",
                code="password_too_short",
            )
        if len(password) > settings.TRUST.password_max:
            raise ValidationError(
                f"Use at most {settings.TRUST.password_max} characters.", code="password_too_long"
            )
        if _is_common(password):
            raise ValidationError(
                f"This password is on lists that attackers try first. {_ADVICE}",
                code="password_too_common",
            )
        if _is_about(password, _known_words(user)):
            raise ValidationError(
                "This password is little more than the name of this site or your e-mail address. "
                + _ADVICE,
                code="password_too_similar",
            )

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return (
            f"At least {settings.TRUST.password_min} characters: "
            "three or four words make a good one."
        )


def _least(user: User | None) -> int:
    if user is not None and user.pk and is_mfa_enabled(user):
        return int(settings.TRUST.password_min_with_mfa)
    return int(settings.TRUST.password_min)


@cache
def common_passwords() -> frozenset[str]:
    """Our list of long common passwords, with Django's of short ones; read once a process."""
    ours = _LIST.read_text(encoding="utf-8").split("\n")
    return frozenset(filter(None, ours)) | CommonPasswordValidator().passwords


def _is_common(password: str) -> bool:
    lowered = password.casefold()
    bare = _SEPARATORS.sub("", lowered)
    if lowered in common_passwords() or bare in common_passwords():
        return True
    return len(set(bare)) < 4  # aaaaaaaaaaaaaaa, 121212121212121


def _known_words(user: User | None) -> list[str]:
    words = ["ringfence", settings.PUBLIC_HOST, *settings.PUBLIC_HOST.split(".")]
    email = user.email.casefold() if user else ""
    local, _, domain = email.partition("@")
    words += [email, local, domain, *_NOT_LETTERS.split(local)]
    return sorted({word for word in words if len(word) >= 4}, key=len, reverse=True)


def _is_about(password: str, words: list[str]) -> bool:
    rest = password.casefold()
    for word in words:
        rest = rest.replace(word, " ")
    if rest == password.casefold():
        return False
    return len(_NOT_LETTERS.sub("", rest)) < 4
