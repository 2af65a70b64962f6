"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """The `exports` app."""

    name = "console.exports"
    label = "exports"
