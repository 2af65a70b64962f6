"""What workers and the clock do for accounts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from celery.signals import worker_init
from django.contrib.sessions.models import Session

from console.accounts import audit, mail
from console.accounts.services import restores, tokens
from console.core import clock, outbox
from console.core.models import OutboxRow
from console.core.periodic import periodic


@outbox.handler(mail.KIND)
def send_letter(payload: outbox.Payload, row: OutboxRow) -> None:
    """Sends a letter; running twice sends once, unless the worker died right after sending."""
    mail.deliver(UUID(payload["id"]))


@periodic(every=timedelta(minutes=10), forgets=True)
def forget_expired_tokens() -> None:
    """Deletes auth tokens that were replaced and whose time is over."""
    tokens.forget_expired_tokens()


@periodic(every=timedelta(hours=1), forgets=True, title="Forget old letters and sessions")
def forget_what_is_old() -> None:
    """Deletes letters of a week ago, ended sessions and audit events past their time."""
    mail.forget_old()
    audit.forget_old()
    Session.objects.filter(expire_date__lt=clock.now()).delete()


@periodic(every=restores.EVERY)
def notice_a_restore() -> None:
    """Raises the mark that tells a backup from the present (REL-18)."""
    restores.note()


@worker_init.connect
def notice_a_restore_first(**_: object) -> None:
    """Before a worker takes anything up."""
    restores.note_at_start()
