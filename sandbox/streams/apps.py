"""App configuration."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    """The `streams` app: the sound of calls over WebSockets."""

    name = "sandbox.streams"
    label = "streams"

    def ready(self) -> None:
        """Registers outbox handlers and jobs, commands of the flow, and sentences of the story."""
        import_module(f"{self.name}.tasks")
        import_module(f"{self.name}.live").register_all()
        sentences = import_module(f"{self.name}.sentences")
        import_module("sandbox.calls.said").teach(sentences.SENTENCES, {"stream": "the stream URL"})
