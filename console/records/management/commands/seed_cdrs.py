"""`manage.py seed_cdrs AUTH_ID --rows N [--days D] [--seed S]`: believable records, fast."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.accounts.models import Account
from console.records.bulk import insert_believable


class Command(BaseCommand):
    """Writes made-up records for an account."""

    help = "Write believable call records for an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As sandbox-api says."""
        parser.add_argument("auth_id")
        parser.add_argument("--rows", type=int, required=True)
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the rows and says how many."""
        rows, days = options["rows"], options["days"]
        if not 1 <= rows <= 10_000_000 or not 1 <= days <= 400:
            raise CommandError("--rows must be 1 to 10000000 and --days 1 to 400.")
        account = Account.objects.filter(auth_id=options["auth_id"]).first()
        if account is None:
            raise CommandError(f"There is no account {options['auth_id']}.")
        insert_believable(account=account, rows=rows, days=days, seed=options["seed"])
        told = {"auth_id": account.auth_id, "rows": rows}
        self.stdout.write(json.dumps(told) if options["json"] else f"Wrote {rows} call records.")
