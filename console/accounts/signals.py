"""What follows from django-allauth's events: clocks of the session, the trial account, the log."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from console.accounts import audit, sessions
from console.accounts.models import Account, Membership, User
from console.accounts.services import open_trial
from console.core.http import client_ip

Extra = Any


def _account_of(user: User | None) -> Account | None:
    if user is None:
        return None
    places = Membership.objects.filter(user=user).select_related("account")
    first = places.order_by("created_at", "pk").first()
    return first.account if first else None


def _record(action: str, request: HttpRequest | None, user: User, **data: object) -> None:
    audit.record(
        action=action,
        actor=user,
        account=_account_of(user),
        object_type="user",
        object_id=str(user.public_id),
        data=data,
        ip=client_ip(request) if request else "",
    )


@receiver(user_logged_in)
def _session_begins(request: HttpRequest, user: User, **extra: Extra) -> None:
    # Django's own event: it comes whichever way someone signs in.
    sessions.begin(request)


@receiver(account_signals.user_logged_in)
def _signed_in(request: HttpRequest, user: User, **extra: Extra) -> None:
    _record("auth.signed_in", request, user)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **extra: Extra) -> None:
    request.signed_out = True  # type: ignore[attr-defined]  # for AccountScope
    if user is not None:
        _record("auth.signed_out", request, user)


@receiver(user_login_failed)
def _sign_in_failed(credentials: dict[str, Any], request: HttpRequest, **extra: Extra) -> None:
    # Known and unknown addresses cost the same queries (ACC-02).
    user = User.objects.filter(email__iexact=str(credentials.get("email", ""))).first()
    audit.record(
        action="auth.failed",
        actor=user or "visitor",
        account=_account_of(user or User(pk=0)),
        object_type="user",
        object_id=str(user.public_id) if user else "",
        ip=client_ip(request),
    )


@receiver(account_signals.authentication_step_completed)
def _proved(request: HttpRequest, user: User, **extra: Extra) -> None:
    if request.user.is_authenticated:
        sessions.note_proof(request)
        sessions.renew(request)
        _record("auth.proved_again", request, user, method=str(extra.get("method", "")))


@receiver(account_signals.email_confirmed)
def _confirmed(request: HttpRequest, email_address: Any, **extra: Extra) -> None:
    open_trial(email_address.user, ip=client_ip(request))
    _record("user.email_confirmed", request, email_address.user)


@receiver(account_signals.email_changed)
def _email_changed(request: HttpRequest, user: User, **extra: Extra) -> None:
    if extra.get("from_email_address"):  # the first address is no change
        _record("user.email_changed", request, user)


@receiver(account_signals.password_changed)
@receiver(account_signals.password_set)
@receiver(account_signals.password_reset)
def _password_changed(request: HttpRequest, user: User, **extra: Extra) -> None:
    _record("user.password_changed", request, user)


@receiver(mfa_signals.authenticator_added)
def _factor_added(request: HttpRequest, user: User, authenticator: Any, **extra: Extra) -> None:
    sessions.renew(request)
    _record("mfa.added", request, user, kind=str(authenticator.type))


@receiver(mfa_signals.authenticator_removed)
def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **extra: Extra) -> None:
    sessions.renew(request)
    _record("mfa.removed", request, user, kind=str(authenticator.type))


@receiver(mfa_signals.authenticator_reset)
def _codes_renewed(request: HttpRequest, user: User, **extra: Extra) -> None:
    _record("mfa.recovery_codes_renewed", request, user)


@receiver(mfa_signals.authentication_failed)
def _factor_failed(request: HttpRequest, user: User, **extra: Extra) -> None:
    _record("mfa.failed", request, user)
