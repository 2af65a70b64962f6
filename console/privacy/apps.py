"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The `privacy` app."""

    name = "console.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Registers the periodic job."""
        import_module("console.privacy.tasks")
