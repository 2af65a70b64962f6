"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """The `papers` app."""

    name = "console.papers"
    label = "papers"
