"""What the components in `templates/cotton/` are made of: icons, fields, times, numbers, tones."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import lucide
import phonenumbers
from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from console.core import clock
from console.core.zones import zone_of
from console.home import tones

register = template.Library()


# Every icon wears these, so the style sheet says them once for all (`svg[focusable]`).
_STROKES = (
    ' fill="none"',
    ' stroke="currentColor"',
    ' stroke-width="2"',
    ' stroke-linecap="round"',
    ' stroke-linejoin="round"',
)


@functools.lru_cache(maxsize=512)
def _icon(name: str, size: int, css: str) -> SafeString:
    extra = {"class": css} if css else {}
    drawn = lucide._render_icon(name, size, aria_hidden="true", focusable="false", **extra)
    for worn_by_css in _STROKES:
        drawn = drawn.replace(worn_by_css, "")
    small = " ".join(drawn.split()).replace(" />", "/>").replace("> <", "><")
    return mark_safe(small)  # noqa: S308 - lucide's own drawing


@register.simple_tag
def icon(name: str, size: int | str = 16, css: str = "") -> SafeString:
    """A lucide icon as inline SVG, hidden from screen readers; `size` in pixels."""
    return _icon(str(name), int(size), str(css))


@register.simple_tag
def field_input(field: BoundField, **attrs: Any) -> SafeString:
    """The widget of a bound field, tied to its help and its errors for screen readers.

    Of a form that was refused, the first field at fault has the focus, unless its `takes_focus`
    is False.
    """
    widget = field.field.widget
    extra = {k.replace("_", "-"): v for k, v in attrs.items() if v not in ("", None, False)}
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        extra["aria-invalid"] = "true"
        described.append(f"{field.auto_id}_error")
    wrong = [name for name in field.form.fields if name in field.form.errors]
    if wrong and getattr(field.form, "takes_focus", True):
        extra["autofocus"] = field.name == wrong[0] and field_kind(field) != "choices"
    if described:
        extra["aria-describedby"] = " ".join(described)
    if css := " ".join(filter(None, [widget.attrs.get("class", ""), extra.pop("class", "")])):
        extra["class"] = css
    return field.as_widget(attrs=extra)


@register.filter
def field_kind(field: BoundField) -> str:
    """How a field is laid out: `check`, `choices` (a fieldset), `hidden` or `plain`."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "plain"


@register.filter
def tone(state: object) -> str:
    """The tone of a state's badge: `ok`, `warn`, `bad`, `info` or "" (neutral)."""
    return tones.tone_of(str(state))


@register.filter
def state_label(state: object) -> str:
    """The words of a state as the badge says them: `in_progress` → *In progress*."""
    return tones.label_of(str(state))


@register.filter
def is_live(state: object) -> bool:
    """Whether the state will soon change by itself; its badge pulses."""
    return tones.is_live(str(state))


_DIGITS: Final = re.compile(r"\+?[0-9 ().-]+")


@register.filter
def phone(value: object) -> str:
    """`+1 415 555 0100`; what is no number of the public network stays as it is."""
    raw = str(value or "")
    if not _DIGITS.fullmatch(raw):  # the library reads letters as keys: a masked number has some
        return raw
    try:
        parsed = phonenumbers.parse(raw if raw.startswith("+") else f"+{raw}", None)
    except phonenumbers.NumberParseException:
        return raw
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return shown.replace("-", " ")


_STEPS = ((60, 1, " s"), (3600, 60, " min"), (86_400, 3600, " h"), (604_800, 86_400, " d"))


def relative(moment: datetime, now: datetime) -> str:
    """`just now`, `5 min ago`, `in 3 h`; past a week the date."""
    seconds = int((now - moment).total_seconds())
    away = abs(seconds)
    if away < 5:
        return "just now"
    for limit, unit, word in _STEPS:
        if away < limit:
            said = f"{away // unit}{word}"
            return f"{said} ago" if seconds > 0 else f"in {said}"
    same_year = moment.year == now.year
    return moment.strftime("%-d %b" if same_year else "%-d %b %Y")


@register.simple_tag(takes_context=True)
def when(context: Context, value: datetime | None, style: str = "relative") -> SafeString:
    """A `<time>` in the account's zone; `style`: `relative` (exact on hover), `exact`, `clock`."""
    if not isinstance(value, datetime):
        return mark_safe('<span class="text-text-3">–</span>')
    zone = zone_of(context.get("account"))
    local = value.astimezone(zone)
    exact = f"{local:%-d %b %Y, %H:%M:%S} {local.tzname()}"
    shown = {"exact": exact, "clock": f"{local:%H:%M:%S}", "minute": f"{local:%-d %b %Y, %H:%M}"}
    text = shown.get(style) or relative(local, clock.now().astimezone(zone))
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        exact,
        mark_safe(" data-relative") if style == "relative" else "",
        text,
    )


@register.filter
def share(value: float | None, total: float | None) -> int:
    """How many hundredths of `total` `value` is, 0 to 100."""
    if not value or not total:
        return 0
    return max(0, min(100, round(100 * float(value) / float(total))))


@register.filter
def as_json(value: Mapping[str, Any]) -> str:
    """JSON for an attribute such as `hx-headers`; the template escapes it."""
    return json.dumps(value)
