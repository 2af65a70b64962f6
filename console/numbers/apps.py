"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    """The `numbers` app."""

    name = "console.numbers"
    label = "numbers"

    def ready(self) -> None:
        """Registers the seed of the stock, and what becomes of a deleted subaccount's DIDs."""
        import_module("console.numbers.seeds")
        import_module("console.numbers.leaving")
