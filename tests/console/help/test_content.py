"""The content keeps its own rules: every link resolves, every term is there, tooltips are short."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from console.help.content import ContentError, Kind, Page, library, parse
from console.help.markup import page_html, render

SPINE = """
    a-leg b-leg api api-id call-uuid carrier cdr client-sdk did dtmf hardphone inbound-flow
    outbound-flow pop pstn request-uuid routing sandbox-number sdk server-sdk sip sip-uri softphone
    webrtc xml
"""
NEEDED = """
    account trial-account subaccount endpoint application answer-url hangup-url fallback-url
    message-url mdr otp e164 ivr tts webhook-signature cps hangup-cause conference caller-id
"""
PAGES = [pytest.param(page, id=f"{page.kind}/{page.slug}") for page in library()]


def test_there_are_twenty_five_terms_in_the_spine():
    assert len(SPINE.split()) == 25


@pytest.mark.parametrize("slug", (SPINE + NEEDED).split())
def test_every_term_of_the_glossary_has_its_page(slug):
    assert library().term(slug) is not None


@pytest.mark.parametrize("entry", PAGES)
def test_every_short_text_fits_a_tooltip_and_ends_a_sentence(entry: Page):
    assert 0 < len(entry.short) <= 160
    assert entry.short[-1] in ".…?!" or entry.short.endswith('"')


@pytest.mark.parametrize("entry", PAGES)
def test_every_related_term_exists(entry: Page):
    assert [slug for slug in entry.see_also if library().term(slug) is None] == []
    assert entry.slug not in entry.see_also or entry.kind is not Kind.TERM


@pytest.mark.parametrize("entry", library().of(Kind.TERM), ids=lambda term: term.slug)
def test_every_term_has_two_to_five_sentences_and_an_example(entry: Page):
    text, _, example = entry.body.partition("\n> **In Ringfence.** ")
    sentences = re.findall(r"[.?!]\)?(?:\s|$)", text)
    assert 2 <= len(sentences) <= 6
    assert example
    assert entry.see_also


def test_no_two_terms_share_an_alias():
    aliases = [alias for page in library().of(Kind.TERM) for alias in page.aliases]
    assert len(aliases) == len(set(aliases))


def _links(page: Page) -> set[str]:
    found = set(re.findall(r'href="([^"]+)"', page_html(page.kind, page.slug).html))
    return found | {link.path for link in page.where}


def _check_help_link(path: str) -> None:
    parts = path.strip("/").split("/")
    if parts[0] == "help" and len(parts) == 3:
        assert library().find(Kind(parts[1]), parts[2]), path


@pytest.mark.parametrize("entry", PAGES)
def test_every_link_leads_to_a_page(entry: Page):
    for link in _links(entry):
        target = urlsplit(link)
        if target.scheme or link.startswith("#"):
            continue
        resolve(target.path)
        _check_help_link(target.path)
        if target.path == "/help/xml/" and target.fragment:
            assert library().find(Kind.ELEMENT, target.fragment)


@pytest.mark.parametrize("entry", PAGES)
def test_every_phone_number_is_from_a_range_for_fiction(entry: Page):
    fiction = r"\+?1 ?[2-9]\d\d ?555 ?01\d\d|\+?44 ?7700 ?900 ?\d{3}|07700 900123|\+?150055501\d\d"
    for number in re.findall(r"(?<![\w.-])\+?\d[\d ]{9,}\d", entry.body):
        assert re.fullmatch(fiction, number.strip()), number


def test_a_term_is_linked_where_it_first_occurs_and_not_on_its_own_page():
    html = page_html(Kind.TERM, "did").html
    assert html.count('href="/help/glossary/application/"') == 1
    assert 'href="/help/glossary/did/"' not in html


def test_a_verb_is_not_taken_for_an_acronym():
    page = parse("---\ntitle: T\nshort: S.\n---\nWe did sip.", kind=Kind.GUIDE, slug="t")
    assert page.body == "We did sip."
    assert "term" not in render(page.body).html


def test_a_script_in_a_file_does_not_reach_the_page():
    html = render("<script>alert(1)</script> [x](javascript:alert(1))").html
    assert "<script" not in html
    assert "href" not in html


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no head", "no front matter"),
        ("---\nshort: S.\n---\n", "no title"),
        ("---\ntitle: T\nshort: " + "x" * 161 + "\n---\n", "longer than 160"),
        ("---\ntitle: T\ncolour: red\n---\n", "unknown field"),
        ("---\ntitle: T\nshort: S.\nwhere: Calls\n---\n", "a link is"),
    ],
)
def test_a_file_that_breaks_the_rules_is_named(text, message):
    with pytest.raises(ContentError, match=message):
        parse(text, kind=Kind.TERM, slug="broken")


def test_a_path_that_does_not_exist_does_not_resolve():
    with pytest.raises(Resolver404):
        resolve("/no-such-page/")
