"""What staff change about the number stock; audited."""

from __future__ import annotations

from decimal import Decimal

import phonenumbers
from django.db import IntegrityError, transaction

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.core.errors import DomainError, NotFound
from console.core.numbers import canonical_number
from console.numbers.models import RentedNumber, StockNumber


@transaction.atomic
def add_stock(
    *,
    actor: Actor,
    number: str,
    type: str,  # noqa: A002 - the field's own name
    monthly_rate: Decimal,
    setup_rate: Decimal,
    voice: bool = True,
    sms: bool = False,
) -> StockNumber:
    """Puts a number on sale. Raises DomainError `invalid_number`, or `number_taken` (in stock)."""
    found = canonical_number(number)
    try:
        with transaction.atomic():
            row = StockNumber.objects.create(
                number=found.e164,
                national=_national(found.e164),
                country=found.region,
                type=type,
                voice_enabled=voice,
                sms_enabled=sms,
                monthly_rate=monthly_rate,
                setup_rate=setup_rate,
            )
    except IntegrityError as error:
        raise DomainError(
            "This number is in stock already.", code="number_taken", field="number"
        ) from error
    _record("stock.added", actor, row)
    return row


def _national(e164: str) -> str:
    return str(phonenumbers.national_significant_number(phonenumbers.parse(e164, None)))


@transaction.atomic
def offer(*, actor: Actor, number: str, offered: bool) -> StockNumber:
    """Offers a number for rent, or withdraws it; one that is rented stays rented.

    Raises NotFound, or DomainError `already_rented`.
    """
    row = StockNumber.objects.filter(number=number).first()
    if row is None:
        raise NotFound("There is no such number in stock.")
    rented = RentedNumber.objects.unscoped("staff look whether anybody rents it").living()
    if rented.filter(number=number).exists():
        raise DomainError("An account rents this number.", code="already_rented", status=409)
    StockNumber.objects.filter(pk=row.pk).update(available=offered)
    row.available = offered
    _record("stock.offered" if offered else "stock.withdrawn", actor, row)
    return row


def _record(action: str, actor: Actor, row: StockNumber) -> None:
    data = {"monthly_rate": str(row.monthly_rate), "setup_rate": str(row.setup_rate)}
    record(action=action, actor=actor, object_type="stock", object_id=row.number, data=data)
