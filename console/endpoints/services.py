"""What can be done with endpoints; every face calls these."""

from __future__ import annotations

import hashlib
import re
import string
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.accounts.services.caps import trial_caps
from console.accounts.services.credit import lock_account, require_room
from console.applications.models import Application
from console.core import clock, randomness
from console.core.errors import DomainError, NotFound
from console.core.labels import clean_label
from console.core.unchanged import UNCHANGED, Unchanged
from console.endpoints.models import LONGEST_ALIAS, LONGEST_NAME, SUFFIX_DIGITS, Endpoint

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_PASSWORD = re.compile(r"[!-~]{5,64}")
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """What was made. `password` is given this once; "" when the endpoint was there already."""

    endpoint: Endpoint
    password: str


def new_password() -> str:
    """24 letters and digits (142 bits): strong, and possible to type into a desk phone."""
    return randomness.text(_ALPHABET, 24)


def digest_hash(*, username: str, password: str) -> str:
    """HA1 of SIP digest authentication: MD5 of `username:realm:password` (RFC 7616)."""
    text = f"{username}:{settings.SIP_DOMAIN}:{password}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def find_endpoint(
    *, account: Account, endpoint_id: str, subaccount: Subaccount | None = None
) -> Endpoint:
    """The endpoint in the caller's scope with its application (one query); raises NotFound."""
    mine = Endpoint.objects.for_account(account, subaccount).select_related("application")
    found = mine.filter(endpoint_id=endpoint_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def create_endpoint(
    *,
    account: Account,
    actor: Actor,
    name: str,
    alias: str,
    application: Application | Unchanged | None = UNCHANGED,
    subaccount: Subaccount | None = None,
    password: str = "",
    form_key: UUID | None = None,
    ip: str = "",
) -> NewEndpoint:
    """A new SIP user named `name` and 12 digits; without a password one is made.

    Unless told, it gets the account's default application for endpoints. A `form_key` that was used
    before gives the endpoint made then, without a password. Raises DomainError with the field at
    fault, LimitReached at the trial's cap.
    """
    locked = lock_account(account, subaccount)
    mine = Endpoint.objects.for_account(account)
    if form_key and (made := mine.filter(form_key=form_key).first()):
        return NewEndpoint(made, "")
    require_room(
        locked,
        used=mine.count(),
        limit=trial_caps().endpoints,
        things="endpoints",
        fix_url="/endpoints/",
    )
    username = f"{_checked_name(name)}{_suffix()}"
    label = clean_label(alias, field="alias", longest=LONGEST_ALIAS)
    secret = _checked_password(password) if password else new_password()
    if isinstance(application, Unchanged):
        application = _default_application(account, subaccount)
    made = Endpoint.objects.create(
        account=account,
        subaccount=subaccount,
        username=username,
        alias=label,
        ha1=digest_hash(username=username, password=secret),
        application=application,
        form_key=form_key,
    )
    _record("endpoint.created", made, actor, {"username": username}, ip)
    return NewEndpoint(made, secret)


def _default_application(account: Account, subaccount: Subaccount | None) -> Application | None:
    # Its own scope's only: a subaccount does not see the parent's (TEN-03).
    own = Application.objects.for_account(account).filter(subaccount=subaccount)
    return own.filter(default_endpoint_app=True).first()


@transaction.atomic
def update_endpoint(
    *,
    endpoint: Endpoint,
    actor: Actor,
    alias: str | Unchanged = UNCHANGED,
    application: Application | Unchanged | None = UNCHANGED,
    password: str | Unchanged = UNCHANGED,
    ip: str = "",
) -> Endpoint:
    """Sets what is given. A new password ends the registration made with the old one."""
    _lock(endpoint)
    values: dict[str, Any] = {}
    if not isinstance(alias, Unchanged):
        values["alias"] = clean_label(alias, field="alias", longest=LONGEST_ALIAS)
    if not isinstance(application, Unchanged):
        values["application"] = application
    if not isinstance(password, Unchanged):
        secret = _checked_password(password)
        values["ha1"] = digest_hash(username=endpoint.username, password=secret)
        values["registered_until"] = None
    for name, value in values.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(values))
    _record("endpoint.changed", endpoint, actor, {"fields": sorted(values)}, ip)
    return endpoint


@transaction.atomic
def delete_endpoint(*, endpoint: Endpoint, actor: Actor, ip: str = "") -> None:
    """Deletes it; its name is never given again, since a fresh suffix is drawn for each."""
    _lock(endpoint)
    _record("endpoint.deleted", endpoint, actor, {"username": endpoint.username}, ip)
    endpoint.delete()


def _lock(endpoint: Endpoint) -> None:
    """Locks the account and reads the row again; raises NotFound when it was deleted meanwhile."""
    lock_account(endpoint.account)
    try:
        endpoint.refresh_from_db(from_queryset=Endpoint.objects.for_account(endpoint.account))
    except Endpoint.DoesNotExist as error:
        raise NotFound from error


def _suffix() -> str:
    day = clock.now().strftime("%y%m%d")
    return day + randomness.digits(SUFFIX_DIGITS - len(day))


def _checked_name(raw: str) -> str:
    name = raw.strip(" ")
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise DomainError(
            f"Use letters a to z and digits, a letter first, at most {LONGEST_NAME}.",
            code="invalid_username",
            field="username",
        )
    return name


def _checked_password(raw: str) -> str:
    if not _PASSWORD.fullmatch(raw):
        raise DomainError(
            "A SIP password has 5 to 64 letters, digits and signs, without spaces.",
            code="invalid_password",
            field="password",
        )
    return raw


def _record(action: str, endpoint: Endpoint, actor: Actor, data: Any, ip: str) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=endpoint.account,
        object_type="endpoint",
        object_id=endpoint.endpoint_id,
        data=data,
        ip=ip,
    )
