"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class HelpConfig(AppConfig):
    """The `help` app."""

    name = "console.help"
    label = "help"

    def ready(self) -> None:
        """Registers what the palette finds."""
        import_module("console.help.palette")
