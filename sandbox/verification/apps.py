"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """The `verification` app."""

    name = "sandbox.verification"
    label = "verification"

    def ready(self) -> None:
        """Registers handlers, periodic jobs, what a subaccount leaves."""
        import_module("sandbox.verification.tasks")
        import_module("sandbox.verification.leaving")
