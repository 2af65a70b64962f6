"""What the pages of staff are made of: plain tables with deeds, in one look for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from console.core.errors import DomainError
from console.core.http import render_page

Cell: TypeAlias = object
"""Anything that a template can show."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A button in a row: a form that posts `values` to `url`."""

    label: str
    url: str
    values: Mapping[str, str] = field(default_factory=dict)
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells, where it leads ("" nowhere), and what can be done with it."""

    cells: Sequence[Cell]
    url: str = ""
    deeds: Sequence[Deed] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of staff: a table and, where things can be added, the form for that.

    `figures` names the columns (from 0) that hold figures.
    """

    title: str
    lead: str
    head: Sequence[str]
    rows: Sequence[Row]
    figures: frozenset[int] = frozenset()
    form: BaseForm | None = None
    form_title: str = ""
    button: str = "Save"
    back: tuple[str, str] | None = None
    """Words and path of the page above this one."""
    empty: str = "There is nothing here yet."
    note: str = ""
    more: str = ""
    """Path of the next rows, "" when these are all."""


def show(request: HttpRequest, page: Page, *, status: int = 200) -> HttpResponse:
    """The page as HTML."""
    return render_page(request, "operator/page.html", {"page": page}, status=status)


def save(
    request: HttpRequest, form: BaseForm, do: Callable[[], object], *, then: str, said: str
) -> HttpResponse | None:
    """Does it when the form holds; gives the redirect, or None when the form has errors now."""
    if not form.is_valid():
        return None
    try:
        do()
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return None
    messages.success(request, said)
    return redirect(then)


def act(request: HttpRequest, do: Callable[[], object], *, then: str, said: str) -> HttpResponse:
    """Does what a button says and goes back, with a word about how it went."""
    try:
        do()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect(then)
