"""Faults on demand: set for an application by its owner, looked up for each request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account
from console.applications.models import Application
from console.core import clock, randomness
from console.core.errors import DomainError
from sandbox.webhooks.chaos import NONE, Dice, Fault, no_fault
from sandbox.webhooks.models import FaultSetting, Purpose
from sandbox.webhooks.models.faults import LONGEST_DELAY_MS
from sandbox.webhooks.records import Job

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to go wrong, with `share` of a hundred tries, for `lasting` from now."""

    fault: Fault
    share: int
    lasting: timedelta
    fetches: bool = True
    notifications: bool = True


def fault_of(setting: FaultSetting) -> Fault:
    """What one unlucky try suffers under this setting."""
    return Fault(
        delay_ms=setting.delay_ms,
        status=setting.status or 0,
        drop=setting.drop,
        double=setting.double,
        corrupt=setting.corrupt,
        drip=setting.drip,
    )


def find_setting(application: Application, *, account: Account) -> FaultSetting | None:
    """The setting of the account's application, on or over (one query); None for none."""
    mine = FaultSetting.objects.for_account(account)
    return mine.filter(application=application).first()


def dice_for(job: Job, *, fetches: bool) -> Dice:
    """What the client asks before each try of the job (one query when it is an application's).

    A replay is what a person wants to see, so nothing goes wrong with it on purpose.
    """
    if not job.application or job.replay:
        return no_fault
    mine = FaultSetting.objects.for_account(job.account)
    setting = mine.filter(application__app_id=job.application, until__gt=clock.now()).first()
    if setting is None or not (setting.fetches if fetches else setting.notifications):
        return no_fault
    fault, share = fault_of(setting), setting.share
    if not fetches or job.purpose == Purpose.PLAY:
        fault = replace(fault, corrupt=False)  # nobody reads XML there
    return lambda: fault if randomness.below(100) < share else NONE


@transaction.atomic
def set_faults(
    *, application: Application, wanted: Wanted, actor: Actor, ip: str = ""
) -> FaultSetting:
    """Lets requests of the application go wrong for a while; replaces what was set before.

    Raises DomainError on the field at fault. Six queries with the audit's.
    """
    _check(wanted)
    now, fault = clock.now(), wanted.fault
    setting, _ = FaultSetting.objects.for_account(application.account).update_or_create(
        application=application,
        defaults={
            "account": application.account,
            "share": wanted.share,
            "until": now + wanted.lasting,
            "fetches": wanted.fetches,
            "notifications": wanted.notifications,
            "delay_ms": fault.delay_ms,
            "status": fault.status or None,
            "drop": fault.drop,
            "double": fault.double,
            "corrupt": fault.corrupt,
            "drip": fault.drip,
            "set_at": now,
        },
    )
    told = {"share": wanted.share, "until": setting.until, "faults": fault.sentence}
    _record("faults.set", application, actor, told, ip)
    return setting


@transaction.atomic
def clear_faults(*, application: Application, actor: Actor, ip: str = "") -> bool:
    """Everything goes as it should again; False when nothing was set."""
    mine = FaultSetting.objects.for_account(application.account).filter(application=application)
    if not mine.delete()[0]:
        return False
    _record("faults.cleared", application, actor, {}, ip)
    return True


def _check(wanted: Wanted) -> None:
    fault = wanted.fault
    if fault == NONE:
        raise DomainError("Choose what is to go wrong.", code="bad_fault")
    if not (wanted.fetches or wanted.notifications):
        raise DomainError("Choose which requests are to suffer.", code="bad_fault")
    if not 1 <= wanted.share <= 100:
        raise DomainError("Choose 1 to 100 percent.", code="bad_fault", field="share")
    if not 0 <= fault.delay_ms <= LONGEST_DELAY_MS:
        longest = f"Choose at most {LONGEST_DELAY_MS} milliseconds."
        raise DomainError(longest, code="bad_fault", field="delay_ms")
    if fault.status and not 400 <= fault.status <= 599:
        raise DomainError("Choose a status from the list.", code="bad_fault", field="status")
    if not timedelta(0) < wanted.lasting <= LONGEST:
        raise DomainError("Choose at most a day.", code="bad_fault", field="lasting")


def _record(
    action: str, application: Application, actor: Actor, data: dict[str, object], ip: str
) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=application.account,
        object_type="application",
        object_id=application.app_id,
        data=data,
        ip=ip,
    )
