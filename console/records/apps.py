"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The `records` app."""

    name = "console.records"
    label = "records"
