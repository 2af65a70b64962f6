#!/usr/bin/env python3
"""Django's own entry point."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError

from console.core.tables import is_not_migrated


def main(argv: list[str]) -> None:
    """Runs a command; one that needs tables which are not there yet says so in a sentence."""
    try:
        execute_from_command_line(argv)
    except DatabaseError as error:
        if "migrate" in argv[1:2] or not is_not_migrated(error):
            raise
        sys.exit(
            "The database has no tables for this yet. Run ./ringfence up, or"
            " ./ringfence manage migrate, and then this command again."
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    main(sys.argv)
