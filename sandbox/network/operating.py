"""What staff change about the network: carriers, routes, rates, POPs; each change is audited."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.core.errors import DomainError, NotFound
from sandbox.network.models import Carrier, Pop, Rate, Route

M = TypeVar("M", bound=models.Model)


def save_carrier(
    *, actor: Actor, code: str, name: str, health: str, capacity: int, fault_percent: int
) -> Carrier:
    """Changes the carrier of this code, or adds it. Calls that run are left as they are."""
    values = {
        "name": name,
        "health": health,
        "capacity": capacity,
        "fault_percent": fault_percent,
    }
    return _save(Carrier, actor, {"code": code}, values)


def save_route(
    *, actor: Actor, prefix: str, carrier: Carrier, priority: int, weight: int, cost: Decimal
) -> Route:
    """Changes the way of a prefix over a carrier, or adds it."""
    values = {"priority": priority, "weight": weight, "cost": cost}
    return _save(Route, actor, {"prefix": prefix, "carrier": carrier}, values)


def remove_route(*, actor: Actor, route_id: int) -> None:
    """Takes a way away; raises NotFound when it is gone."""
    _remove(Route, actor, route_id)


def save_rate(*, actor: Actor, prefix: str, **values: Any) -> Rate:
    """Changes the rate of a prefix, or adds it; legs that have begun keep theirs."""
    return _save(Rate, actor, {"prefix": prefix}, values)


def remove_rate(*, actor: Actor, rate_id: int) -> None:
    """Takes a rate away; its numbers have the next shorter prefix's. Raises NotFound.

    Raises DomainError `last_rate` for that of everywhere: nothing is ever carried unrated.
    """
    if Rate.objects.filter(pk=rate_id, prefix="+").exists():
        raise DomainError("The rate of everywhere stays.", code="last_rate", status=409)
    _remove(Rate, actor, rate_id)


def open_pop(*, actor: Actor, code: str, opened: bool) -> Pop:
    """Opens or closes a POP: new legs go to the nearest open one. Raises NotFound."""
    with transaction.atomic():
        if not Pop.objects.filter(code=code).update(open=opened):
            raise NotFound("There is no such POP.")
        action = "network.pop_opened" if opened else "network.pop_closed"
        record(action=action, actor=actor, object_type="pop", object_id=code)
    return Pop.objects.get(code=code)


def _save(model: type[M], actor: Actor, key: dict[str, Any], values: dict[str, Any]) -> M:
    kind = str(model._meta.model_name)
    try:
        with transaction.atomic():
            row, fresh = model._default_manager.update_or_create(**key, defaults=values)
            record(
                action=f"network.{kind}_{'added' if fresh else 'changed'}",
                actor=actor,
                object_type=kind,
                object_id=_named(row),
                data={name: str(value) for name, value in values.items()},
            )
    except IntegrityError as error:
        raise DomainError("This makes no sense to the network.", code="bad_network") from error
    return row


def _remove(model: type[models.Model], actor: Actor, pk: int) -> None:
    with transaction.atomic():
        row = model._default_manager.filter(pk=pk).first()
        if row is None:
            raise NotFound("It is gone already.")
        kind = str(model._meta.model_name)
        name = _named(row)
        row.delete()
        record(action=f"network.{kind}_removed", actor=actor, object_type=kind, object_id=name)


def _named(row: models.Model) -> str:
    if isinstance(row, Route):
        return f"{row.prefix} {row.carrier.code}"
    return str(getattr(row, "code", "") or getattr(row, "prefix", ""))
