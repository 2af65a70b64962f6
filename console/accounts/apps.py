"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The `accounts` app."""

    name = "console.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Connects the receivers of django-allauth's events, and hashes its recovery codes."""
        import_module("console.accounts.signals")
        import_module("console.accounts.recovery_codes").put_in_place()
