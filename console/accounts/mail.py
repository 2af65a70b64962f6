"""Letters: written with their cause, sent by a worker, sealed until then.

A letter may carry a link that confirms an address or resets a password, so its body is sealed and
the outbox row holds only its id. Links begin with `settings.PUBLIC_URL`, never with what a request
claims to be its host (WEB-05).
"""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse

from console.accounts.models import MailboxItem, MailMessage
from console.core import clock, outbox
from console.core.models import Queue
from console.core.seals import seal, unseal

KIND = "accounts.mail"
_PURPOSE = "mail"
_BOX_PURPOSE = "mailbox"
_KEPT = timedelta(days=7)


def link(route: str, *args: object, **kwargs: object) -> str:
    """The full address of a route of ours, for a letter."""
    return settings.PUBLIC_URL + reverse(route, args=args or None, kwargs=kwargs or None)


@transaction.atomic
def post(*, to: str, subject: str, text: str, html: str = "") -> MailMessage:
    """Writes a letter and the outbox row that sends it (two queries); safe in a transaction."""
    letter = MailMessage(to=to, subject=subject[:200])
    letter.sealed_body = _sealed(text, html, purpose=_PURPOSE, bound_to=str(letter.id))
    letter.save(force_insert=True)
    outbox.enqueue(kind=KIND, queue=Queue.MAIL, payload={"id": str(letter.id)})
    return letter


def deliver(letter_id: UUID) -> bool:
    """Hands a letter to the mail server and erases its body; False when that was done before.

    A worker that dies in between sends it again under the same Message-ID.
    """
    letter = MailMessage.objects.filter(pk=letter_id, sent_at=None).first()
    if letter is None:
        return False
    text, html = _clear(letter.sealed_body, purpose=_PURPOSE, bound_to=str(letter.id))
    message = EmailMultiAlternatives(
        letter.subject,
        text,
        settings.DEFAULT_FROM_EMAIL,
        [letter.to],
        headers={"Message-ID": f"<{letter.id}@{settings.PUBLIC_HOST}>"},
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
    MailMessage.objects.filter(pk=letter.pk).update(sent_at=clock.now(), sealed_body=b"")
    return True


def keep(*, message_id: str, to: str, subject: str, text: str, html: str) -> None:
    """Puts a letter into the mailbox of the embedded default; the same again changes nothing."""
    item = MailboxItem(message_id=message_id[:200], to=to[:254], subject=subject[:200])
    item.sealed_body = _sealed(text, html, purpose=_BOX_PURPOSE, bound_to=str(item.id))
    MailboxItem.objects.bulk_create([item], ignore_conflicts=True)


def read(item: MailboxItem) -> tuple[str, str]:
    """Text and HTML of a kept letter."""
    return _clear(item.sealed_body, purpose=_BOX_PURPOSE, bound_to=str(item.id))


def forget_old() -> int:
    """Deletes letters of a week ago, sent or kept; gives how many."""
    before = clock.now() - _KEPT
    gone, _ = MailMessage.objects.filter(created_at__lt=before).delete()
    kept, _ = MailboxItem.objects.filter(received_at__lt=before).delete()
    return gone + kept


def _sealed(text: str, html: str, *, purpose: str, bound_to: str) -> bytes:
    body = json.dumps({"text": text, "html": html}).encode()
    return seal(body, purpose=purpose, bound_to=bound_to)


def _clear(sealed: bytes | memoryview, *, purpose: str, bound_to: str) -> tuple[str, str]:
    body = json.loads(unseal(sealed, purpose=purpose, bound_to=bound_to))
    return body["text"], body["html"]
