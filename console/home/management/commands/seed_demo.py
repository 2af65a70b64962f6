"""`manage.py seed_demo`: a demo account with believable traffic; safe to run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from console.accounts.models import Account, User
from console.accounts.services import create_account
from console.applications.models import Application
from console.applications.services import create_application
from console.numbers.models import StockNumber
from console.numbers.services import rent_number
from console.records.bulk import insert_believable
from sandbox.messages import believable
from sandbox.verification.services.numbers import vouch

EMAIL, PASSWORD, ROWS = "demo@example.com", "copper wires hum at night", 50_000
TEXTS = 2_000
APPLICATIONS = ("Front desk", "Support line", "Reminders")
PHONES = ("+14155550100", "+447700900123")


class Command(BaseCommand):
    """Makes the demo account, unless it is there."""

    help = "Add the demo account with believable calls and messages."

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes account, applications, numbers and records in one transaction."""
        if User.objects.filter(email=EMAIL).exists():
            self.stdout.write("The demo account is there already.")
            return
        with transaction.atomic():
            made = create_account(email=EMAIL, password=PASSWORD)
            first, *_ = [_application(made.account, name) for name in APPLICATIONS]
            _numbers(made.account, first)
            insert_believable(account=made.account, rows=ROWS, days=30, seed=7)
            believable.insert_believable(account=made.account, rows=TEXTS, days=30, seed=7)
        self.stdout.write(f"Made {EMAIL} with {ROWS:,} calls and {TEXTS:,} messages.")


def _application(account: Account, name: str) -> Application:
    url = f"https://app.example.com/{name.lower().replace(' ', '-')}/"
    return create_application(account=account, actor="system", name=name, answer_url=url)


def _numbers(account: Account, application: Application) -> None:
    """Two phones that are its own, and a DID that leads to the application."""
    for phone in PHONES:
        vouch(account=account, raw=phone, actor="system")
    stock = StockNumber.objects.filter(country="US", type="local", available=True).order_by("pk")
    if number := stock.values_list("number", flat=True).first():
        rent_number(account=account, number=number, actor="system", application=application)
