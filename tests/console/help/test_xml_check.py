"""The XML checker says what a call would make of a document."""

from __future__ import annotations

import pytest
from django.test import Client

from console.help.xml_check import EXAMPLE, check

pytestmark = pytest.mark.django_db
PATH = "/help/check-xml/"


def text_of(client, xml):
    response = client.post(PATH, {"xml": xml})
    assert response.status_code == 200
    return response.content.decode()


def test_the_example_on_the_page_is_one_that_a_call_runs_in_full():
    report = check(EXAMPLE)
    assert (report.error, report.notices) == (None, ())
    assert [one.name for one in report.branches] == ["Response", "GetDigits", "Speak", "Speak"]


def test_an_unknown_element_is_named_with_its_line_and_column(client):
    html = text_of(client, "<Response>\r\n  <Speak>Hi</Speak>\r\n  <Dail>+1</Dail>\r\n</Response>")
    assert "Line 3, column 3" in html
    assert "Dail" in html
    assert 'tree__row--wrong"><span class="tree__no">3</span><pre>  &lt;Dail&gt;' in html


def test_an_attribute_that_has_no_effect_is_told_and_the_document_still_runs(client):
    html = text_of(client, '<Response><Speak volume="11">Hi</Speak></Response>')
    assert "A call runs this document" in html
    assert "volume" in html.partition("Read otherwise than written")[2].partition("</table>")[0]


@pytest.mark.parametrize(
    "xml",
    [
        "<!DOCTYPE x [<!ENTITY a 'b'>]><Response/>",
        "<Response>" * 9 + "</Response>" * 9,
        "<Response>" + "<Hangup/>" * 201 + "</Response>",
        "not xml",
        "\ud800",
        "<Response><Number>+14155550100</Number></Response>",
    ],
)
def test_xml_01_a_document_that_breaks_a_rule_is_refused_as_in_a_call(xml):
    assert check(xml).error is not None


def test_what_is_pasted_is_shown_as_text_with_nothing_hidden(client):
    html = text_of(client, "<Response>\n<b>\u202e<script>alert(1)</script></b></Response>")
    assert "⟨U+202E⟩&lt;script&gt;" in html
    assert "<script>alert(1)" not in html


def test_nothing_is_a_400_beside_the_field(client):
    response = client.post(PATH, {"xml": ""})
    assert response.status_code == 400
    assert 'id="id_xml_error"' in response.content.decode()


def test_web_07_a_nul_is_a_400(client):
    assert client.post(PATH, {"xml": "<Response>\0</Response>"}).status_code == 400


def test_a_form_from_elsewhere_is_refused(db):
    assert Client(enforce_csrf_checks=True).post(PATH, {"xml": EXAMPLE}).status_code == 403
