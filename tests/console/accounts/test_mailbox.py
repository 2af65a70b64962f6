"""The mailbox of the embedded default, and the way of a letter."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from console.accounts import mail
from console.accounts.models import MailboxItem, MailMessage
from console.core.models import OutboxRow

BACKEND = "console.accounts.mailbox.MailboxBackend"
LINK = "http://127.0.0.1:8000/accounts/confirm-email/secret/"


@pytest.fixture
def embedded(settings):
    """Mail stays here."""
    settings.EMAIL_BACKEND = BACKEND
    return settings


def _letter(text: str = f"Open {LINK} now", html: str = "<b>Open</b>", **extra) -> None:
    message = EmailMultiAlternatives(
        "A letter", text, "console@example.com", ["new@example.com"], **extra
    )
    message.attach_alternative(html, "text/html")
    get_connection(BACKEND).send_messages([message])


def test_a_letter_is_readable_with_its_link(client, db, embedded):
    _letter()
    page = client.get("/mailbox/").content.decode()
    assert f'<a href="{LINK}"' in page
    assert "new@example.com" in page


def test_html_of_a_letter_is_shown_as_text(client, db, embedded):
    _letter(text="<script>alert(1)</script>", html="<img src=x onerror=alert(2)>")
    page = client.get("/mailbox/").content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_newest_letter_comes_first_and_others_can_be_opened(client, db, embedded):
    _letter(text="the older one")
    _letter(text="the newer one")
    assert "the newer one" in client.get("/mailbox/").content.decode()
    oldest = MailboxItem.objects.order_by("received_at").first()
    assert "the older one" in client.get(f"/mailbox/{oldest.pk}/").content.decode()


def test_an_empty_mailbox_says_so(client, db, embedded):
    assert "No letter yet" in client.get("/mailbox/").content.decode()


def test_a_kept_letter_is_sealed(db, embedded):
    _letter()
    assert b"confirm-email" not in bytes(MailboxItem.objects.get().sealed_body)


@pytest.mark.parametrize("path", ["/mailbox/", "/mailbox/00000000-0000-4000-8000-000000000000/"])
def test_it_does_not_exist_in_production_elsewhere_or_behind_a_proxy(client, db, embedded, path):
    assert Client(REMOTE_ADDR="192.0.2.1").get(path).status_code == 404
    assert Client(headers={"X-Forwarded-For": "127.0.0.1"}).get(path).status_code == 404
    embedded.PRODUCTION = True
    assert client.get(path).status_code == 404


def test_it_does_not_exist_where_real_mail_is_sent(client, db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert client.get("/mailbox/").status_code == 404


def test_a_letter_sent_twice_is_kept_once(db, embedded):
    for _ in range(2):
        _letter(headers={"Message-ID": "<one@example.com>"})
    assert MailboxItem.objects.count() == 1


def test_a_posted_letter_waits_sealed_and_its_body_is_erased_when_sent(db, embedded):
    letter = mail.post(to="new@example.com", subject="Hello", text=LINK)
    assert LINK.encode() not in bytes(MailMessage.objects.get().sealed_body)
    assert OutboxRow.objects.get().payload == {"id": str(letter.id)}
    assert mail.deliver(letter.id)
    letter.refresh_from_db()
    assert letter.sent_at
    assert bytes(letter.sealed_body) == b""
    assert MailboxItem.objects.get().subject == "Hello"


def test_a_letter_delivered_twice_goes_once(db, embedded):
    letter = mail.post(to="new@example.com", subject="Hello", text="x")
    assert mail.deliver(letter.id)
    assert not mail.deliver(letter.id)
    assert MailboxItem.objects.count() == 1


def test_old_letters_are_forgotten(db, embedded, frozen):
    letter = mail.post(to="new@example.com", subject="Hello", text="x")
    mail.deliver(letter.id)
    frozen.advance(days=8)
    assert mail.forget_old() == 2


def test_after_sign_up_the_page_leads_to_the_mailbox(client, db, embedded):
    assert 'href="/mailbox/"' in client.get("/accounts/confirm-email/").content.decode()


def test_a_new_letter_appears_by_itself_and_an_old_one_is_left_alone(client, db, embedded):
    as_page = {"HX-Request": "true"}
    assert client.get("/mailbox/?seen=", headers=as_page).status_code == 204
    _letter(text="the first one")
    answer = client.get("/mailbox/?seen=", headers=as_page).content.decode()
    assert "the first one" in answer
    assert "<html" not in answer
    seen = MailboxItem.objects.get().pk
    assert client.get(f"/mailbox/?seen={seen}", headers=as_page).status_code == 204
