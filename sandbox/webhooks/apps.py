"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The `webhooks` app."""

    name = "sandbox.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Registers the app's system checks."""
        import_module("sandbox.webhooks.checks")
