"""The command palette finds words, guides and causes of the help center."""

import pytest

from console.core.palette import PER_SOURCE
from console.help.palette import help_pages


def _labels(words: str) -> list[str]:
    return [entry.label for entry in help_pages(None, words)]


@pytest.mark.parametrize(
    ("words", "label"),
    [("did", "DID"), ("3010", "3010 Busy Line"), ("csv", "The CSV file"), ("speak", "Speak")],
)
def test_a_word_finds_its_page_first(words, label):
    assert _labels(words)[0] == label


def test_a_plural_finds_its_term():
    assert "Sandbox number" in _labels("sandbox numbers")


def test_nothing_is_offered_before_anything_is_typed():
    assert _labels("") == []


def test_never_more_than_a_handful():
    assert len(_labels("url")) == PER_SOURCE


def test_the_palette_shows_the_help_to_somebody_signed_in(client, owner):
    client.force_login(owner)
    html = client.get("/palette/", {"q": "b leg"}).content.decode()
    assert 'href="/help/glossary/b-leg/"' in html
