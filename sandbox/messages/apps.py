"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """The `messages` app."""

    name = "sandbox.messages"
    label = "sms"

    def ready(self) -> None:
        """Lets calls send texts, and registers the outbox handlers and periodic jobs."""
        import_module("sandbox.messages.tasks")
        import_module("sandbox.messages.calls").register()
        import_module("sandbox.messages.exports").register()
