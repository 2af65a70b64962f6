"""What a multiparty call hears when its recording begins and ends (compat/xml.md section 4)."""

from __future__ import annotations

import pytest

from console.core import outbox
from console.core.models import OutboxRow, OutboxState
from tests.sandbox.calls.conftest import call_in
from tests.sandbox.conferences.conftest import FRIEND, PHONE, room

pytestmark = pytest.mark.django_db
ON, OFF = "You are recorded.", "You are not recorded any more."
NAMED = "MultiPartyCall/name_Support/"
MPC = (
    "<MultiPartyCall role='agent' stayAlone='true' startRecordingAudio='/on/'"
    " stopRecordingAudio='/off/' {}>Support</MultiPartyCall>"
)


@pytest.fixture(autouse=True)
def sounds(server, settings, tmp_path, monkeypatch):
    """The two documents; files of this test alone, and no program of this machine."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setenv("PATH", str(tmp_path))
    server.answers["/on/"] = lambda got: f"<Response><Speak>{ON}</Speak></Response>"
    server.answers["/off/"] = lambda got: f"<Response><Speak>{OFF}</Speak></Response>"


def times(line, text: str) -> int:
    return line.heard.count(text)


def test_a_call_that_is_recorded_from_its_begin_hears_the_sound_when_it_is_there(answers, caller):
    answers(MPC.format("record='true'"))
    first = caller(PHONE)
    assert times(first, ON) == 1
    second = caller(FRIEND)
    assert (times(first, ON), times(second, ON)) == (1, 0)


def test_all_hear_it_when_the_recording_begins_later(answers, caller):
    answers(MPC.format("record='true' recordMinMemberCount='2'"))
    first = caller(PHONE)
    assert times(first, ON) == 0
    second = caller(FRIEND)
    assert (times(first, ON), times(second, ON)) == (1, 1)


def test_who_waited_for_the_talk_hears_it_too(answers, caller):
    answers(
        phone=MPC.format("record='true' startMpcOnEnter='false'"),
        friend="<MultiPartyCall role='agent'>Support</MultiPartyCall>",
    )
    waiting = caller(PHONE)
    assert times(waiting, ON) == 0
    starter = caller(FRIEND)
    assert (times(waiting, ON), times(starter, ON)) == (1, 1)


def test_the_api_begins_and_ends_a_recording_with_both_sounds(api, answers, caller):
    answers(MPC.format(""))
    first, second = caller(PHONE), caller(FRIEND)
    api.post(f"{NAMED}Record/")
    first.live(1)
    assert (times(first, ON), times(second, ON)) == (1, 1)
    api.delete(f"{NAMED}Record/")
    first.live(1)
    assert (times(first, OFF), times(second, OFF)) == (1, 1)
    api.post(f"{NAMED}Record/")
    first.live(1)
    assert times(first, ON) == 2


def test_a_pause_is_silent(api, answers, caller):
    answers(MPC.format("record='true'"))
    line = caller(PHONE)
    api.post(f"{NAMED}Record/Pause/")
    api.post(f"{NAMED}Record/Resume/")
    line.live(1)
    assert (times(line, ON), times(line, OFF)) == (1, 0)


def test_a_sound_that_is_not_there_is_left_out(server, answers, caller):
    server.answers["/on/"] = lambda got: "no document"
    answers(MPC.format("record='true'"))
    line = caller(PHONE)
    assert not line.call.is_over
    assert room().recording == "recording"
    assert times(line, ON) == 0


def test_a_recording_that_ended_before_its_sound_was_there_owes_it_to_nobody(
    account, api, answers, frozen
):
    answers(MPC.format("record='true'"))
    line = call_in(account, frozen).live(leave=("call.fetch",))
    outbox.run(OutboxRow.objects.get(kind="call.fetch", state=OutboxState.PENDING).pk)
    assert api.delete(f"{NAMED}Record/").status_code == 204
    line.live(1)
    assert times(line, ON) == 0
    api.post(f"{NAMED}Record/")
    line.live(1)
    assert times(line, ON) == 1
