"""`manage.py openapi [--check]`: writes docs/openapi.json, or says whether it is up to date."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.api import catalog


class Command(BaseCommand):
    """Writes the OpenAPI document of the REST API."""

    help = "Writes docs/openapi.json; with --check only says whether it is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check`."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes or compares."""
        text = catalog.written()
        if not options["check"]:
            catalog.FILE.write_text(text)
            self.stdout.write(f"{len(catalog.routes())} operations → {catalog.FILE.name}")
        elif not catalog.FILE.exists() or catalog.FILE.read_text() != text:
            raise CommandError("docs/openapi.json is out of date: run ./ringfence manage openapi")
