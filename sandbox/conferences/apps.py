"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    """The `conferences` app: rooms that several calls are in."""

    name = "sandbox.conferences"
    label = "conferences"

    def ready(self) -> None:
        """Registers the outbox handlers, and what the call engine asks of rooms."""
        import_module(f"{self.name}.tasks")
        import_module(f"{self.name}.effects").register_all()
        import_module(f"{self.name}.sentences")
