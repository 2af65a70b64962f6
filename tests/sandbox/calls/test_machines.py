"""Answering machines at the other end: waiting for their beep or silence, finding them out."""

from __future__ import annotations

import pytest

from sandbox.network import scripting
from tests.sandbox.calls.conftest import FRIEND
from tests.sandbox.calls.test_outbound import call, on  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaves_message(server):
    """The application leaves its message after this Wait."""

    def how(attributes: str) -> None:
        server.answers["/answer/"] = lambda got: (
            f"<Response><Wait length='60' {attributes}/><Speak>It is ready.</Speak></Response>"
        )

    return how


def voicemail(account, *, seconds: float, beep: bool = True) -> None:
    """The friend's phone is an answering machine."""
    then: list[dict[str, object]] = [{"say": "You have reached Anna.", "seconds": seconds}]
    scripting.set_script(
        account=account,
        number=FRIEND,
        on_ring="answer",
        machine=True,
        then=[*then, {"after": 1, "beep": True}] if beep else then,
    )


def test_a_wait_for_the_beep_leaves_the_message_after_it(frozen, account, call, leaves_message):  # noqa: F811
    leaves_message("beep='true'")
    voicemail(account, seconds=7)
    line = on(account, frozen, call()).live(7)
    assert "It is ready." not in line.heard
    line.live(2)
    assert line.heard == ["You have reached Anna.", "beep", "It is ready."]
    assert {"heard", "beep_heard"} <= set(line.kinds)


def test_a_wait_for_silence_leaves_the_message_when_the_greeting_is_over(
    frozen,
    account,
    call,  # noqa: F811
    leaves_message,
):
    leaves_message("silence='true' minSilence='3000'")
    voicemail(account, seconds=7, beep=False)
    line = on(account, frozen, call()).live(9)
    assert "It is ready." not in line.heard
    line.live(2)
    assert line.heard[-1] == "It is ready."


def test_without_a_beep_the_wait_lasts_its_length(frozen, account, call, leaves_message):  # noqa: F811
    leaves_message("beep='true'")
    voicemail(account, seconds=2, beep=False)
    line = on(account, frozen, call()).live(59)
    assert "It is ready." not in line.heard
    line.live(3)
    assert line.heard[-1] == "It is ready."
