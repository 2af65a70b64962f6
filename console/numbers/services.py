"""What can be done with numbers; every face calls these."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.accounts.services.caps import trial_caps
from console.accounts.services.credit import lock_account, require_room, take_credit
from console.applications.models import Application
from console.core import clock
from console.core.errors import DomainError, LimitReached, NotFound
from console.core.labels import clean_label
from console.core.money import text as money_text
from console.core.unchanged import UNCHANGED, Unchanged
from console.numbers.models import LONGEST_ALIAS, RentedNumber, StockNumber, month_after

MOST_AT_ONCE = 200


class AlreadyYours(DomainError):
    """The account rents the number already: a second click, or a late one."""

    code = "already_rented"


def find_number(
    *, account: Account, number: str, subaccount: Subaccount | None = None
) -> RentedNumber:
    """The account's living rental with stock and application (one query); raises NotFound."""
    mine = RentedNumber.objects.for_account(account, subaccount).living().with_facts()
    found = mine.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def rental_of(number: str) -> RentedNumber | None:
    """Who rents a number now, of all accounts; for what reaches the platform from outside.

    One query, with application, account and subaccount. Also says whether a number is hosted here,
    and so can be no sandbox number (OTP-17).
    """
    every = RentedNumber.objects.unscoped("a call comes in for a number, not for an account")
    facts = every.living().select_related("account", "subaccount", "application")
    return facts.filter(number=number).first()


@transaction.atomic
def rent_number(
    *,
    account: Account,
    number: str,
    actor: Actor,
    application: Application | Unchanged | None = UNCHANGED,
    subaccount: Subaccount | None = None,
    alias: str = "",
    ip: str = "",
) -> RentedNumber:
    """Rents a number of the stock: takes set-up and the first month, about eleven queries.

    Unless told, it gets the account's default application for numbers. Of two who ask at once for
    one number exactly one gets it. Raises NotFound, AlreadyYours, LimitReached, or DomainError
    `number_taken`, `insufficient_credit`, `invalid_alias`; then nothing has changed.
    """
    locked = lock_account(account, subaccount)
    stock = StockNumber.objects.filter(number=number).first()
    if stock is None:
        raise NotFound("This number is not on offer.")
    mine = RentedNumber.objects.for_account(account).living()
    if mine.filter(number=number).exists():
        raise AlreadyYours("You rent this number already.", field="number")
    _require_room(locked, mine.count())
    label = clean_label(alias, field="alias", longest=LONGEST_ALIAS, required=False)
    _claim(stock)
    _pay(locked, stock)
    if isinstance(application, Unchanged):
        # Its own scope's only: a subaccount does not see the parent's (TEN-03).
        own = Application.objects.for_account(account).filter(subaccount=subaccount)
        application = own.filter(default_number_app=True).first()
    rented = _insert(
        account=account, subaccount=subaccount, stock=stock, application=application, alias=label
    )
    cost = money_text(stock.first_cost)
    _record("number.rented", rented, actor, {"number": number, "cost": cost}, ip)
    return rented


@transaction.atomic
def assign_numbers(
    *,
    account: Account,
    numbers: Collection[str],
    application: Application | None,
    actor: Actor,
    subaccount: Subaccount | None = None,
    ip: str = "",
) -> int:
    """Points the numbers at one application (None: at none); all of them or none.

    Gives how many there were. Raises DomainError `nothing_chosen`, `too_many`, or NotFound when
    one of them is not the caller's.
    """
    wanted = set(numbers)
    if not wanted:
        raise DomainError("Choose at least one number.", code="nothing_chosen", field="numbers")
    if len(wanted) > MOST_AT_ONCE:
        raise DomainError(
            f"Assign at most {MOST_AT_ONCE} numbers at once.", code="too_many", field="numbers"
        )
    lock_account(account)
    mine = RentedNumber.objects.for_account(account, subaccount).living()
    changed = mine.filter(number__in=wanted).update(application=application)
    if changed != len(wanted):
        raise NotFound("One of these numbers is no longer yours.", field="numbers")
    audit.record(
        action="number.assigned",
        actor=actor,
        account=account,
        object_type="application",
        object_id=application.app_id if application else "",
        data={"numbers": sorted(wanted)},
        ip=ip,
    )
    return changed


@transaction.atomic
def update_number(
    *,
    rented: RentedNumber,
    actor: Actor,
    alias: str | Unchanged = UNCHANGED,
    application: Application | Unchanged | None = UNCHANGED,
    subaccount: Subaccount | Unchanged | None = UNCHANGED,
    ip: str = "",
) -> RentedNumber:
    """Sets what is given; raises NotFound when it was released meanwhile."""
    lock_account(rented.account)
    values: dict[str, Any] = {}
    if not isinstance(alias, Unchanged):
        values["alias"] = clean_label(alias, field="alias", longest=LONGEST_ALIAS, required=False)
    if not isinstance(application, Unchanged):
        values["application"] = application
    if not isinstance(subaccount, Unchanged):
        values["subaccount"] = subaccount
    if not (_living(rented).update(**values) if values else _living(rented).exists()):
        raise NotFound
    for name, value in values.items():
        setattr(rented, name, value)
    _record("number.changed", rented, actor, {"fields": sorted(values)}, ip)
    return rented


@transaction.atomic
def release_number(*, rented: RentedNumber, actor: Actor, ip: str = "") -> None:
    """Gives the number back to the stock at once; the month that was paid is not paid back.

    Raises NotFound when it was released already.
    """
    lock_account(rented.account)
    moment = clock.now()
    if not _living(rented).update(released_at=moment):
        raise NotFound
    rented.released_at = moment
    StockNumber.objects.filter(pk=rented.stock_id).update(available=True)
    _record("number.released", rented, actor, {"number": rented.number}, ip)


def _living(rented: RentedNumber) -> Any:
    mine = RentedNumber.objects.for_account(rented.account).living()
    return mine.filter(pk=rented.pk)


def _require_room(account: Account, used: int) -> None:
    try:
        require_room(
            account,
            used=used,
            limit=trial_caps().rented_numbers,
            things="rented numbers",
            fix_url="/numbers/",
        )
    except LimitReached as error:
        error.message = error.message.replace("Remove one", "Release one")
        raise


def _claim(stock: StockNumber) -> None:
    if not StockNumber.objects.on_offer().filter(pk=stock.pk).update(available=False):
        raise taken()


def _pay(account: Account, stock: StockNumber) -> None:
    if not take_credit(account, stock.first_cost):
        raise DomainError(
            f"This number costs ${stock.first_cost:.2f} now, and your credit is "
            f"${account.credit:.2f}.",
            code="insufficient_credit",
            field="number",
        )


def _insert(**facts: Any) -> RentedNumber:
    today = clock.now().date()
    stock: StockNumber = facts["stock"]
    try:
        with transaction.atomic():
            return RentedNumber.objects.create(
                number=stock.number, renewal_date=month_after(today), **facts
            )
    except IntegrityError as error:  # rented though the stock said free: the constraint decides
        raise taken() from error


def taken() -> DomainError:
    return DomainError(
        "Someone has just rented this number. Choose another one.",
        code="number_taken",
        field="number",
    )


def _record(action: str, rented: RentedNumber, actor: Actor, data: Any, ip: str) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=rented.account,
        object_type="number",
        object_id=rented.number,
        data=data,
        ip=ip,
    )
