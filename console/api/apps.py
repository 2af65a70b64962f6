"""App configuration."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The `api` app."""

    name = "console.api"
    label = "api"
