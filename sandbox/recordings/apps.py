"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """The `recordings` app."""

    name = "sandbox.recordings"
    label = "recordings"

    def ready(self) -> None:
        """Registers the outbox handlers and jobs, parameters, and sentences of the story."""
        import_module(f"{self.name}.tasks")
        told = import_module(f"{self.name}.told")
        import_module("sandbox.calls.params").ELEMENTS["Record"] = told.of_command
        sentences = import_module(f"{self.name}.sentences")
        import_module("sandbox.calls.said").teach(sentences.SENTENCES, {})
