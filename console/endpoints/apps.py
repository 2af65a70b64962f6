"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class EndpointsConfig(AppConfig):
    """The `endpoints` app."""

    name = "console.endpoints"
    label = "endpoints"

    def ready(self) -> None:
        """Registers what becomes of a deleted subaccount's endpoints."""
        import_module("console.endpoints.leaving")
