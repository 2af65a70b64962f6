"""Message: what is sent, and that the call goes on at once (compat/xml.md section 2)."""

from __future__ import annotations

import pytest

from sandbox.calls.flow.commands import Answer, Speak
from sandbox.calls.flow.verbs.message import SendMessage

from .line import Line

PARTIES = 'src="13035550102" dst="14155550103"'


def texting(attributes: str = PARTIES, text: str = "Hello.") -> Line:
    return Line().run(f"<Message {attributes}>{text}</Message>", "<Speak>next</Speak>")


def test_a_text_is_sent_and_the_next_element_runs_at_once():
    line = texting(f'{PARTIES} type="mms" callbackUrl="/told#rc=2" callbackMethod="GET"')
    sent = line.one(SendMessage)
    assert (sent.src, sent.dst, sent.text) == ("13035550102", "14155550103", "Hello.")
    assert (sent.type, sent.callback_method, sent.settings) == ("mms", "GET", "rc=2")
    assert sent.callback_url == "https://app.example.com/told"
    assert line.one(Speak).text == "next"


def test_the_callback_of_a_text_is_told_with_post_unless_something_else_is_written():
    sent = texting(f'{PARTIES} callbackUrl="/told"').one(SendMessage)
    assert (sent.callback_url, sent.callback_method) == ("https://app.example.com/told", "POST")


def test_a_text_without_a_callback_is_an_sms_that_nobody_hears_of():
    line = texting(f'{PARTIES} type=""')
    sent = line.one(SendMessage)
    assert (sent.type, sent.callback_url, sent.callback_method) == ("sms", "", "POST")
    assert line.notes("notify_skipped") == []


def test_a_text_alone_does_not_answer_the_call():
    assert Line().run(f"<Message {PARTIES}>Hello.</Message>").ever(Answer) == []


@pytest.mark.parametrize("attributes", ['src="13035550102"', 'dst="14155550103"', ""])
def test_a_text_without_both_parties_is_passed_over_with_a_note(attributes):
    line = texting(attributes)
    assert line.ever(SendMessage) == []
    assert line.notes("message_incomplete") == [{"reason": "A Message needs both src and dst."}]
    assert line.one(Speak).text == "next"


@pytest.mark.parametrize(
    ("url", "method"), [("ftp://app.example.com/told", "GET"), ("/told", "PUT")]
)
def test_a_text_whose_callback_cannot_be_told_is_sent_all_the_same(url, method):
    line = texting(f'{PARTIES} callbackUrl="{url}" callbackMethod="{method}"')
    sent = line.one(SendMessage)
    assert (sent.callback_url, sent.callback_method, sent.settings) == ("", "POST", "")
    assert line.notes("notify_skipped") == [{"url": url, "method": method}]
