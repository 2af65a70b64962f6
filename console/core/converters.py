"""Path converters: import this module in a `urls.py` that uses one."""

from __future__ import annotations

from django.urls import register_converter


class E164Converter:
    """A phone number in a path, with or without its plus; the view gets it with."""

    regex = r"\+?[1-9][0-9]{6,14}"

    def to_python(self, value: str) -> str:
        """E.164 with the plus."""
        return "+" + value.removeprefix("+")

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(E164Converter, "e164")
