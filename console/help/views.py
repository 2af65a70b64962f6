"""Pages of the help center, readable without signing in. None of them costs a query of its own."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from console.core.http import render_page
from console.help import families, list_twins, outcome_table, reference, search, twins
from console.help.content import Kind, Page, library
from console.help.markup import Rendered, page_html
from console.help.xml_check import EXAMPLE, XmlForm, check

MARKDOWN = "text/markdown; charset=utf-8"
_WRITTEN = "http://127.0.0.1:8000"  # the address that our own texts name
_CHECK = {"current": "xml-check"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The way in: search, guides, reference, the spine of the glossary."""
    return _page(request, "index", {"terms": library().of(Kind.TERM)})


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """All terms, by first letter."""
    letters: dict[str, list[Page]] = {}
    for page in library().of(Kind.TERM):
        letters.setdefault(page.title[0].upper(), []).append(page)
    return _page(request, "glossary", {"letters": letters, "current": "glossary"})


@require_safe
def term(request: HttpRequest, slug: str) -> HttpResponse:
    """One term; 404 where there is none."""
    return _content(request, Kind.TERM, slug)


@require_safe
def tip(request: HttpRequest, slug: str) -> HttpResponse:
    """The term's short text with a link, as a fragment; 404 where there is none."""
    return render_page(request, "help/tip.html", {"page": _find(Kind.TERM, slug)})


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One guide; 404 where there is none."""
    return _content(request, Kind.GUIDE, slug)


@require_safe
def error(request: HttpRequest, slug: str) -> HttpResponse:
    """What a hangup cause, a refusal or a message error means; 404 where there is none."""
    return _content(request, Kind.ERROR, slug)


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """All causes and codes, by family."""
    return _page(request, "errors", {"families": families.families(), "current": "errors"})


@require_safe
def outcome_numbers(request: HttpRequest) -> HttpResponse:
    """The table of outcome numbers, from the same table that the network plays."""
    groups = list(outcome_table.groups())
    return _page(request, "outcome_numbers", {"groups": groups, "current": "outcome-numbers"})


@require_safe
def xml(request: HttpRequest) -> HttpResponse:
    """All XML elements, those that run and those that do not, each in a line."""
    pages = library().of(Kind.ELEMENT)
    running = [page for page in pages if page.runs]
    later = [page for page in pages if not page.runs]
    return _page(request, "xml", {"running": running, "later": later, "current": "xml"})


@require_safe
def element(request: HttpRequest, slug: str) -> HttpResponse:
    """One XML element with its attributes and an example; 404 where there is none."""
    return _content(request, Kind.ELEMENT, slug)


@require_http_methods(["GET", "HEAD", "POST"])
def check_xml(request: HttpRequest) -> HttpResponse:
    """A form with an example; POST says what a call would make of the document."""
    if request.method != "POST":
        return _page(request, "xml_check", {"form": XmlForm(initial={"xml": EXAMPLE}), **_CHECK})
    form = XmlForm(request.POST)
    report = check(form.cleaned_data["xml"]) if form.is_valid() else None
    response = _page(request, "xml_check", {"form": form, "report": report, **_CHECK})
    response.status_code = 200 if report else 400
    return response


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """All operations of the REST API, by resource."""
    return _page(request, "api", {"chapters": reference.chapters(), "current": "api"})


@require_safe
def api_chapter(request: HttpRequest, slug: str) -> HttpResponse:
    """One resource of the API; samples carry the auth id of whoever is signed in."""
    found = reference.chapter(slug)
    if found is None:
        raise Http404("No such resource")
    account = getattr(request, "account", None)
    auth_id = account.auth_id if account else ""
    entries = [
        {"entry": one, "samples": reference.samples_for(one, auth_id=auth_id)}
        for one in found.entries
    ]
    return _page(request, "api_chapter", {"chapter": found, "entries": entries, "current": "api"})


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    return HttpResponse(reference.openapi(), content_type="application/json")


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Search; with htmx only the list of results."""
    query = request.GET.get("q", "").strip()[: search.LONGEST_QUERY]
    context = {"query": query, "results": search.search(query), "current": "search"}
    return _page(request, "search", context, partial="results")


@require_safe
def markdown(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """A page's Markdown twin, for programs that read; 404 where there is no such page."""
    return HttpResponse(twins.twin(_find(Kind(kind), slug)), content_type=MARKDOWN)


@require_safe
def list_markdown(request: HttpRequest, name: str) -> HttpResponse:
    """The Markdown twin of a list; 404 for what has none."""
    found = list_twins.LISTS.get(name)
    if found is None:
        raise Http404("No such list")
    return HttpResponse(found.text(), content_type=MARKDOWN)


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """`/llms.txt`: what Ringfence is and where its pages for machines are."""
    return HttpResponse(twins.llms(), content_type=MARKDOWN)


def _content(request: HttpRequest, kind: Kind, slug: str) -> HttpResponse:
    page = _find(kind, slug)
    before, after = library().neighbours(page)
    context = {
        "page": page,
        "rendered": _own(request, page_html(kind, slug)),
        "see_also": [found for name in page.see_also if (found := library().term(name))],
        "before": before,
        "after": after,
        "current": kind.value,
    }
    return _page(request, kind.name.lower(), context)


def _own(request: HttpRequest, page: Rendered) -> Rendered:
    """The page with this installation's address and, signed in, the reader's own auth id."""
    account = getattr(request, "account", None)
    auth_id = account.auth_id if account else reference.NOBODY
    html = page.html.replace(reference.NOBODY, auth_id)
    return replace(page, html=html.replace(_WRITTEN, escape(settings.PUBLIC_URL)))


def _find(kind: Kind, slug: str) -> Page:
    page = library().find(kind, slug)
    if page is None:
        raise Http404("No such help page")
    return page


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], *, partial: str = ""
) -> HttpResponse:
    context |= {"guides": library().of(Kind.GUIDE)}
    return render_page(request, f"help/{name}.html", context, partial=partial)
