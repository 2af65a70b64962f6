"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class FenceConfig(AppConfig):
    """The `fence` app."""

    name = "sandbox.fence"
    label = "fence"

    def ready(self) -> None:
        """Registers the seeds."""
        import_module("sandbox.fence.policy")
        import_module("sandbox.fence.ranges")
