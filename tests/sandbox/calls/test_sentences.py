"""Every kind of line has a sentence that a person can read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from console.core import clock
from sandbox.calls import sentences
from sandbox.calls.models import Leg
from sandbox.calls.sentences import say, source_words, url_words

# Built while the module is read, when no database may be asked for the time.
with clock.use(clock.FrozenClock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))):
    A_LEG = Leg(child=0, to_number="+12065550150")
    B_LEG = Leg(child=3, position=1, to_number="+12025550143")


@pytest.mark.parametrize("kind", sorted(sentences._SENTENCES))
@pytest.mark.parametrize("leg", [A_LEG, B_LEG, None], ids=["a", "b", "none"])
def test_a_line_without_data_is_still_a_sentence(kind, leg):
    assert say(kind, {}, leg).text.strip()


@pytest.mark.parametrize(
    ("kind", "data", "leg", "text"),
    [
        ("leg_answered", {}, B_LEG, "+1 202 555 0143 answers."),
        ("leg_ringing", {}, B_LEG, "The phone of +1 202 555 0143 rings."),
        ("digits", {"digits": "12#"}, A_LEG, "Keys pressed: 12#"),
        (
            "attempt_failed",
            {"attempt": 1, "of": 3},
            A_LEG,
            "Attempt 1 of 3 brought no valid input.",
        ),
        (
            "document_refused",
            {"line": 4, "column": 5, "message": "Speak cannot stand here."},
            A_LEG,
            "The document cannot be run. Line 4, column 5: Speak cannot stand here.",
        ),
        (
            "refused",
            {"saw": "It is not verified."},
            B_LEG,
            "The fence refused +1 202 555 0143: It is not verified.",
        ),
        (
            "hung_up",
            {"cause": 4000, "name": "Normal Hangup", "source": "Caller"},
            A_LEG,
            "The call has ended: Normal Hangup, by the caller.",
        ),
        (
            "attribute_unusable",
            {"message": "timeout is no number."},
            A_LEG,
            "timeout is no number.",
        ),
        ("something_new", {}, A_LEG, "Something new."),
        (
            "routed",
            {"steps": [{"carrier": c, "outcome": o} for c, o in (("A", "failed"), ("B", "taken"))]},
            B_LEG,
            "Goes over the carrier B, after A failed.",
        ),
        (
            "notified",
            {"purpose": "hangup", "event": "Hangup"},
            A_LEG,
            "Tells the hangup URL of the event Hangup.",
        ),
    ],
)
def test_lines_say_what_happened(kind, data, leg, text):
    assert say(kind, data, leg).text == text


def test_causes_that_are_somebodys_fault_are_red():
    assert say("hung_up", {"cause": 8011}, A_LEG).tone == "bad"
    assert say("hung_up", {"cause": 4010}, A_LEG).tone == ""


def test_words_for_urls_and_sources():
    assert url_words("answer") == "the answer URL"
    assert url_words("brew") == "the brew URL"
    assert source_words("Callee") == "the call recipient"
    assert source_words("") == "somebody unknown"
