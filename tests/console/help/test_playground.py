"""The XML playground runs what is pasted and shows what a call would do."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from console.applications.models import Application
from console.help.content import Kind, library
from sandbox.calls.rehearsal.plan import MOST_MOVES
from tests.sandbox.calls.conftest import (  # noqa: F401 - fixtures
    application,
    call_in,
    did,
    rates,
    server,
)
from tests.sandbox.calls.rehearsal.test_agrees import first_document

pytestmark = pytest.mark.django_db
PATH = "/help/playground/"
MENU = (
    '<Response><GetDigits action="/chosen/" numDigits="1"><Speak>Press 1.</Speak></GetDigits>'
    "</Response>"
)
PRESSED = {"move-0-who": "0", "move-0-kind": "keys", "move-0-text": "1", "move-0-at": "3"}
RUNNING = [page.slug for page in library().of(Kind.ELEMENT) if page.runs]


def text_of(client, sent=None, *, path=PATH, status=200, **options) -> str:
    response = client.get(path) if sent is None else client.post(path, sent, **options)
    assert response.status_code == status
    return response.content.decode()


def asked(html: str) -> dict[str, str]:
    """The hidden fields that say what the answers are for."""
    return dict(re.findall(r'name="(reply-\d+-asked)" value="([0-9a-f]+)"', html))


def test_the_page_runs_an_example_that_waits_for_an_answer(client):
    html = text_of(client)
    assert "Press 1 for the weather." in html
    assert "the call waits for the action URL" in html


def test_a_document_alone_is_enough(client):
    html = text_of(client, {"xml": "<Response><Speak>Hello.</Speak></Response>"})
    assert "Says: “Hello.”" in html
    assert "End Of XML Instructions" in html


def test_keys_lead_to_a_request_and_its_answer_leads_on(client):
    html = text_of(client, {"xml": MENU, **PRESSED})
    assert "https://app.example.com/chosen/" in html
    assert "<dt>Digits</dt>" in html
    answer = {
        "reply-0-outcome": "document",
        "reply-0-xml": "<Response><Speak>Sun.</Speak></Response>",
    }
    went_on = text_of(client, {"xml": MENU, **PRESSED, **asked(html), **answer})
    assert "Says: “Sun.”" in went_on
    assert "What your server answered" in went_on


def test_another_key_asks_again_and_keeps_what_was_pasted(client):
    html = text_of(client, {"xml": MENU, **PRESSED})
    answer = {
        "reply-0-outcome": "document",
        "reply-0-xml": "<Response><Speak>Sun.</Speak></Response>",
    }
    again = text_of(client, {"xml": MENU, **PRESSED, "move-0-text": "2", **asked(html), **answer})
    assert "the call waits for the action URL" in again
    assert "Says: “Sun.”" not in again
    assert "&lt;Speak&gt;Sun." in again


def test_going_on_without_an_answer_waits_on(client):
    html = text_of(client, {"xml": MENU, **PRESSED})
    nothing = {"reply-0-outcome": "document", "reply-0-xml": ""}
    assert "the call waits" in text_of(client, {"xml": MENU, **PRESSED, **asked(html), **nothing})


def test_a_server_that_fails_ends_the_call(client):
    html = text_of(client, {"xml": MENU, **PRESSED})
    fails = {"reply-0-outcome": "error", "reply-0-xml": ""}
    ended = text_of(client, {"xml": MENU, **PRESSED, **asked(html), **fails})
    assert "Your server answered 500." in ended
    assert "/help/errors/7012/" in ended


def test_there_is_always_one_empty_row_more(client):
    html = text_of(client, {"xml": MENU, **PRESSED})
    assert 'name="move-1-kind"' in html
    assert 'name="move-2-kind"' not in html


def test_more_rows_than_there_may_be_are_not_read(client):
    rows = {
        f"move-{place}-{name}": value
        for place in range(MOST_MOVES + 5)
        for name, value in (("who", "0"), ("kind", "keys"), ("text", "1"), ("at", "1"))
    }
    html = text_of(client, {"xml": MENU, **rows})
    assert f'name="move-{MOST_MOVES}-kind"' not in html


@pytest.mark.parametrize(
    "wrong",
    [
        {"xml": ""},
        {**PRESSED, "move-0-text": "seven"},
        {**PRESSED, "move-0-at": "soon"},
        {**PRESSED, "move-0-at": "99999999"},
        {**PRESSED, "move-0-who": "9"},
        {**PRESSED, "move-0-kind": "words", "move-0-text": ""},
        {"answer_url": "javascript:alert(1)"},
        {"party-0-does": "explodes"},
        {"party-0-does": "busy", "party-0-after": "-1"},
        {"reply-0-asked": "'><script>", "reply-0-xml": "x"},
    ],
)
def test_web_07_what_cannot_be_is_a_400_and_nothing_runs(client, wrong):
    html = text_of(client, {"xml": MENU, **wrong}, status=400)
    assert "Not run" in html
    assert "What happens" not in html


def test_htmx_gets_the_part_that_changes(client):
    html = text_of(client, {"xml": MENU}, headers={"HX-Request": "true"})
    assert "<html" not in html
    assert 'id="playground"' in html


def test_xml_04_what_is_pasted_is_shown_as_text_with_nothing_hidden(client):
    speak = "<Speak>\u202e&lt;script&gt;alert(1)&lt;/script&gt;</Speak>"
    html = text_of(client, {"xml": f"<Response>{speak}</Response>"})
    story = html.partition('class="story"')[2]
    assert "⟨U+202E⟩&lt;script&gt;" in story
    assert "<script>alert(1)" not in html


def test_a_full_run_is_a_page_of_modest_size(client):
    numbers = "<Number>14155550103</Number>" * 40
    html = text_of(
        client, {"xml": f'<Response><Dial callbackUrl="/e/">{numbers}</Dial></Response>'}
    )
    assert "The rest is left out" in html
    assert len(html) < 130_000


def test_the_reader_sees_their_own_auth_id(client, owner, account):
    client.force_login(owner)
    assert account.auth_id in text_of(client)


def test_nothing_is_kept_and_no_query_made(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        text_of(client, {"xml": MENU, **PRESSED})


def test_a_form_from_elsewhere_is_refused(db):
    assert Client(enforce_csrf_checks=True).post(PATH, {"xml": MENU}).status_code == 403


@pytest.mark.parametrize("slug", RUNNING)
def test_the_example_of_every_element_runs(client, slug):
    html = text_of(client, path=f"{PATH}?element={slug}")
    assert "The document begins to run." in html, slug
    assert "The document cannot be run" not in html


def test_the_checker_hands_its_document_over(client):
    html = text_of(client, path="/help/check-xml/")
    assert f'formaction="{PATH}"' in html


def test_an_application_lends_its_urls(client, owner, account):
    app = Application.objects.create(
        account=account,
        name="Line",
        answer_url="https://line.example.org/answer/",
        fallback_answer_url="https://line.example.org/b/",
    )
    client.force_login(owner)
    page = text_of(client, path=f"/applications/{app.app_id}/")
    assert f"{PATH}?application={app.app_id}" in page
    html = text_of(client, path=f"{PATH}?application={app.app_id}")
    assert "https://line.example.org/answer/" in html
    assert "https://line.example.org/b/" in html


@pytest.fixture
def line(frozen, account, did, server):  # noqa: F811
    """A call whose document was run."""
    server.answers["/answer/"] = lambda got: "<Response><Speak>From the call.</Speak></Response>"
    return call_in(account, frozen).live(30)


def test_a_story_leads_to_its_document_in_the_playground(client, owner, line):
    client.force_login(owner)
    story = text_of(client, path=f"/calls/{line.call_uuid}/")
    (link,) = re.findall(r'href="(/help/playground/[^"]+)"', story)
    assert "Run this document in the playground" in story
    html = text_of(client, path=link.replace("&amp;", "&"))
    assert "&lt;Speak&gt;From the call." in html
    assert "Says: “From the call.”" in html


def test_ten_01_nobody_else_sees_the_document_of_a_call(client, stranger, line):
    path = f"{PATH}?call={line.call_uuid}&document={first_document(line)}"
    assert client.get(path).status_code == 404
    client.force_login(stranger)
    assert client.get(path).status_code == 404


NOBODYS = "7d3c1f7e-52a7-4b5e-9d4a-3a1f0c2b9e10"


@pytest.mark.parametrize(
    "query",
    [
        "call=nothing&document=1",
        f"call={NOBODYS}&document=1",
        f"call={NOBODYS}",
        f"call={NOBODYS}&document=٣",
        f"call={NOBODYS}&document=99999999999999999999",
        "application=21000000000000001",
        "element=nothing",
    ],
)
def test_what_is_not_there_is_a_404(client, owner, query):
    client.force_login(owner)
    assert client.get(f"{PATH}?{query}").status_code == 404
