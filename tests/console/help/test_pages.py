"""The pages of the help center, as somebody meets them who is not signed in."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django_cotton.compiler_regex import CottonCompiler

from console.core.outcomes import OUTCOMES
from console.help import families, list_twins, outcome_table, reference
from console.help.content import Kind, library

pytestmark = pytest.mark.django_db

LISTS = [
    "/help/",
    "/help/glossary/",
    "/help/errors/",
    "/help/outcome-numbers/",
    "/help/xml/",
    "/help/check-xml/",
    "/help/playground/",
    "/help/search/",
    "/help/search/?q=busy",
]
SINGLE = [page.url for page in library()]


@pytest.mark.parametrize("path", LISTS + SINGLE)
def test_every_page_opens_without_signing_in_and_without_a_query(
    path, client, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("<h1") == 1
    assert "<c-" not in html
    assert "style=" not in html


@pytest.mark.parametrize("path", LISTS)
def test_every_list_stays_under_sixty_kilobytes(path, client):
    assert len(client.get(path).content) <= 60_000


@pytest.mark.parametrize("path", LISTS + SINGLE)
def test_no_id_occurs_twice_on_a_page(path, client):
    ids = re.findall(r'\sid="([^"]+)"', client.get(path).content.decode())
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(
    "path",
    [
        "/help/glossary/nothing/",
        "/help/glossary/nothing/tip/",
        "/help/guides/did/",
        "/help/errors/31337/",
        "/help/glossary/nothing.md",
    ],
)
def test_a_page_that_does_not_exist_is_not_found(path, client):
    assert client.get(path).status_code == 404


def test_a_page_is_not_written_to(client):
    assert client.post("/help/glossary/did/").status_code == 405


def test_the_tip_is_a_fragment_with_the_short_text_and_a_link(client):
    html = client.get("/help/glossary/did/tip/").content.decode()
    assert library().term("did").short in html
    assert 'href="/help/glossary/did/"' in html
    assert "<html" not in html


def test_the_table_of_outcome_numbers_shows_each_number_once(client):
    html = client.get("/help/outcome-numbers/").content.decode()
    for outcome in OUTCOMES:
        assert html.count(f'data-copy="{outcome.number}"') == 1


def test_every_outcome_that_fails_leads_to_the_page_of_its_cause():
    for group in outcome_table.groups():
        for row in group.rows:
            outcome = row.outcome
            fails = outcome.message.error if outcome.made_for_messages else outcome.call.cause
            assert (row.cause is not None) == (fails is not None)


def test_every_error_page_is_in_one_family():
    listed = [page.slug for family in families.families() for page in family.pages]
    assert sorted(listed) == sorted(page.slug for page in library().of(Kind.ERROR))


def test_the_search_finds_a_code_first(client):
    html = client.get("/help/search/", {"q": "3010"}).content.decode()
    assert re.search(r'<ol class="help__results">\s*<li>\s*<a href="/help/errors/3010/">', html)


def test_the_search_says_so_when_nothing_is_found(client):
    html = client.get("/help/search/", {"q": "zzzyx"}).content.decode()
    assert "Nothing about that here" in html


def test_htmx_gets_the_results_alone(client):
    response = client.get("/help/search/", {"q": "did"}, headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "<html" not in html
    assert "/help/glossary/did/" in html
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", "\u202eDID", "９９", "x" * 5000])
def test_a_strange_query_is_shown_as_text_and_breaks_nothing(query, client):
    response = client.get("/help/search/", {"q": query})
    assert response.status_code in {200, 400}
    assert b"<script>alert" not in response.content


def test_the_markdown_twin_has_title_body_and_related_terms(client):
    response = client.get("/help/glossary/did.md")
    assert response["Content-Type"].startswith("text/markdown")
    text = response.content.decode()
    assert text.startswith("# DID\n")
    assert "[Application](/help/glossary/application.md)" in text


def test_llms_txt_lists_every_page_that_has_a_twin(client):
    text = client.get("/llms.txt").content.decode()
    paths = re.findall(r"\]\((/help/[^)]+)\)", text)
    assert len(paths) == len(list(library())) + len(list_twins.LISTS) + 1  # and OpenAPI
    assert all(client.get(path).status_code == 200 for path in paths[::10])


def _cotton(text: str) -> str:
    return engines["django"].from_string(CottonCompiler().process(text)).render()


def test_a_term_in_a_template_links_to_its_page_and_carries_its_short_text():
    html = _cotton('<c-term slug="did">DIDs</c-term>, and so on')
    assert html.startswith('<a class="term" href="/help/glossary/did/"')
    assert "data-tip=" in html
    assert "DIDs</a>, and so on" in html


def test_a_term_that_does_not_exist_stays_plain_text():
    assert _cotton('<c-term slug="nothing">word</c-term>') == "word"


def test_every_term_named_in_a_template_exists():
    folder = Path(settings.BASE_DIR) / "templates"
    for file in folder.rglob("*.html"):
        for slug in re.findall(r'<c-term\s+slug="([^"{]+)"', file.read_text("utf-8")):
            assert library().term(slug), f"{file}: {slug}"


def test_signed_in_people_read_the_same_page(client, owner):
    client.force_login(owner)
    assert client.get("/help/glossary/did/").status_code == 200


def test_a_guide_carries_this_installations_address_and_the_readers_own_auth_id(
    client, owner, account, settings
):
    settings.PUBLIC_URL = "https://ringfence.example.org"
    path = "/help/guides/use-the-sdks/"
    stranger = client.get(path).content.decode()
    client.force_login(owner)
    mine = client.get(path).content.decode()
    for html in (stranger, mine):
        assert "127.0.0.1:8000" not in html
        assert "https://ringfence.example.org" in html.partition("BASE =")[2][:60]
    assert f"PLIVO_AUTH_ID={account.auth_id}" in mine
    assert "PLIVO_AUTH_ID=MAXXXXXXXXXXXXXXXXXX" in stranger


def test_a_guide_says_plainly_which_sdks_our_tests_drive(client):
    driven = client.get("/help/guides/use-the-sdks/").content.decode()
    others = client.get("/help/guides/more-sdks/").content.decode()
    assert "<strong>Driven by our tests.</strong>" in driven
    assert "<strong>Not driven by our tests.</strong>" in others


@pytest.mark.parametrize("language", ["java", "go", "ruby", "php", "c"])
def test_each_other_sdk_is_turned_to_this_installations_address(client, language, settings):
    settings.PUBLIC_URL = "https://ringfence.example.org"
    html = client.get("/help/guides/more-sdks/").content.decode()
    part = html.partition(f'<h2 id="{language}">')[2].partition("<h2 id=")[0]
    assert "https://ringfence.example.org" in part


@pytest.mark.parametrize("name", list(list_twins.LISTS))
def test_a_lists_twin_is_markdown_and_its_page_leads_there(name, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(f"/help/{name}.md")
    assert response["Content-Type"].startswith("text/markdown")
    assert response.content.decode().startswith(f"# {list_twins.LISTS[name].title}\n")
    page = client.get(f"/help/{name}/").content.decode()
    assert f'<link rel="alternate" type="text/markdown" href="/help/{name}.md">' in page


@pytest.mark.parametrize("name", list(list_twins.LISTS))
def test_every_link_of_a_lists_twin_leads_somewhere(name, client):
    text = client.get(f"/help/{name}.md").content.decode()
    paths = {path.partition("#")[0] for path in re.findall(r"\]\((/[^)]+)\)", text)}
    assert paths
    assert [path for path in paths if client.get(path).status_code != 200] == []


def test_the_twin_of_the_elements_has_each_of_them_once(client):
    text = client.get("/help/xml.md").content.decode()
    for page in library().of(Kind.ELEMENT):
        assert text.count(f"](/help/xml/{page.slug}.md)") == 1


def test_the_twin_of_an_element_says_where_it_stands(client):
    text = client.get("/help/xml/speak.md").content.decode()
    assert "Stands in: Response, GetDigits, PreAnswer." in text


def test_the_twin_of_the_outcome_numbers_has_each_of_them_once(client):
    text = client.get("/help/outcome-numbers.md").content.decode()
    for outcome in OUTCOMES:
        assert text.count(f"| {outcome.number} |") == 1


def test_the_twin_of_the_api_has_every_operation(client):
    text = client.get("/help/api.md").content.decode()
    for chapter in reference.chapters():
        for entry in chapter.entries:
            assert f"(/help/api/{chapter.slug}/#{entry.anchor})" in text


def test_a_list_without_a_twin_is_not_found(client):
    assert client.get("/help/search.md").status_code == 404
