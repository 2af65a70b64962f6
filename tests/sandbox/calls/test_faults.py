"""Answer URLs that are dead, slow, wrong or endless: the right cause, told with its place."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from console.applications.models import Application
from console.core.models import OutboxRow
from console.records.models import Cdr
from sandbox.calls import sweep
from sandbox.calls.models import Call
from sandbox.calls.telling import tell
from sandbox.webhooks.chaos import Fault
from sandbox.webhooks.faults import Wanted, set_faults
from tests.sandbox.calls.conftest import call_in

pytestmark = pytest.mark.django_db
GOOD = "<Response><Speak>All is well.</Speak></Response>"


@pytest.fixture
def fallback(application: Application, server) -> None:
    """The application has a fallback URL that works."""
    application.fallback_answer_url = f"{server.url}/fallback/"
    application.save(update_fields=["fallback_answer_url"])
    server.answers["/fallback/"] = lambda got: GOOD


def answers_with(application: Application, url: str) -> None:
    application.answer_url = url
    application.save(update_fields=["answer_url"])


BAD_DOCUMENTS = {
    "empty": "",
    "not_xml": "just words",
    "html": "<html><body>Hello</body></html>",
    "json": '{"Response": []}',
    "cut_off": "<Response><Speak>Hello",
    "doctype": '<!DOCTYPE r [<!ENTITY a "b">]><Response><Speak>&a;</Speak></Response>',
    "wrong_nesting": "<Response><Dial><Speak>no</Speak></Dial></Response>",
    "unknown": "<Response><Yodel/></Response>",
}


@pytest.mark.parametrize("fault", sorted(BAD_DOCUMENTS))
def test_a_document_that_cannot_be_run_ends_the_call_with_8011(frozen, account, did, server, fault):
    server.answers["/answer/"] = lambda got: BAD_DOCUMENTS[fault]
    line = call_in(account, frozen).live(30)
    assert line.cdr.hangup_code == 8011
    assert line.cdr.hangup_source == "Error"
    assert line.line("document_refused")["message"]


def test_xml_01_the_story_names_line_and_column(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: (
        "<Response>\n  <Speak>Hi</Speak>\n  <Dial>\n    <Speak>no</Speak>\n  </Dial>\n</Response>"
    )
    line = call_in(account, frozen).live(30)
    refused = line.line("document_refused")
    assert (refused["line"], refused["column"], refused["element"]) == (4, 5, "Speak")
    assert refused["code"] == "wrong_nesting"


@pytest.mark.parametrize("status", [404, 500, 302])
def test_an_answer_url_that_says_no_ends_the_call_with_7011(frozen, account, did, server, status):
    server.answers["/answer/"] = lambda got: GOOD
    server.status["/answer/"] = status
    line = call_in(account, frozen).live(30)
    assert line.cdr.hangup_code == 7011
    told = line.line("fetch_failed")
    assert told["http_status"] == status
    assert str(status) in told["sentence"]


def test_hook_03_a_500_is_tried_twice_and_then_the_fallback_answers(
    frozen, account, did, server, fallback
):
    server.status["/answer/"] = 500
    line = call_in(account, frozen).live(30)
    assert len(server.seen("/answer/")) == 2
    (got,) = server.seen("/fallback/")
    assert got.params["Event"] == "StartApp"
    assert got.params["RequestedURL"] == f"{server.url}/answer/"
    assert got.params["HTTPMethod"] == "POST"
    assert line.heard == ["All is well."]
    assert line.cdr.hangup_code == 4010


def test_a_dead_answer_url_falls_back(frozen, account, did, server, application, fallback):
    answers_with(application, "http://127.0.0.1:9/answer/")
    line = call_in(account, frozen).live(30)
    assert line.heard == ["All is well."]
    assert line.line("fetch_failed")["reason"] == "connect"


def test_bad_xml_falls_back_too(frozen, account, did, server, fallback):
    server.answers["/answer/"] = lambda got: "nothing useful"
    line = call_in(account, frozen).live(30)
    assert line.heard == ["All is well."]


def test_a_slow_answer_url_is_given_up_after_its_time(frozen, account, did, server, application):
    def slow(got):
        time.sleep(1.2)
        return GOOD

    server.answers["/slow/"] = slow
    answers_with(application, f"{server.url}/slow/#rt=300&tt=400&rc=0")
    line = call_in(account, frozen).live(30)
    assert line.cdr.hangup_code == 7011
    assert line.line("fetch_failed")["reason"] == "timeout"


def test_ssrf_06_a_private_address_is_never_asked(
    frozen, account, did, server, application, settings
):
    settings.WEBHOOK_ALLOW_NETS = []
    server.answers["/answer/"] = lambda got: GOOD
    line = call_in(account, frozen).live(30)
    assert line.cdr.hangup_code == 7011
    assert line.line("fetch_failed")["reason"] == "not_allowed"
    assert not server.received


def test_xml_02_an_endless_redirect_ends_with_xml_loop(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: (
        f"<Response><Redirect>{server.url}/answer/</Redirect></Response>"
    )
    line = call_in(account, frozen).live(60)
    assert line.cdr.hangup_code == 7014
    assert line.line("hung_up")["reason"] == "xml_loop"
    assert len(server.seen("/answer/")) == 10
    assert f"{server.url}/answer/" in line.line("xml_loop")["urls"]


@pytest.mark.parametrize(
    ("document", "cause"),
    [
        ("<Response><Redirect>ftp://example.com/</Redirect></Response>", 7024),
        ("<Response><Redirect method='PUT'>/next/</Redirect></Response>", 7034),
        ("<Response><Redirect>/gone/</Redirect></Response>", 7014),
        ("<Response><Redirect>/words/</Redirect></Response>", 8014),
        ("<Response><Hangup reason='rejected'/></Response>", 3020),
        ("<Response><Hangup reason='busy'/></Response>", 3010),
        ("<Response><Hangup/></Response>", 4000),
        ("<Response/>", 4010),
        ("<Response><Hangup schedule='5'/><Wait length='60'/></Response>", 6000),
    ],
)
def test_documents_end_calls_with_their_cause(frozen, account, did, server, document, cause):
    server.answers["/answer/"] = lambda got: document
    server.answers["/words/"] = lambda got: "words"
    line = call_in(account, frozen).live(60)
    assert line.cdr.hangup_code == cause


def test_a_rejected_call_was_never_answered_and_costs_nothing(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: "<Response><Hangup reason='rejected'/></Response>"
    line = call_in(account, frozen).live(10)
    assert line.cdr.answered_at is None
    assert (line.cdr.duration, line.cdr.amount) == (0, 0)
    assert line.phone.hangup_cause == "CALL_REJECTED"


def test_a_preanswer_speaks_before_billing_begins(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: (
        "<Response><PreAnswer><Speak>Please hold on.</Speak></PreAnswer>"
        "<Speak>Now it counts.</Speak></Response>"
    )
    line = call_in(account, frozen).live(30)
    assert line.heard == ["Please hold on.", "Now it counts."]
    assert line.cdr.answered_at > line.cdr.initiated_at


def test_every_call_leaves_exactly_one_record_and_nothing_waiting(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: GOOD
    for document in BAD_DOCUMENTS.values():
        server.answers["/answer/"] = lambda got, document=document: document
        call_in(account, frozen).live(700)
    assert Cdr.objects.count() == len(BAD_DOCUMENTS)
    assert not OutboxRow.objects.exclude(state="done").exists()


def test_bytes_that_are_no_text_are_told_once_with_their_place(
    frozen, account, did, server, client, owner
):
    server.answers["/answer/"] = lambda got: "<Response>\n<Speak>\0</Speak></Response>"
    line = call_in(account, frozen).live(30)
    assert line.cdr.hangup_code == 8011
    client.force_login(owner)
    page = client.get(f"/calls/{line.call_uuid}/").content.decode()
    assert page.count("The document cannot be run") == 1
    assert "The answer URL answers 200" in page


def test_after_a_week_the_story_keeps_its_lines_and_loses_the_bodies(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: GOOD
    line = call_in(account, frozen).live(30)
    told = line.line("document_fetched")
    assert told["body"] == GOOD
    assert told["params"]["CallUUID"] == str(line.call_uuid)
    sweep.trim_stories()
    assert line.line("document_fetched") == told
    frozen.advance(days=8)
    sweep.trim_stories()
    kept = line.line("document_fetched")
    assert "body" not in kept
    assert "params" not in kept
    assert kept["http_status"] == 200
    sweep.prune_calls()
    frozen.advance(days=90)
    sweep.prune_calls()
    assert not Call.objects.exists()


# Faults that the application's owner asked for


def suffer(application: Application, fault: Fault, **fields) -> None:
    wanted = Wanted(fault=fault, share=100, lasting=timedelta(hours=1), **fields)
    set_faults(application=application, wanted=wanted, actor="system")


@pytest.mark.parametrize(
    ("fault", "cause", "asked"),
    [
        (Fault(status=503), 7011, 0),
        (Fault(drop=True), 7011, 0),
        (Fault(corrupt=True), 8011, 1),
    ],
)
def test_a_fault_on_demand_ends_the_call_as_the_real_one_would_and_the_story_says_why(
    frozen, account, did, server, application, fault, cause, asked
):
    server.answers["/answer/"] = lambda got: GOOD
    suffer(application, fault, notifications=False)
    line = call_in(account, frozen).live(30)
    assert line.cdr.hangup_code == cause
    assert len(server.seen("/answer/")) == asked
    call = Call.objects.get(call_uuid=line.call_uuid)
    lines = tell(call, list(call.legs.all()), list(call.events.all())).lines
    assert any(fault.sentence in one.more for one in lines)


def test_a_doubled_notification_tells_the_hangup_url_twice_under_one_delivery(
    frozen, account, did, server, application
):
    server.answers["/answer/"] = lambda got: GOOD
    suffer(application, Fault(double=True), fetches=False)
    call_in(account, frozen).live(30)
    told = [got for got in server.seen("/answer/") if got.params["Event"] == "Hangup"]
    told += server.seen("/hangup/")
    assert len(told) == 2
    assert len({got.headers["X-Ringfence-Delivery"] for got in told}) == 1
