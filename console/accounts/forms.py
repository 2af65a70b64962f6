"""django-allauth's forms with our words and limits."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm as ActivateForm
from django import forms
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.functional import cached_property

from console.accounts import failures, work
from console.accounts.adapter import AccountAdapter
from console.accounts.models import User
from console.core import clock, randomness
from console.core.http import client_ip
from console.core.limits import (
    DAY,
    HOUR,
    Bucket,
    BucketFull,
    Window,
    address_subjects,
    refund,
    take,
)

_SALT = "sign-up-opened"
_QUICKEST, _OLDEST = 2.0, 3600.0
# A code is good for three steps of 30 seconds, so it is remembered for longer than that.
_CODE_REMEMBERED = 120


def opened_now() -> str:
    """A signed note of when a form was shown (WEB-06)."""
    return signing.dumps(clock.now().timestamp(), salt=_SALT)


def _seconds_open(note: str) -> float | None:
    try:
        return clock.now().timestamp() - float(signing.loads(note, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None


class Plain:
    """Labels say what a field is: placeholders would vanish while typing."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = _password_help() if name == "password1" else ""


class Working(forms.Form):
    """A form that asks the browser for a little work (WEB-06)."""

    puzzle = forms.CharField(required=False, max_length=300)
    work = forms.CharField(required=False, max_length=20)
    asks = ""

    @property
    def fresh_puzzle(self) -> str:
        """The work."""
        return work.puzzle_for(context.request, form=self.asks)

    @property
    def work_bits(self) -> int:
        """How much of it."""
        return int(settings.TRUST.signup_work_bits)

    def is_worked(self, request: HttpRequest) -> bool:
        """Whether it was done; once for each puzzle."""
        puzzle, answer = self.cleaned_data["puzzle"], self.cleaned_data["work"]
        return work.is_done(request, form=self.asks, puzzle=puzzle, answer=answer)


class SignupForm(Plain, Working, account_forms.SignupForm):  # type: ignore[misc]  # allauth is not typed
    """E-mail address and password, with quiet guards against bots (WEB-06)."""

    website = forms.CharField(required=False)
    opened = forms.CharField(required=False)
    field_order = ("email", "password1")
    asks = "sign-up"

    @property
    def opened_note(self) -> str:
        """The note for the page: the one that came, while it is good; else a new one."""
        note = str(self.data.get("opened", ""))
        age = _seconds_open(note)
        return note if age is not None and 0 <= age < _OLDEST else opened_now()

    def clean(self) -> dict[str, Any]:
        """Refuses what was filled in quicker than a person can, or ages ago."""
        cleaned = super().clean() or {}
        age = _seconds_open(str(cleaned.get("opened", "")))
        if age is None or age > _OLDEST:
            self.add_error(None, "This page was open for a long time. Please send it again.")
        elif age < _QUICKEST:
            self.add_error(None, "That was very quick. Please press the button once more.")
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, Any]:
        """Makes the user; known address, honeypot and all look the same from outside (ACC-02)."""
        if self.cleaned_data["website"]:
            return None, AccountAdapter(request).respond_email_verification_sent(request, None)
        _count_sign_up(request, worked=self.is_worked(request))
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])  # takes the same time
        made: tuple[User | None, Any] = super().try_save(request)
        return made


def _count_sign_up(request: HttpRequest, *, worked: bool) -> None:
    trust = settings.TRUST
    network, _ = address_subjects(client_ip(request))
    windows = (Window(trust.signups_ip_hour, HOUR), Window(trust.signups_ip_day, DAY))
    buckets = [Bucket(kind="sign-up", subject=network, windows=windows)]
    if not worked:
        few = Window(trust.signups_idle_ip_hour, HOUR), Window(trust.signups_idle_ip_day, DAY)
        buckets.append(Bucket(kind="sign-up-idle", subject=network, windows=few))
    try:
        take(buckets)
    except BucketFull as full:
        told = {"reason": "Too many accounts were made from your network. Please come back later."}
        page = render(request, "429.html", told, status=429)
        page.headers["Retry-After"] = str(full.retry_after or HOUR)
        raise ImmediateHttpResponse(page) from full


def _password_help() -> str:
    return (
        f"At least {settings.TRUST.password_min} characters. Three or four words make a good one."
    )


class LoginForm(Plain, Working, account_forms.LoginForm):  # type: ignore[misc]
    """E-mail address and password; after failures also a little work (WEB-06)."""

    asks = "sign-in"

    @cached_property
    def work_wanted(self) -> bool:
        """Whether the page asks for work: what failed with the address that was sent, counts."""
        return failures.work_wanted(context.request, str(self.data.get("login", "")))

    def clean(self) -> dict[str, Any]:
        """Looks at the password when the work was done or may be left out."""
        if not self.errors and self.work_wanted and not self.is_worked(context.request):
            try:
                failures.take_idle(context.request)
            except BucketFull as full:
                raise forms.ValidationError(_without_work(full)) from full
        self.__dict__.pop("work_wanted", None)  # this try may be the one that counts
        return super().clean() or {}


def _without_work(full: BucketFull) -> str:
    minutes = -(-(full.retry_after or HOUR) // 60)
    return (
        "After failed tries your browser does a little work first, which takes a second. Press the "
        f"button once more; without scripts, come back in {minutes} minutes."
    )


class AddEmailForm(Plain, account_forms.AddEmailForm):  # type: ignore[misc]
    """A new address."""


class ChangePasswordForm(Plain, account_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password and a new one."""


class SetPasswordForm(Plain, account_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password."""


class ResetPasswordForm(Plain, account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Whose password is forgotten."""


class ResetPasswordKeyForm(Plain, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password."""


class ReauthenticatePasswordForm(Plain, account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password, once more."""


class ActivateTOTPForm(Plain, ActivateForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""


class CodeRules:
    """A code is good once, and five wrong ones in five minutes close the door (ACC-04)."""

    user: User
    authenticator: Any

    def clean_code(self) -> str:
        """The code, when it is right."""
        ref = randomness.new_uuid()
        bucket = Bucket(kind="mfa-code", subject=str(self.user.pk), windows=(Window(5, 300),))
        try:
            take([bucket], ref=ref)
        except BucketFull as full:
            raise forms.ValidationError(
                "Too many codes that were not right. Wait five minutes."
            ) from full
        code = str(super().clean_code())  # type: ignore[misc]  # of the form beside it
        self._use_up(code)
        refund(ref)
        return code

    def _use_up(self, code: str) -> None:
        digits = "".join(c for c in code if c.isalnum())
        key = f"mfa-used:{self.user.pk}:{digits}"
        if self.authenticator.type == "totp" and not cache.add(key, 1, timeout=_CODE_REMEMBERED):
            raise forms.ValidationError("This code was used before. Wait for the next one.")


class AuthenticateForm(CodeRules, Plain, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ReauthenticateForm(CodeRules, Plain, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """A second factor as proof before something dangerous."""
