"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The `applications` app."""

    name = "console.applications"
    label = "applications"

    def ready(self) -> None:
        """Registers what becomes of a deleted subaccount's applications."""
        import_module("console.applications.leaving")
