"""What templates need of the help center: a term for its tooltip, the facts of an error."""

from __future__ import annotations

from django import template

from console.help import families
from console.help.content import Kind, Page, library

register = template.Library()


@register.simple_tag
def help_term(slug: str) -> Page | None:
    """The glossary page of the slug; None where there is none, so the word stays plain text."""
    return library().term(slug)


@register.simple_tag
def help_error(code: object) -> Page | None:
    """The page of an error code or a hangup cause; None where there is none."""
    return library().find(Kind.ERROR, str(code))


@register.filter
def error_fact(page: Page) -> str:
    """Who ends a call with this cause, or a refusal's HTTP status."""
    return families.fact(page)
