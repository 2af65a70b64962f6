"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The `home` app."""

    name = "console.home"
    label = "home"

    def ready(self) -> None:
        """Registers what the palette finds."""
        import_module("console.home.palette")
        import_module("console.home.palette_objects")
