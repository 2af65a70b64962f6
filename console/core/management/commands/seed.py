"""`manage.py seed`: everything that a fresh install needs; safe to run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from console.core.seeding import SEEDS


class Command(BaseCommand):
    """Runs each registered seed in order."""

    help = "Seed network, number stock and policy; rows that are there already stay."

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the seeds and says what each did."""
        for name, run in SEEDS.items():
            self.stdout.write(f"{name}: {run()}")
