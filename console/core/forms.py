"""What the console's forms share."""

from __future__ import annotations

from django import forms

from console.core.errors import DomainError


def add_refusal(form: forms.BaseForm, error: DomainError) -> int:
    """Puts a service's refusal beside its field (above the form when it has none).

    Gives the HTTP status to answer with.
    """
    form.add_error(error.field if error.field in form.fields else None, error.message)
    return error.status
