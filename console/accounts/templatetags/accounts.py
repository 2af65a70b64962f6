"""Tags of the account pages."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from console.accounts.views.mailbox import is_here

register = template.Library()
_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari", "curl")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
_NAMES = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "macOS"}


@register.filter
def browser(agent: str) -> str:
    """`Chrome on Linux`, from a User-Agent header; the header's beginning when it is unknown."""
    program = next((name for name in _BROWSERS if name in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    parts = [_NAMES.get(part, part) for part in (program, system) if part]
    return " on ".join(parts) or agent[:40] or "unknown"


@register.simple_tag(takes_context=True)
def mailbox_here(context: template.Context) -> bool:
    """Whether the reader can open the mailbox of the embedded default."""
    request = context.get("request")
    return isinstance(request, HttpRequest) and is_here(request)
