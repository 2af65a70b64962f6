"""Filters and tags behind the components."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django import forms
from django.template import Context, Template

from console.accounts.models import Account
from console.core import charts, clock
from console.home import tones
from console.home.templatetags import look


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("+14155550100", "+1 415 555 0100"),
        ("447700900123", "+44 7700 900123"),
        ("sip:ada@example.com", "sip:ada@example.com"),
        ("150XXXXX170", "150XXXXX170"),
        ("", ""),
    ],
)
def test_phone_numbers_are_spaced_for_reading(raw, shown):
    assert look.phone(raw) == shown


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("no_answer", "No answer"),
        ("NO_ANSWER", "No answer"),
        ("in_progress", "In progress"),
        ("in-progress", "In progress"),
        ("cancelled", "Canceled"),
        ("ANSWER", "Completed"),
        ("TIMEOUT", "No answer"),
        ("pending", "Pending"),
    ],
)
def test_badges_say_the_words_of_the_interface(state, word):
    assert tones.label_of(state) == word


def test_what_is_nobodys_fault_has_no_tone():
    assert [tones.tone_of(s) for s in ("busy", "no_answer", "canceled")] == ["", "", ""]


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=42), "42 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=2), "2 d ago"),
        (timedelta(minutes=-5), "in 5 min"),
        (timedelta(days=30), "31 Jan"),
        (timedelta(days=400), "26 Jan 2025"),
    ],
)
def test_times_are_told_relative(frozen, ago, said):
    assert look.relative(clock.now() - ago, clock.now()) == said


def test_the_exact_time_is_in_the_accounts_zone(frozen):
    page = look.when(Context({"account": Account(time_zone="America/New_York")}), clock.now())
    assert "2 Mar 2026, 07:00:00 EST" in page
    assert 'datetime="2026-03-02T12:00:00Z"' in page


class _Form(forms.Form):
    email = forms.EmailField(label="Email", help_text="We write there.")


def _field(form: forms.Form) -> str:
    page = Template('{% cotton field :field="form.email" / %}')
    return page.render(Context({"form": form}))


def test_a_field_keeps_its_label_and_names_its_help():
    page = _field(_Form())
    assert '<label for="id_email">Email</label>' in page
    assert 'aria-describedby="id_email_helptext"' in page


def test_a_wrong_field_is_announced_beside_its_error_and_keeps_the_input():
    page = _field(_Form({"email": "nope"}))
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert 'id="id_email_error" role="alert"' in page
    assert 'value="nope"' in page


@pytest.mark.parametrize(("highest", "ceiling"), [(0, 2), (2, 2), (3, 4), (11, 20), (283, 400)])
def test_the_axis_ends_at_a_round_even_figure(highest, ceiling):
    assert charts.ceiling_of(highest) == ceiling


def test_failures_lie_on_top_of_the_bar(frozen):
    day = charts.Day(clock.now().date(), good=5, neither=2, failed=1)
    parts = charts.daily([day]).bars[0].parts
    assert [part.tone for part in parts] == ["ok", "mute", "bad"]
    assert parts[2].y < parts[1].y < parts[0].y


class TwoFields(forms.Form):
    """Both are required; the first asks for the focus by itself."""

    first = forms.CharField()
    second = forms.CharField()
    many = forms.MultipleChoiceField(choices=["ab"], widget=forms.CheckboxSelectMultiple)


@pytest.mark.parametrize(
    ("given", "focused"),
    [
        (None, {"first"}),
        ({}, {"first"}),
        ({"first": "x"}, {"second"}),
        ({"first": "x", "second": "y"}, set()),
    ],
)
def test_the_first_field_at_fault_has_the_focus(given, focused):
    form = TwoFields(given)
    shown = {name: look.field_input(form[name], autofocus=name == "first") for name in form.fields}
    assert {name for name, html in shown.items() if "autofocus" in html} == focused
