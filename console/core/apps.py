"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from console.core import checks


class CoreConfig(AppConfig):
    """The `core` app."""

    name = "console.core"
    label = "core"

    def ready(self) -> None:
        """Makes every process know our broker, the outbox handlers and the periodic jobs.

        Production stops here when a setting is unsafe (WEB-08).

        Without the first, Celery's stock application would be asked to publish; without the
        second, the clock and commands would have nothing to run.
        """
        import_module("console.celery")
        import_module("console.core.log_address")
        autodiscover_modules("tasks")
        if settings.PRODUCTION:
            checks.refuse_unsafe()
