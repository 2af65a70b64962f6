"""What can be done with applications; every face calls these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.accounts.services.caps import trial_caps
from console.accounts.services.credit import lock_account, require_room
from console.applications.callback_urls import clean_url
from console.applications.models import LONGEST_NAME, METHODS, URLS, Application, Method
from console.core.errors import DomainError, NotFound
from console.core.labels import clean_label
from console.core.unchanged import UNCHANGED, Unchanged


class Fields(TypedDict, total=False):
    """What can be set; what is left out stays as it is (or at its default)."""

    name: str
    answer_url: str
    answer_method: str
    fallback_answer_url: str
    fallback_method: str
    hangup_url: str
    hangup_method: str
    message_url: str
    message_method: str
    default_number_app: bool
    default_endpoint_app: bool
    public_uri: bool
    log_incoming_messages: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """App ids with names, and which one a new number or endpoint is likely to want ("": none).

    That is the default, or the only application there is.
    """

    pairs: list[tuple[str, str]]
    for_number: str
    for_endpoint: str


_DEFAULTS = ("default_number_app", "default_endpoint_app")
_FLAGS = (*_DEFAULTS, "public_uri", "log_incoming_messages")


def find_application(
    *, account: Account, app_id: str, subaccount: Subaccount | None = None
) -> Application:
    """The application in the caller's scope (one query); raises NotFound (TEN-02)."""
    found = Application.objects.for_account(account, subaccount).filter(app_id=app_id).first()
    if found is None:
        raise NotFound
    return found


def pick_application(
    *,
    account: Account,
    app_id: str,
    subaccount: Subaccount | None = None,
    field: str = "application",
) -> Application | None:
    """The application that a form or body names; None for "".

    Raises DomainError 400 on the field when it is not in the caller's scope (TEN-03).
    """
    if not app_id:
        return None
    try:
        return find_application(account=account, app_id=app_id, subaccount=subaccount)
    except NotFound as error:
        raise DomainError(
            "Choose an application from the list.", code="invalid_application", field=field
        ) from error


@transaction.atomic
def create_application(
    *,
    account: Account,
    actor: Actor,
    subaccount: Subaccount | None = None,
    form_key: UUID | None = None,
    ip: str = "",
    **fields: Unpack[Fields],
) -> Application:
    """A new application; the one that is there when `form_key` was used before.

    Raises DomainError with the field at fault, LimitReached at the trial's cap. About eight
    queries with the audit's.
    """
    locked = lock_account(account, subaccount)
    mine = Application.objects.for_account(account)
    if form_key and (made := mine.filter(form_key=form_key).first()):
        return made
    require_room(
        locked,
        used=mine.count(),
        limit=trial_caps().applications,
        things="applications",
        fix_url="/applications/",
    )
    values = _cleaned({"name": "", **fields})
    _clear_other_defaults(account, subaccount, values)
    made = Application.objects.create(
        account=account, subaccount=subaccount, form_key=form_key, **values
    )
    _record("application.created", made, actor, {"name": made.name}, ip)
    return made


@transaction.atomic
def update_application(
    *,
    application: Application,
    actor: Actor,
    subaccount: Subaccount | Unchanged = UNCHANGED,
    ip: str = "",
    **fields: Unpack[Fields],
) -> Application:
    """Sets the given fields, and no others; `subaccount` is the one that it is given to.

    Its numbers and endpoints stay where they are. A default of one scope is that of the other then.
    Raises DomainError with the field at fault, NotFound when it was deleted meanwhile.
    """
    _lock(application)
    values = _cleaned(dict(fields))
    if not isinstance(subaccount, Unchanged):
        values["subaccount"] = subaccount
    changed = {name: new for name, new in values.items() if getattr(application, name) != new}
    if not changed:
        return application
    moved = "subaccount" in changed
    flags = {name: changed.get(name, moved and getattr(application, name)) for name in _DEFAULTS}
    scope = changed.get("subaccount", application.subaccount)
    _clear_other_defaults(application.account, scope, flags)
    told: dict[str, Any] = {"fields": sorted(changed)}
    if hosts := new_hosts(application, fields):
        told["new_hosts"] = hosts
    for name, value in changed.items():
        setattr(application, name, value)
    application.save(update_fields=list(changed))
    _record("application.changed", application, actor, told, ip)
    return application


def new_hosts(application: Application, fields: Fields) -> list[str]:
    """Hosts that the given URLs would send requests to and that the application does not ask yet.

    URLs that cannot be read are left to `update_application`. No query.
    """
    known = {_host(getattr(application, name)) for name in URLS}
    given = {_host(str(fields.get(name, ""))) for name in URLS}
    return sorted(given - known - {""})


def is_live(application: Application) -> bool:
    """Whether a number or an endpoint sends its traffic here (at most two queries)."""
    numbers = application.numbers.for_account(application.account).living()
    endpoints = application.endpoints.for_account(application.account)
    return application.enabled and (numbers.exists() or endpoints.exists())


def _host(url: str) -> str:
    try:
        return (urlsplit(url.strip()).netloc).lower()
    except ValueError:
        return ""


@transaction.atomic
def delete_application(
    *,
    application: Application,
    actor: Actor,
    delete_endpoints: bool = False,
    move_endpoints_to: Application | None = None,
    ip: str = "",
) -> None:
    """Deletes it. Its numbers stay rented without an application, and so do its endpoints.

    Unless they are to be deleted too, or moved to another application (compat: `cascade`,
    `new_endpoint_application`). Raises NotFound when it was deleted meanwhile.
    """
    _lock(application)
    endpoints = application.endpoints.for_account(application.account)
    if move_endpoints_to is not None:
        endpoints.update(application=move_endpoints_to)
    elif delete_endpoints:
        endpoints.delete()
    audited = {"name": application.name}
    app_id, account = application.app_id, application.account
    application.delete()
    audit.record(
        action="application.deleted",
        actor=actor,
        account=account,
        object_type="application",
        object_id=app_id,
        data=audited,
        ip=ip,
    )


def _lock(application: Application) -> None:
    """Locks the account and reads the row again: nobody else changes it until the commit."""
    lock_account(application.account)
    try:
        application.refresh_from_db(
            from_queryset=Application.objects.for_account(application.account)
        )
    except Application.DoesNotExist as error:
        raise NotFound from error


def _cleaned(fields: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "name" in fields:
        values["name"] = clean_label(fields["name"], field="name", longest=LONGEST_NAME)
    for name in URLS:
        if name in fields:
            values[name] = clean_url(fields[name], field=name)
    for name in METHODS:
        if name in fields:
            values[name] = _method(fields[name], name)
    values |= {name: bool(fields[name]) for name in _FLAGS if name in fields}
    return values


def _method(raw: str, field: str) -> str:
    if raw.upper() not in Method.values:
        raise DomainError("Choose POST or GET.", code="invalid_method", field=field)
    return raw.upper()


def _clear_other_defaults(
    account: Account, subaccount: Subaccount | None, values: dict[str, Any]
) -> None:
    # The account's row is locked, so two requests cannot both become the default.
    for name in _DEFAULTS:
        if values.get(name):
            mine = Application.objects.for_account(account).filter(subaccount=subaccount)
            others = mine.filter(**{name: True})
            others.update(**{name: False})


def _record(action: str, application: Application, actor: Actor, data: Any, ip: str) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=application.account,
        object_type="application",
        object_id=application.app_id,
        data=data,
        ip=ip,
    )


def application_choices(account: Account) -> Choices:
    """The account's applications by name, for selects (one query)."""
    mine = Application.objects.for_account(account).order_by("name", "app_id")
    rows = list(mine.values_list("app_id", "name", *_DEFAULTS))
    only = rows[0][0] if len(rows) == 1 else ""
    return Choices(
        pairs=[(app_id, name) for app_id, name, _, _ in rows],
        for_number=next((row[0] for row in rows if row[2]), only),
        for_endpoint=next((row[0] for row in rows if row[3]), only),
    )
