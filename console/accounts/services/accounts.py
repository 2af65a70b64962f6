"""How an account comes to be."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, AccountState, AuditEvent, Membership, Role, User
from console.accounts.services.caps import trial_caps
from console.accounts.services.tokens import issue_token
from console.core.errors import DomainError
from console.core.money import money

PLANS = {"trial": AccountState.TRIAL, "full": AccountState.ACTIVE}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What was made; `token` is the clear auth token, given this once."""

    user: User
    account: Account
    token: str


@transaction.atomic
def create_account(
    *,
    email: str,
    password: str | None = None,
    plan: str = "trial",
    credit: Decimal | int | str | None = None,
    staff: bool = False,
    actor: Actor = "operator",
) -> NewAccount:
    """A person with a confirmed e-mail address, an account of theirs and its token.

    Without a password they set one by a reset. `credit` is US dollars; None is the trial's.
    Raises DomainError with the field at fault: `bad_email`, `email_taken`, `weak_password`,
    `bad_plan`, `bad_credit`.
    """
    state = PLANS.get(plan)
    if state is None:
        raise DomainError("The plan is trial or full.", code="bad_plan", field="plan")
    email = email.strip().lower()
    _check_email(email)
    dollars = _dollars(credit)
    _check_password(password, email)
    user = User.objects.create_user(email, password, is_staff=staff)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    account = _account_for(user, state=state, credit=dollars)
    token = issue_token(account)
    _record(account, actor, plan=plan)
    return NewAccount(user=user, account=account, token=token)


@transaction.atomic
def open_trial(user: User, *, ip: str = "") -> Account | None:
    """The trial account of someone whose address was just confirmed (ACC-02).

    None when they are in an account already, so a second confirmation makes no second account.
    Its token is made when it can be shown: at their first sign-in.
    """
    User.objects.filter(pk=user.pk).update(is_active=user.is_active)  # takes the row's lock
    if Membership.objects.filter(user=user).exists():
        return None
    credit = trial_caps().credit
    account = _account_for(user, state=AccountState.TRIAL, credit=credit)
    _record(account, user, plan="trial", ip=ip)
    return account


@transaction.atomic
def first_token(user: User, *, ip: str = "") -> NewAccount | None:
    """The first token of an account that this person owns and that never had one.

    One query when there is nothing to do, which is so at every sign-in but the first.
    """
    owned = Account.objects.filter(memberships__user=user, memberships__role=Role.OWNER)
    issued = AuditEvent.objects.unscoped("has it ever had one").filter(
        account=OuterRef("pk"), action__in=("token.issued", "token.rotated")
    )
    bare = owned.filter(~Exists(issued), tokens=None).order_by("created_at", "pk").first()
    if bare is None:
        return None
    try:
        token = issue_token(bare)
    except DomainError:
        return None  # another browser of theirs was quicker, and shows it
    audit.record(
        action="token.issued",
        actor=user,
        account=bare,
        object_type="account",
        object_id=bare.auth_id,
        ip=ip,
    )
    return NewAccount(user=user, account=bare, token=token)


def _account_for(user: User, *, state: AccountState, credit: Decimal) -> Account:
    name = user.email.partition("@")[0][:80]
    account = Account.objects.create(name=name, state=state, credit=credit)
    Membership.objects.create(user=user, account=account, role=Role.OWNER)
    return account


def _record(account: Account, actor: Actor, *, plan: str, ip: str = "") -> None:
    audit.record(
        action="account.created",
        actor=actor,
        account=account,
        object_type="account",
        object_id=account.auth_id,
        data={"plan": plan, "credit": str(account.credit)},
        ip=ip,
    )


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise DomainError(
            "This is not an e-mail address.", code="bad_email", field="email"
        ) from error
    if User.objects.filter(email__iexact=email).exists():
        raise DomainError("This address has an account.", code="email_taken", field="email")


def _check_password(password: str | None, email: str) -> None:
    if password is None:
        return
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        text = " ".join(error.messages)
        raise DomainError(text, code="weak_password", field="password") from error


def _dollars(credit: Decimal | int | str | None) -> Decimal:
    try:
        dollars = trial_caps().credit if credit is None else money(credit)
        fits = 0 <= dollars < 10**9
    except ArithmeticError:  # no number, or NaN, which compares with nothing
        fits = False
    if not fits:
        raise DomainError("Credit is an amount such as 10.50.", code="bad_credit")
    return dollars
