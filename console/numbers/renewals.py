"""The months after the first: each is paid from the credit on its renewal date."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from console.accounts import audit
from console.accounts.models import Account
from console.accounts.services.credit import take_credit
from console.core import clock
from console.core.money import text as money_text
from console.numbers.models import RentedNumber, StockNumber, month_after

GRACE = timedelta(days=7)
_BATCH = 500


def renew_due() -> int:
    """Renews what is due and gives how many; each number in a transaction of its own.

    Without credit the number stays for another seven days, tried each time; then it is released.
    Running it twice at once charges once: the renewal date is moved by a conditional update.
    """
    every = RentedNumber.objects.unscoped("all tenants' months begin by themselves")
    due = every.living().filter(renewal_date__lte=clock.now().date()).order_by("renewal_date", "pk")
    rows = list(due.select_related("account", "stock")[:_BATCH])
    return sum(_renew(rented) for rented in rows)


@transaction.atomic
def _renew(rented: RentedNumber) -> bool:
    Account.objects.select_for_update().get(pk=rented.account_id)
    same = RentedNumber.objects.for_account(rented.account).living()
    same = same.filter(pk=rented.pk, renewal_date=rented.renewal_date)
    if not same.exists():
        return False  # renewed or released meanwhile
    if not take_credit(rented.account, rented.stock.monthly_rate):
        if clock.now().date() >= rented.renewal_date + GRACE:
            same.update(released_at=clock.now())
            StockNumber.objects.filter(pk=rented.stock_id).update(available=True)
            _record("number.released", rented, {"reason": "the month was not paid"})
        return False
    same.update(renewal_date=month_after(rented.renewal_date))
    _record("number.renewed", rented, {"cost": money_text(rented.stock.monthly_rate)})
    return True


def _record(action: str, rented: RentedNumber, data: dict[str, str]) -> None:
    audit.record(
        action=action,
        actor="renewal",
        account=rented.account,
        object_type="number",
        object_id=rented.number,
        data=data,
    )
