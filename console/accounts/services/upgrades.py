"""Leaving the trial: a member asks, staff decide, a letter says how (GATE-09)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Round
from django.template.loader import render_to_string

from console.accounts import audit, mail
from console.accounts.models import Account, AccountState, UpgradeRequest, UpgradeState, User
from console.accounts.services.states import change_state
from console.core import clock
from console.core.errors import DomainError
from console.core.money import ZERO, money

LONGEST_WISH = 500
MOST_CREDIT = Decimal(100_000)


def open_request(account: Account) -> UpgradeRequest | None:
    """What the account asks for and staff have not decided yet (one query)."""
    return UpgradeRequest.objects.for_account(account).filter(state=UpgradeState.OPEN).first()


def ask_upgrade(*, account: Account, actor: User, wish: str = "", ip: str = "") -> UpgradeRequest:
    """Asks for a full account; asking again gives the open request. Audited.

    Raises DomainError `not_on_trial`, or `invalid_text` for a wish over 500 characters.
    """
    if not account.on_trial:
        raise DomainError("This account is not on trial.", code="not_on_trial", status=409)
    if len(wish) > LONGEST_WISH:
        message = f"Use at most {LONGEST_WISH} characters."
        raise DomainError(message, code="invalid_text", field="wish")
    try:
        with transaction.atomic():
            asked = UpgradeRequest.objects.create(
                account=account, asked_by=actor, wish=wish.strip()
            )
            _record("account.upgrade_asked", account, actor, {"wish": asked.wish}, ip)
    except IntegrityError:
        return UpgradeRequest.objects.for_account(account).get(state=UpgradeState.OPEN)
    return asked


@transaction.atomic
def decide_upgrade(
    *, account: Account, approve: bool, actor: User, reason: str, ip: str = ""
) -> UpgradeRequest:
    """Staff answer the open request; who asked gets a letter. Approving makes the account active.

    Raises DomainError `reason_required`, `no_upgrade_request`, and those of `change_state`.
    """
    if not reason.strip():
        raise DomainError("Say why.", code="reason_required", field="reason")
    state = UpgradeState.APPROVED if approve else UpgradeState.DECLINED
    waiting = UpgradeRequest.objects.for_account(account).filter(state=UpgradeState.OPEN)
    asked = waiting.select_related("asked_by").first()
    values = {
        "state": state,
        "decided_at": clock.now(),
        "decided_by": actor,
        "reason": reason.strip()[:500],
    }
    if asked is None or not waiting.filter(pk=asked.pk).update(**values):
        raise DomainError(
            "This account has no open request.", code="no_upgrade_request", status=409
        )
    asked.refresh_from_db(from_queryset=UpgradeRequest.objects.for_account(account))
    if approve:
        change_state(account, AccountState.ACTIVE, actor, reason)
    else:
        _record("account.upgrade_declined", account, actor, {"reason": asked.reason}, ip)
    _tell(asked, account)
    return asked


@transaction.atomic
def grant_credit(
    *, account: Account, amount: Decimal | str, actor: User, reason: str, ip: str = ""
) -> Account:
    """Staff add US dollars to the account (take them, when negative); audited with the reason.

    Raises DomainError `reason_required` or `bad_credit`.
    """
    if not reason.strip():
        raise DomainError("Say why.", code="reason_required", field="reason")
    try:
        dollars = money(amount)
        fits = dollars != ZERO and abs(dollars) <= MOST_CREDIT
    except ArithmeticError:  # no number, or NaN, which compares with nothing
        fits = False
    if not fits:
        raise DomainError(
            "Credit is an amount such as 10.50, at most 100,000.", code="bad_credit", field="amount"
        )
    more = Round(F("credit") + dollars, precision=5)  # SQLite computes in binary fractions
    Account.objects.filter(pk=account.pk).update(credit=more)
    account.refresh_from_db(fields=["credit"])
    data = {"amount": str(dollars), "credit": str(account.credit), "reason": reason.strip()[:500]}
    _record("account.credit_changed", account, actor, data, ip)
    return account


def _tell(asked: UpgradeRequest, account: Account) -> None:
    if asked.asked_by is None:
        return
    known = {
        "account": account.auth_id,
        "approved": asked.state == UpgradeState.APPROVED,
        "reason": asked.reason,
        "link": mail.link("accounts:settings"),
        "public_url": settings.PUBLIC_URL,
    }
    text = render_to_string("account/email/upgrade_message.txt", known).strip() + "\n"
    subject = "Your Ringfence account: your upgrade request"
    page = render_to_string("account/email/letter.html", {"subject": subject, "text": text})
    mail.post(to=asked.asked_by.email, subject=subject, text=text, html=page)


def _record(action: str, account: Account, actor: User, data: dict[str, str], ip: str) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=account,
        object_type="account",
        object_id=account.auth_id,
        data=data,
        ip=ip,
    )
