"""Numbers that an account brings along from a carrier of its own (compat/rest.md, Number add)."""

from __future__ import annotations

import phonenumbers
from django.db import IntegrityError, transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.accounts.services.credit import lock_account
from console.applications.models import Application
from console.core import clock
from console.core.errors import DomainError, Forbidden
from console.core.labels import clean_label
from console.core.numbers import canonical_number
from console.numbers.models import DidType, RentedNumber, StockNumber, month_after

MOST = 20


@transaction.atomic
def add_own_numbers(
    *,
    account: Account,
    numbers: list[str],
    carrier: str,
    region: str,
    actor: Actor,
    number_type: str = "",
    application: Application | None = None,
    subaccount: Subaccount | None = None,
    ip: str = "",
) -> list[RentedNumber]:
    """Takes the numbers in at no charge; all of them or none.

    Only for full accounts: on a trial it would be a way around the cap on DIDs. Raises Forbidden,
    DomainError `number_taken` for one that is hosted here already, `invalid_number`.
    """
    locked = lock_account(account)
    if locked.on_trial:
        raise Forbidden("Bringing numbers along needs a full account.")
    if not 1 <= len(numbers) <= MOST:
        raise DomainError(f"Name 1 to {MOST} numbers.", code="invalid_parameter", field="numbers")
    if number_type and number_type not in DidType.values:
        raise DomainError(
            f"number_type is one of {', '.join(DidType.values)}.",
            code="invalid_parameter",
            field="number_type",
        )
    label = clean_label(carrier, field="carrier", longest=48)
    facts = {"application": application, "subaccount": subaccount}
    made = [
        _take_in(account, number, label, region, number_type or DidType.LOCAL, facts)
        for number in dict.fromkeys(numbers)
    ]
    audit.record(
        action="number.added",
        actor=actor,
        account=account,
        object_type="number",
        object_id=made[0].number,
        data={"numbers": [one.number for one in made], "carrier": label},
        ip=ip,
    )
    return made


def _take_in(
    account: Account,
    raw: str,
    carrier: str,
    region: str,
    number_type: str,
    facts: dict[str, Application | Subaccount | None],
) -> RentedNumber:
    found = canonical_number(raw if raw.startswith("+") else f"+{raw}")
    try:
        with transaction.atomic():
            stock = StockNumber.objects.create(
                number=found.e164,
                national=_national(found.e164),
                country=found.region[:2],
                region=region.strip()[:48],
                type=number_type,
                sms_enabled=True,
                carrier=carrier,
                available=False,
            )
            return RentedNumber.objects.create(
                account=account,
                stock=stock,
                number=found.e164,
                renewal_date=month_after(clock.now().date()),
                **facts,
            )
    except IntegrityError as error:
        raise DomainError(
            "One of these numbers is hosted here already.", code="number_taken", field="numbers"
        ) from error


def _national(e164: str) -> str:
    return str(phonenumbers.national_significant_number(phonenumbers.parse(e164)))
