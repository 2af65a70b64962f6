"""`manage.py trust_report`: every figure that safety rests on, as it is in force."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console.core.trust import Trust, variable


class Command(BaseCommand):
    """Prints name, value, rule and environment variable of each figure."""

    help = "Print the safety figures in force and the rule that each comes from."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--json` prints one object on the last line."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the report."""
        values = {knob.name: getattr(settings.TRUST, knob.name) for knob in fields(Trust)}
        if options["json"]:
            self.stdout.write(json.dumps(values))
            return
        for knob in fields(Trust):
            rule = knob.metadata["rule"]
            self.stdout.write(f"{knob.name:34} {values[knob.name]:>10}  {rule:8} {variable(knob)}")
