"""A lived-in account: one of every thing, and the path of every route that leads to them."""

from __future__ import annotations

from django.urls import reverse

from console.accounts.models import Account, User
from console.numbers.models import DidType, StockNumber
from tests.tenancy.routes import ROUTES
from tests.tenancy.things import NEVER_WAS, OWNED, PHONE, Kwargs

IN_STOCK = "+12065550151"


def furnish(account: Account, owner: User) -> dict[str, Kwargs]:
    """Makes one of every thing in the account; gives what names each in a path."""
    StockNumber.objects.get_or_create(
        number=IN_STOCK, national=IN_STOCK[2:], country="US", type=DidType.LOCAL
    )
    same_phone = {"handset": {"number": PHONE}, "handset deed": {"number": PHONE, "deed": "answer"}}
    made = {kind: make(account, owner) for kind, make in OWNED.items() if kind not in same_phone}
    return {**NEVER_WAS, **made, **same_phone, "did in stock": {"number": IN_STOCK}}


def paths(things: dict[str, Kwargs]) -> dict[str, str]:
    """The path of every route of the table."""
    return {name: reverse(name, kwargs=things[route.thing]) for name, route in ROUTES.items()}
