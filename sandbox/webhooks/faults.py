"""Faults on demand: set by whom they are to teach, looked up for each request.

An application has a setting for all its requests. What Verify and sent messages tell belongs to no
application, so each of the two senders has a setting of the account's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account
from console.applications.models import Application
from console.core import clock, randomness
from console.core.errors import DomainError
from sandbox.webhooks.chaos import NONE, Dice, Fault, no_fault
from sandbox.webhooks.models import FaultSetting, Purpose, Sender, SenderFaultSetting
from sandbox.webhooks.models.faults import LONGEST_DELAY_MS
from sandbox.webhooks.records import Job

LONGEST = timedelta(hours=24)
SENDERS: Final = {Purpose.VERIFY: Sender.VERIFY, Purpose.STATUS: Sender.MESSAGES}
"""Whose notifications these are, when no application is in them."""
AnySetting: TypeAlias = FaultSetting | SenderFaultSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to go wrong, with `share` of a hundred tries, for `lasting` from now."""

    fault: Fault
    share: int
    lasting: timedelta
    fetches: bool = True
    notifications: bool = True


def fault_of(setting: AnySetting) -> Fault:
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


def find_sender_setting(sender: Sender, *, account: Account) -> SenderFaultSetting | None:
    """The account's setting for a sender, on or over (one query); None for none."""
    return SenderFaultSetting.objects.for_account(account).filter(sender=sender).first()


def dice_for(job: Job, *, fetches: bool) -> Dice:
    """What the client asks before each try of the job (a query, none for what can have no setting).

    A replay is what a person wants to see, so nothing goes wrong with it on purpose.
    """
    setting = None if job.replay else _setting_for(job)
    if setting is None or not (setting.fetches if fetches else setting.notifications):
        return no_fault
    fault, share = fault_of(setting), setting.share
    if not fetches or job.purpose == Purpose.PLAY:
        fault = replace(fault, corrupt=False)  # nobody reads XML there
    return lambda: fault if randomness.below(100) < share else NONE


def _setting_for(job: Job) -> AnySetting | None:
    now = clock.now()
    if job.application:
        mine = FaultSetting.objects.for_account(job.account)
        return mine.filter(application__app_id=job.application, until__gt=now).first()
    sender = SENDERS.get(Purpose(job.purpose))
    if sender is None:
        return None
    theirs = SenderFaultSetting.objects.for_account(job.account)
    return theirs.filter(sender=sender, until__gt=now).first()


@transaction.atomic
def set_faults(
    *, application: Application, wanted: Wanted, actor: Actor, ip: str = ""
) -> FaultSetting:
    """Lets requests of the application go wrong for a while; replaces what was set before.

    Raises DomainError on the field at fault. Six queries with the audit's.
    """
    _check(wanted)
    more = {
        "account": application.account,
        "fetches": wanted.fetches,
        "notifications": wanted.notifications,
        "corrupt": wanted.fault.corrupt,
    }
    setting, _ = FaultSetting.objects.for_account(application.account).update_or_create(
        application=application, defaults=_values(wanted, clock.now()) | more
    )
    log = _Log(application.account, "application", application.app_id, actor, ip)
    log.record("faults.set", _told(setting, wanted))
    return setting


@transaction.atomic
def set_sender_faults(
    *, account: Account, sender: Sender, wanted: Wanted, actor: Actor, ip: str = ""
) -> SenderFaultSetting:
    """Lets notifications of a sender go wrong for a while; replaces what was set before.

    Nobody reads XML there, so none can be broken. Raises DomainError on the field at fault. Six
    queries with the audit's.
    """
    fault = replace(wanted.fault, corrupt=False)
    wanted = replace(wanted, fault=fault, fetches=False, notifications=True)
    _check(wanted)
    setting, _ = SenderFaultSetting.objects.for_account(account).update_or_create(
        account=account, sender=sender, defaults=_values(wanted, clock.now())
    )
    _Log(account, "sender", sender, actor, ip).record("faults.set", _told(setting, wanted))
    return setting


@transaction.atomic
def clear_faults(*, application: Application, actor: Actor, ip: str = "") -> bool:
    """Everything goes as it should again; False when nothing was set."""
    mine = FaultSetting.objects.for_account(application.account).filter(application=application)
    if not mine.delete()[0]:
        return False
    log = _Log(application.account, "application", application.app_id, actor, ip)
    log.record("faults.cleared", {})
    return True


@transaction.atomic
def clear_sender_faults(*, account: Account, sender: Sender, actor: Actor, ip: str = "") -> bool:
    """The same for a sender."""
    mine = SenderFaultSetting.objects.for_account(account).filter(sender=sender)
    if not mine.delete()[0]:
        return False
    _Log(account, "sender", sender, actor, ip).record("faults.cleared", {})
    return True


def _values(wanted: Wanted, now: datetime) -> dict[str, Any]:
    """What every setting keeps."""
    fault = wanted.fault
    return {
        "share": wanted.share,
        "until": now + wanted.lasting,
        "delay_ms": fault.delay_ms,
        "status": fault.status or None,
        "drop": fault.drop,
        "double": fault.double,
        "drip": fault.drip,
        "set_at": now,
    }


def _told(setting: AnySetting, wanted: Wanted) -> dict[str, object]:
    fault = wanted.fault.sentence
    return {"share": setting.share, "until": setting.until, "faults": fault}


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


@dataclass(frozen=True, slots=True)
class _Log:
    """The audit log, opened at what a setting belongs to."""

    account: Account
    object_type: str
    object_id: str
    actor: Actor
    ip: str

    def record(self, action: str, data: dict[str, object]) -> None:
        """Writes a line."""
        audit.record(
            action=action,
            actor=self.actor,
            account=self.account,
            object_type=self.object_type,
            object_id=str(self.object_id),
            data=data,
            ip=self.ip,
        )
