"""Markdown to clean HTML: anchors at headings, tables in their own box, terms linked.

The text is our own, and nh3 cleans it all the same: a slip in a file cannot become a script.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

import nh3
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from console.help.content import Kind, Page, library

_TAGS = {
    *("a", "p", "strong", "em", "code", "pre", "ul", "ol", "li", "h2", "h3", "h4", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td", "div", "hr", "br", "span", "button"),
}
_ATTRIBUTES = {
    "a": {"href", "class", "data-tip", "aria-label"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "pre": {"tabindex", "class"},
    "code": {"class"},
    **{f"h{level}": {"id"} for level in (2, 3, 4)},
    "th": {"scope"},
    "button": {"class", "type", "data-copy"},
}


@dataclass(frozen=True, slots=True)
class Heading:
    """One entry of "On this page"."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page's HTML, clean, and its headings in order."""

    html: str
    headings: tuple[Heading, ...]


def render(body: str, *, skip: str = "", prefix: str = "") -> Rendered:
    """Turn Markdown into clean HTML. `skip` names the term whose own page this is.

    `prefix` goes before the anchors, for several texts on one page. Costs no query.
    """
    tokens = _parser().parse(body)
    headings = tuple(_anchors(tokens, prefix))
    _link_terms(tokens, seen={skip} if skip else set())
    html = _parser().renderer.render(tokens, _parser().options, {})
    return Rendered(clean(html), headings)


def clean(html: str) -> str:
    """The HTML without anything a help page has no use for."""
    return nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None, url_schemes={"http", "https"}
    )


@cache
def page_html(kind: Kind, slug: str) -> Rendered:
    """A page's rendered body, kept for the life of the process. The page must exist."""
    page = library().pages[kind][slug]
    prefix = f"{slug}-" if kind is Kind.ELEMENT else ""
    return render(page.body, skip=slug if kind is Kind.TERM else "", prefix=prefix)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    parser.add_render_rule("fence", _fence)
    return parser


def _table_open(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    # A wide table scrolls in its own box, by keyboard too.
    above = [tokens[i + 1] for i in range(at) if tokens[i].type == "heading_open"]
    label = escape(f"Table: {_plain(above[-1])}" if above else "Table")
    return f'<div class="help-table" tabindex="0" role="group" aria-label="{label}"><table>'


def _table_close(
    _self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table></div>"


def _fence(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    code = escape(tokens[at].content)
    button = f'<button class="help-copy" type="button" data-copy="{code}">Copy</button>'
    return f'<div class="code">{button}<pre tabindex="0"><code>{code}</code></pre></div>'


def _anchors(tokens: list[Token], prefix: str) -> list[Heading]:
    found: list[Heading] = []
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = _plain(tokens[at + 1])
        anchor = prefix + (slugify(text) or f"part-{len(found) + 1}")
        token.attrSet("id", anchor)
        found.append(Heading(int(token.tag[1]), text, anchor))
    return found


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all aliases, longest first, and from each spelling to its term's slug."""
    spellings: dict[str, str] = {}
    for page in library().of(Kind.TERM):
        for alias in page.aliases:
            for spelling in _cases(alias):
                spellings[spelling] = page.slug
    longest_first = sorted(spellings, key=len, reverse=True)
    choice = "|".join(re.escape(spelling) for spelling in longest_first)
    return re.compile(rf"(?<![\w-])(?:{choice})(?![\w-])"), spellings


def _cases(alias: str) -> set[str]:
    """DID is not did: only a word that is not all capitals may begin either way."""
    if alias.split()[0].isupper() or "_" in alias:
        return {alias}
    return {alias[0].lower() + alias[1:], alias[0].upper() + alias[1:]}


def _link_terms(tokens: list[Token], seen: set[str]) -> None:
    """Link the first occurrence of each term, outside headings, links and code."""
    for at, token in enumerate(tokens):
        if token.type == "inline" and tokens[at - 1].type != "heading_open":
            token.children = list(_linked(token.children or [], seen))


def _linked(children: list[Token], seen: set[str]) -> list[Token]:
    out: list[Token] = []
    closed = 0  # inside a link or bold label: a name of the console stays as it is
    for child in children:
        closed += {"link_open": 1, "strong_open": 1, "link_close": -1, "strong_close": -1}.get(
            child.type, 0
        )
        if child.type == "text" and not closed:
            out.extend(_split_text(child.content, seen))
        else:
            out.append(child)
    return out


def _split_text(text: str, seen: set[str]) -> list[Token]:
    pattern, spellings = _words()
    out: list[Token] = []
    done = 0
    for match in pattern.finditer(text):
        page = library().term(spellings[match[0]])
        if page is None or page.slug in seen:
            continue
        seen.add(page.slug)
        out += [_text(text[done : match.start()]), *_term_link(page, match[0])]
        done = match.end()
    return [*out, _text(text[done:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _term_link(page: Page, word: str) -> list[Token]:
    attrs: dict[str, str | int | float] = {
        "class": "term",
        "href": page.url,
        "data-tip": page.short,
    }
    return [Token("link_open", "a", 1, attrs=attrs), _text(word), Token("link_close", "a", -1)]
