"""What staff change about the fence: the trial policy and the closed ranges; audited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from console.accounts.actors import Actor
from console.accounts.audit import record
from console.accounts.models import User
from console.core import clock
from console.core.errors import DomainError, NotFound
from sandbox.fence.models import HighRiskPrefix, TrialPolicy
from sandbox.fence.policy import current_policy

KNOBS = (
    "verified_numbers",
    "accounts_per_number",
    "verified_days",
    "concurrent_calls",
    "call_seconds",
    "calls_a_second",
    "rented_numbers",
    "applications",
    "endpoints",
    "credit",
    "regions",
    "verified_caller_ids",
)


def propose(**values: Any) -> TrialPolicy:
    """The next version as it would be, unsaved: the one in force with these values (one query)."""
    now = current_policy()
    kept = {name: getattr(now, name) for name in KNOBS}
    return TrialPolicy(version=now.version + 1, **(kept | values))


def save_policy(*, actor: Actor, note: str, version: int, **values: Any) -> TrialPolicy:
    """Puts a new version in force at once; earlier ones stay as history.

    `version` is the one that was edited. Raises DomainError `reason_required`, or `state_changed`
    when somebody else has saved meanwhile.
    """
    if not note.strip():
        raise DomainError("Say why.", code="reason_required", field="note")
    before, policy = current_policy(), propose(**values)
    policy.note = note.strip()[:200]
    policy.created_by = actor if isinstance(actor, User) else None
    try:
        with transaction.atomic():
            if before.version != version:
                raise _changed()
            policy.save(force_insert=True)
            record(
                action="policy.changed",
                actor=actor,
                object_type="trial policy",
                object_id=f"version {policy.version}",
                data={"note": policy.note, **_differences(before, policy)},
            )
    except IntegrityError as error:
        raise _changed() from error
    return policy


def _changed() -> DomainError:
    return DomainError("The policy has changed meanwhile. Look again.", code="state_changed")


def _differences(before: TrialPolicy, after: TrialPolicy) -> dict[str, str]:
    return {
        name: f"{getattr(before, name)} → {getattr(after, name)}"
        for name in KNOBS
        if getattr(before, name) != getattr(after, name)
    }


def close_prefix(
    *, actor: Actor, prefix: str, reason: str, source: str = "", days: int | None = None,
    opened: bool = False,
) -> HighRiskPrefix:  # fmt: skip
    """Closes a range for all (NUM-08), or makes an exception in a closed one; again changes it."""
    until = clock.now() + timedelta(days=days) if days else None
    values = {"reason": reason, "source": source, "until": until, "open": opened}
    with transaction.atomic():
        row, _ = HighRiskPrefix.objects.update_or_create(prefix=prefix, defaults=values)
        told = {"reason": reason, "open": str(opened), "until": str(until or "")}
        _record("prefix.opened" if opened else "prefix.closed", actor, prefix, told)
    return row


def forget_prefix(*, actor: Actor, prefix: str) -> None:
    """Takes a range off the list; raises NotFound when it is gone."""
    with transaction.atomic():
        gone, _ = HighRiskPrefix.objects.filter(prefix=prefix).delete()
        if not gone:
            raise NotFound("It is gone already.")
        _record("prefix.removed", actor, prefix, {})


def _record(action: str, actor: Actor, prefix: str, data: dict[str, str]) -> None:
    record(action=action, actor=actor, object_type="prefix", object_id=prefix, data=data)
