"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """The `network` app."""

    name = "sandbox.network"
    label = "network"

    def ready(self) -> None:
        """Registers seeds, outbox handlers and periodic jobs."""
        for module in ("seeds", "permits", "tasks", "usage"):
            import_module(f"{self.name}.{module}")
