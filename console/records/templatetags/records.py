"""How call records are shown."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse

from console.records.models import Cdr

register = template.Library()


@register.filter
def clock_length(seconds: int) -> str:
    """`1:05` for 65 seconds, `1:00:00` for an hour, an en dash for none."""
    if not seconds:
        return "–"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@register.filter
def story_url(row: Cdr) -> str:
    """The page with the call's story: of the A leg, when this is a B leg."""
    call = row.parent_call_uuid or row.call_uuid
    try:
        return reverse("story:detail", args=[call])
    except NoReverseMatch:
        return ""
