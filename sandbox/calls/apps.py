"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class CallsConfig(AppConfig):
    """The `calls` app."""

    name = "sandbox.calls"
    label = "calls"

    def ready(self) -> None:
        """Registers the outbox handlers and periodic jobs, and tells the fence how calls count."""
        for module in ("tasks", "sweep"):
            import_module(f"{self.name}.{module}")
        facts = import_module("sandbox.fence.facts")
        facts.register_live_calls(import_module("sandbox.calls.incoming").living_calls)
