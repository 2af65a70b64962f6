"""The embedded default's mail: kept to be read at /mailbox/."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from console.accounts import mail
from console.core import randomness


class MailboxBackend(BaseEmailBackend):
    """Keeps messages instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Stores each message for each of its receivers; gives how many messages there were."""
        for message in email_messages:
            _keep(message)
        return len(email_messages)


def _keep(message: EmailMessage) -> None:
    identity = str(message.extra_headers.get("Message-ID") or randomness.new_uuid())
    html = ""
    if isinstance(message, EmailMultiAlternatives):
        html = next((str(p[0]) for p in message.alternatives if p[1] == "text/html"), "")
    for number, to in enumerate(message.recipients()):
        mail.keep(
            message_id=f"{identity}#{number}" if number else identity,
            to=to,
            subject=str(message.subject),
            text=str(message.body),
            html=html,
        )
