"""`manage.py audit_verify`: proves that the audit log is whole (ACC-12)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.accounts import audit
from console.accounts.models import AuditHead


class Command(BaseCommand):
    """Reads every chain and fails when one does not hold."""

    help = "Check the hash chains of the audit log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--json` prints one object on the last line."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Names each break; the exit status is 1 when there is one."""
        found = list(audit.breaks())
        chains = AuditHead.objects.count()
        if options["json"]:
            report = {"chains": chains, "breaks": [asdict(one) for one in found]}
            self.stdout.write(json.dumps(report))
        else:
            for one in found:
                self.stdout.write(f"{one.chain} #{one.sequence}: {one.reason}")
        if found:
            raise CommandError(f"The audit log is broken in {len(found)} places.")
        if not options["json"]:
            self.stdout.write(f"The audit log is whole: {chains} chains.")
