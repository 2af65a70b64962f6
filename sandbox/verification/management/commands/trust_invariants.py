"""`manage.py trust_invariants`: what must hold after any fault."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sandbox.verification.invariants import INVARIANTS, broken


class Command(BaseCommand):
    """Counts what breaks each invariant; fails when anything does."""

    help = "Check what must hold after any fault (trust.md section 12)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--json` prints one object on the last line."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints each invariant and whether it holds."""
        found = broken()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not found, "broken": found}))
        else:
            for name in INVARIANTS:
                state = f"BROKEN by {found[name]}" if name in found else "holds"
                self.stdout.write(f"{name}: {state}")
        if found:
            raise CommandError(f"{len(found)} invariants do not hold.")
