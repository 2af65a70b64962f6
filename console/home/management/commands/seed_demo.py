"""`manage.py seed_demo`: a demo account with believable traffic; safe to run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from console.accounts.models import User
from console.accounts.services import create_account
from console.applications.services import create_application
from console.records.bulk import insert_believable
from sandbox.messages import believable

EMAIL, PASSWORD, ROWS = "demo@example.com", "copper wires hum at night", 50_000
TEXTS = 2_000
APPLICATIONS = ("Front desk", "Support line", "Reminders")


class Command(BaseCommand):
    """Makes the demo account, unless it is there."""

    help = "Add the demo account with believable calls and messages."

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes account, applications and records in one transaction."""
        if User.objects.filter(email=EMAIL).exists():
            self.stdout.write("The demo account is there already.")
            return
        with transaction.atomic():
            made = create_account(email=EMAIL, password=PASSWORD)
            for name in APPLICATIONS:
                url = f"https://app.example.com/{name.lower().replace(' ', '-')}/"
                create_application(account=made.account, actor="system", name=name, answer_url=url)
            insert_believable(account=made.account, rows=ROWS, days=30, seed=7)
            believable.insert_believable(account=made.account, rows=TEXTS, days=30, seed=7)
        self.stdout.write(f"Made {EMAIL} with {ROWS:,} calls and {TEXTS:,} messages.")
