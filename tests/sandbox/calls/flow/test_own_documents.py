"""Documents of the platform's own: at the start of a call, or given to one that runs."""

from sandbox.calls.flow import events
from sandbox.calls.flow.commands import Fetch, Speak, StopPrompt

from .line import Line

OWN = "<Response><Speak>ours</Speak></Response>"


def test_a_call_with_a_document_asks_no_answer_url():
    line = Line(direction="outbound", document=OWN).begin()
    assert not line.ever(Fetch)
    assert line.one(Speak).text == "ours"


def test_a_document_that_is_given_replaces_what_runs():
    line = Line().run("<Speak>theirs</Speak>", "<Speak>next</Speak>")
    line.send(events.DocumentGiven(OWN))
    assert line.of(StopPrompt)
    assert line.one(Speak).text == "ours"
    assert line.said().ended_with == 4010


def test_a_call_that_rings_takes_no_document():
    line = Line().send(events.IncomingCall())
    assert line.send(events.DocumentGiven(OWN)).last == ()


def test_a_document_that_cannot_be_read_ends_the_call():
    line = Line().run("<Wait/>").send(events.DocumentGiven("<Nonsense/>"))
    assert line.ended_with == 8011
