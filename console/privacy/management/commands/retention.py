"""`manage.py retention`: what is too old, and goes."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from console.privacy import retention


class Command(BaseCommand):
    """Runs a slice of each retention job; `--dry-run` only says what it would delete."""

    help = "Delete what is older than its retention time, a slice of each table (PRIV-03)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--dry-run` changes nothing; `--json` prints one object on the last line."""
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints rows by table for each job that has something to do."""
        dry = bool(options["dry_run"])
        found = [retention.run(job, dry=dry) for job in retention.jobs()]
        if options["json"]:
            told = {
                one.job: {"deleted": dict(one.deleted), "changed": dict(one.changed)}
                for one in found
            }
            self.stdout.write(json.dumps({"dry_run": dry, "jobs": told}))
            return
        would = "would be " if dry else ""
        for one in found:
            for table, count in sorted(one.deleted.items()):
                self.stdout.write(f"{one.job}: {count} rows of {table} {would}deleted")
            for table, count in sorted(one.changed.items()):
                self.stdout.write(f"{one.job}: {count} rows of {table} {would}changed")
        if not any(one.deleted or one.changed for one in found):
            self.stdout.write("Nothing is older than its time.")
