"""What members change about the account, its team and themselves."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import F

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Membership, Role, User
from console.core.countries import is_country
from console.core.errors import DomainError, Forbidden, NotFound


@transaction.atomic
def change_account(
    *, account: Account, name: str, time_zone: str, region: str, actor: User, ip: str = ""
) -> Account:
    """Changes name, time zone and country; DomainError names the field at fault."""
    name = name.strip()
    if not name or len(name) > 80:
        raise DomainError("Give a name of 1 to 80 characters.", code="bad_name", field="name")
    if time_zone not in available_timezones():
        raise DomainError("Choose a time zone.", code="bad_time_zone", field="time_zone")
    if not is_country(region):
        raise DomainError("Choose a country.", code="bad_region", field="region")
    wanted = {"name": name, "time_zone": time_zone, "region": region}
    changed = {k: v for k, v in wanted.items() if getattr(account, k) != v}
    if not changed:
        return account
    for field, value in changed.items():
        setattr(account, field, value)
    account.save(update_fields=list(changed))
    _record("account.changed", account, actor, account.auth_id, changed, ip)
    return account


@transaction.atomic
def update_details(
    *,
    account: Account,
    actor: Actor,
    ip: str = "",
    name: str | None = None,
    city: str | None = None,
    address: str | None = None,
    region_name: str | None = None,
    time_zone: str | None = None,
) -> Account:
    """Sets what is given, and no others (compat/rest.md, Account update).

    `region_name` is the state of the postal address. DomainError names the field at fault.
    """
    wanted = {
        "name": name,
        "city": city,
        "address": address,
        "region_name": region_name,
        "time_zone": time_zone,
    }
    if name is not None and not name.strip():
        raise DomainError("Give a name of 1 to 80 characters.", code="bad_name", field="name")
    if time_zone is not None and time_zone not in available_timezones():
        raise DomainError(
            "timezone is an IANA name such as Europe/Berlin.",
            code="bad_time_zone",
            field="timezone",
        )
    changed = {
        field: value.strip()
        for field, value in wanted.items()
        if value is not None and getattr(account, field) != value.strip()
    }
    for field, value in changed.items():
        setattr(account, field, value)
    if changed:
        account.save(update_fields=list(changed))
        _record("account.changed", account, actor, account.auth_id, changed, ip)
    return account


def change_own_name(*, user: User, name: str) -> User:
    """Changes what others see; empty shows the e-mail address."""
    user.name = name.strip()[:80]
    user.save(update_fields=["name"])
    return user


@transaction.atomic
def change_role(
    *, account: Account, member_id: UUID, role: Role, actor: User, ip: str = ""
) -> Membership:
    """Gives a member another role; `member_id` is the person's public id.

    Raises NotFound, `last_owner` when nobody would own the account, and Forbidden when an admin
    makes or unmakes an owner.
    """
    place = _place(account, member_id)
    _check_owners(account, place, actor, leaves=role != Role.OWNER, makes=role == Role.OWNER)
    before, place.role = place.role, role
    place.save(update_fields=["role"])
    data = {"before": before, "after": str(role), "member": place.user.email}
    _record("team.role_changed", account, actor, str(member_id), data, ip)
    return place


@transaction.atomic
def remove_member(*, account: Account, member_id: UUID, actor: User, ip: str = "") -> None:
    """Takes a member out of the account; the same refusals as `change_role`."""
    place = _place(account, member_id)
    _check_owners(account, place, actor, leaves=True, makes=False)
    place.delete()
    _record("team.removed", account, actor, str(member_id), {"member": place.user.email}, ip)


def _place(account: Account, member_id: UUID) -> Membership:
    # The lock is the account's row, so that two owners cannot remove each other at once.
    Account.objects.filter(pk=account.pk).update(name=F("name"))
    places = Membership.objects.filter(account=account, user__public_id=member_id)
    place = places.select_related("user").first()
    if place is None:
        raise NotFound("There is no such member.")
    return place


def _check_owners(
    account: Account, place: Membership, actor: User, *, leaves: bool, makes: bool
) -> None:
    own = Membership.objects.filter(account=account, user=actor).first()
    if own is None or not own.may_manage:  # taken away since the request began
        raise Forbidden("Only an owner or an admin of this account can do this.")
    if (place.role == Role.OWNER or makes) and own.role != Role.OWNER:
        raise Forbidden("Only an owner can make or change owners.")
    owners = Membership.objects.filter(account=account, role=Role.OWNER)
    if leaves and place.role == Role.OWNER and not owners.exclude(pk=place.pk).exists():
        raise Forbidden("An account keeps at least one owner.", code="last_owner")


def _record(
    action: str, account: Account, actor: Actor, object_id: str, data: dict[str, str], ip: str
) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=account,
        object_type="account" if action.startswith("account") else "user",
        object_id=object_id,
        data=data,
        ip=ip,
    )
