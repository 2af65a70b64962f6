"""Seats offered by mail."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string

from console.accounts import audit, mail
from console.accounts.models import Account, Invitation, Membership, Role, User
from console.core import clock
from console.core.errors import DomainError, Forbidden, NotFound
from console.core.limits import DAY, Bucket, Window, take
from console.core.seals import keyed_hash, same

GOOD_FOR = timedelta(days=7)
A_DAY = 10  # letters to strangers that one account may cause


def _hash(secret: str) -> str:
    return keyed_hash(settings.TOKEN_PEPPER, "invitation|v1", secret)


@transaction.atomic
def invite(*, account: Account, email: str, role: Role, actor: User, ip: str = "") -> Invitation:
    """Offers a seat to an address by a letter; a second invitation replaces the first.

    The letter names the inviter's address and nothing that an account can choose. Raises
    DomainError `bad_email` or `already_member`, Forbidden (an admin makes no owner), and
    LimitReached after ten a day.
    """
    email = email.strip().lower()
    _check(account, email, role, actor)
    take([Bucket(kind="invitation", subject=account.auth_id, windows=(Window(A_DAY, DAY),))])
    secret = secrets.token_urlsafe(24)
    Invitation.objects.for_account(account).filter(email=email).delete()
    offer = Invitation.objects.create(
        account=account,
        email=email,
        role=role,
        secret_hash=_hash(secret),
        expires_at=clock.now() + GOOD_FOR,
    )
    known = {
        "inviter": actor.email,
        "link": mail.link("accounts:invitation", offer.id, secret),
        "public_url": settings.PUBLIC_URL,
    }
    text = render_to_string("account/email/invitation_message.txt", known).strip() + "\n"
    subject = "You are invited to a Ringfence account"
    page = render_to_string("account/email/letter.html", {"subject": subject, "text": text})
    mail.post(to=email, subject=subject, text=text, html=page)
    _record("team.invited", offer, actor, ip)
    return offer


def _check(account: Account, email: str, role: Role, actor: User) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise DomainError(
            "This is not an e-mail address.", code="bad_email", field="email"
        ) from error
    places = Membership.objects.filter(account=account)
    if places.filter(user__email=email).exists():
        raise DomainError("They are in this account.", code="already_member", field="email")
    if role == Role.OWNER and not places.filter(user=actor, role=Role.OWNER).exists():
        raise Forbidden("Only an owner can make or change owners.", field="role")


def find_invitation(*, invitation_id: UUID, secret: str) -> Invitation:
    """The invitation that a link stands for; NotFound when it is wrong, used or too old."""
    rows = Invitation.objects.unscoped("the link's secret is the authority")
    offer = rows.select_related("account").filter(pk=invitation_id).first()
    if offer is None or not same(offer.secret_hash, _hash(secret)):
        raise NotFound
    if offer.expires_at <= clock.now():
        raise NotFound
    return offer


@transaction.atomic
def accept_invitation(*, invitation_id: UUID, secret: str, actor: User, ip: str = "") -> Membership:
    """Takes the seat, once; Forbidden for anyone but the invited address."""
    offer = find_invitation(invitation_id=invitation_id, secret=secret)
    if offer.email != actor.email.lower():
        raise Forbidden(f"This invitation is for {offer.email}.")
    rows = Invitation.objects.unscoped("the link's secret is the authority")
    if not rows.filter(pk=offer.pk).delete()[0]:
        raise NotFound  # a second click was quicker
    place, _ = Membership.objects.get_or_create(
        user=actor, account=offer.account, defaults={"role": offer.role}
    )
    _record("team.joined", offer, actor, ip)
    return place


@transaction.atomic
def withdraw_invitation(
    *, account: Account, invitation_id: UUID, actor: User, ip: str = ""
) -> None:
    """Takes an invitation back; its link is dead at once."""
    offer = Invitation.objects.for_account(account).filter(pk=invitation_id).first()
    if offer is None:
        raise NotFound("This invitation is gone already.")
    _record("team.invitation_withdrawn", offer, actor, ip)
    offer.delete()


def _record(action: str, offer: Invitation, actor: User, ip: str) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=offer.account,
        object_type="invitation",
        object_id=str(offer.pk),
        data={"email": offer.email, "role": str(offer.role)},
        ip=ip,
    )
