"""Record, on a call that a phone makes: rows, files, what the URLs are told."""

from __future__ import annotations

import wave
from array import array
from datetime import timedelta

import pytest
from plivo import plivoxml

from console.core import outbox
from console.core.models import OutboxRow
from sandbox.network.phones import Action, Deed, perform
from sandbox.recordings import files
from sandbox.recordings.models import Recording
from sandbox.webhooks.chaos import Fault
from sandbox.webhooks.faults import Wanted, set_faults
from sandbox.webhooks.models import WebhookDelivery
from tests.sandbox.calls.conftest import FRIEND, act, call_in, ringing_at

pytestmark = pytest.mark.django_db
FACTS = {
    "RecordUrl",
    "RecordingID",
    "RecordingDuration",
    "RecordingDurationMs",
    "RecordingStartMs",
    "RecordingEndMs",
}


def answers(server, *elements, path="/answer/"):
    """The server answers with these elements."""
    response = plivoxml.ResponseElement()
    for element in elements:
        response.add(element)
    server.answers[path] = lambda got: response.to_string()


def record(server, **attributes):
    """A Record whose action and callback are the server's."""
    server.answers["/recorded/"] = lambda got: "<Response><Hangup/></Response>"
    server.answers["/ready/"] = lambda got: "ok"
    attributes = {"file_format": "wav", **attributes}
    return plivoxml.RecordElement(
        action=f"{server.url}/recorded/", callback_url=f"{server.url}/ready/", **attributes
    )


def tracks_of(recording: Recording) -> list[array[int]]:
    """The samples of each channel."""
    with wave.open(str(files.path_of(recording))) as file:
        assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
        channels = file.getnchannels()
        samples = array("h", file.readframes(file.getnframes()))
    return [samples[number::channels] for number in range(channels)]


def loudness(samples: array[int], start: float, end: float) -> int:
    """The loudest sample between two moments in seconds."""
    return max(map(abs, samples[int(start * 8000) : int(end * 8000)]), default=0)


def say(line, text: str) -> None:
    assert perform(line.phone, Action(Deed.SAY, text[:20], text=text))


@pytest.fixture
def spoken(frozen, account, did, server):
    """A caller who says something after two seconds and presses # after five more."""
    answers(server, record(server))
    line = call_in(account, frozen).live(2)
    say(line, "Please call me back")
    line.live(5).press("#").live(60)
    return line


def test_the_action_url_is_told_where_the_recording_is(spoken, server):
    (got,) = server.seen("/recorded/")
    recording = Recording.objects.get()
    assert set(got.params) > FACTS
    assert got.params["RecordingID"] == str(recording.recording_id)
    assert got.params["RecordingDuration"] == "7"
    assert got.params["RecordingDurationMs"] == "7000"
    assert int(got.params["RecordingEndMs"]) - int(got.params["RecordingStartMs"]) == 7000
    assert (got.params["Digits"], got.params["RecordingEndReason"]) == ("#", "FinishedOnKey")
    assert recording.link_key in got.params["RecordUrl"]
    assert got.params["CallUUID"] == str(spoken.call_uuid)


def test_the_callback_url_is_told_when_the_file_is_there(spoken, server):
    (got,) = server.seen("/ready/")
    assert set(got.params) > FACTS
    assert got.params["Event"] == "RecordStop"
    assert "Digits" not in got.params


def test_the_file_is_a_stereo_wav_of_what_was_on_the_line(spoken):
    caller, platform = tracks_of(Recording.objects.get())
    assert len(caller) == len(platform) == 7 * 8000
    assert loudness(caller, 0, 1.9) == 0
    assert loudness(caller, 2, 3) > 1000
    assert loudness(caller, 5, 6.9) == 0
    assert loudness(platform, 0, 0.4) > 1000  # the beep
    assert loudness(platform, 0.5, 7) == 0


def test_a_mono_recording_has_both_in_one(frozen, account, did, server):
    answers(server, record(server, record_channel_type="mono", max_length=5))
    line = call_in(account, frozen).live(2)
    say(line, "Hello")
    line.live(60)
    (mixed,) = tracks_of(Recording.objects.get())
    assert len(mixed) == 5 * 8000
    assert loudness(mixed, 0, 0.4) > 1000
    assert loudness(mixed, 2, 2.3) > 1000
    assert loudness(mixed, 3, 5) == 0


def test_a_session_recording_has_the_prompts_that_follow(frozen, account, did, server):
    answers(
        server,
        record(server, record_session=True, redirect=False, max_length=3600),
        plivoxml.WaitElement(length=3),
        plivoxml.SpeakElement("This call is recorded."),
        plivoxml.WaitElement(length=2),
    )
    call_in(account, frozen).live(60)
    (got,) = server.seen("/recorded/")
    assert got.params["RecordingDuration"] == got.params["RecordingEndMs"] == "-1"
    recording = Recording.objects.get()
    assert (recording.kind, recording.end_reason) == ("call", "HangUp")
    _, platform = tracks_of(recording)
    assert loudness(platform, 0, 2.9) == 0
    assert loudness(platform, 3, 4.3) > 1000
    assert loudness(platform, 4.5, 6) == 0
    (ready,) = server.seen("/ready/")
    assert int(ready.params["RecordingDurationMs"]) == recording.duration_ms > 6000


def test_a_session_recording_is_no_longer_than_it_may_be(frozen, account, did, server):
    answers(
        server,
        record(server, record_session=True, redirect=False, max_length=4),
        plivoxml.WaitElement(length=30),
    )
    line = call_in(account, frozen).live(10)
    recording = Recording.objects.get()
    assert (recording.duration_ms, recording.end_reason) == (4000, "MaxLength")
    assert line.call.phase == "live"


def test_a_recording_that_waits_for_a_dial_begins_with_its_answer(
    frozen, account, did, server, proved
):
    answers(
        server,
        record(server, start_on_dial_answer=True, redirect=False, max_length=600),
        plivoxml.DialElement().add(plivoxml.NumberElement(FRIEND[1:])),
    )
    line = call_in(account, frozen).live(8)
    assert Recording.objects.get().state == "waiting"
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(5)
    assert Recording.objects.get().state == "recording"
    act(ringing_at(FRIEND), Deed.SAY, text="I hear you well")
    line.live(3).hang_up().live(30)
    recording = Recording.objects.get()
    assert 7900 <= recording.duration_ms <= 8100
    caller, platform = tracks_of(recording)
    assert loudness(caller, 0, 8) == 0
    assert loudness(platform, 5, 6) > 1000


def test_a_recording_that_waits_for_nobody_is_void(frozen, account, did, server):
    answers(server, record(server, start_on_dial_answer=True, redirect=False))
    line = call_in(account, frozen).live(30)
    assert Recording.objects.get().state == "void"
    assert "recording_void" in line.kinds
    assert server.seen("/ready/") == []


def test_a_hangup_ends_the_recording_and_tells_the_action(frozen, account, did, server):
    answers(server, record(server))
    call_in(account, frozen).live(4).hang_up().live(10)
    (got,) = server.seen("/recorded/")
    assert got.params["RecordingEndReason"] == "HangUp"
    assert got.params["RecordingDuration"] == "4"
    assert server.seen("/ready/")


def test_telephone_time_counts_at_another_time_scale(frozen, account, did, server, settings):
    settings.TIME_SCALE = 10
    answers(server, record(server, max_length=20, timeout=60))
    call_in(account, frozen).live(30)
    recording = Recording.objects.get()
    assert recording.duration_ms == 20_000
    assert len(tracks_of(recording)[0]) == 20 * 8000


def test_without_an_encoder_an_mp3_is_a_wav_and_says_so(frozen, account, did, server):
    answers(server, record(server, file_format="mp3", max_length=3))
    line = call_in(account, frozen).live(30)
    recording = Recording.objects.get()
    assert (recording.asked_format, recording.file_format) == ("mp3", "wav")
    assert line.line("recording_started")["format"] == "wav"
    (got,) = server.seen("/recorded/")
    assert got.params["RecordUrl"].endswith(".wav")


def test_keys_that_must_not_be_shown_are_not_in_the_sound_either(frozen, account, did, server):
    secret = plivoxml.GetDigitsElement(action=f"{server.url}/x/", log=False, num_digits=4)
    answers(server, record(server, record_session=True, redirect=False), secret)
    server.answers["/x/"] = lambda got: "<Response/>"
    call_in(account, frozen).live(2).press("1234").live(20)
    caller, _ = tracks_of(Recording.objects.get())
    assert loudness(caller, 0, 60) == 0


def test_rel_01_a_file_whose_worker_was_killed_is_made_again(frozen, account, did, server):
    answers(server, record(server, max_length=3))
    call_in(account, frozen).live(30, leave=("recording.make",))
    recording = Recording.objects.get()
    assert recording.state == "processing"
    row = OutboxRow.objects.get(kind="recording.make")
    handler = outbox.HANDLERS["recording.make"]
    handler(row.payload, row)
    size = files.path_of(recording).stat().st_size
    handler(row.payload, row)  # and once more, as after a kill
    assert files.path_of(recording).stat().st_size == size > 44
    assert OutboxRow.objects.filter(kind="webhooks.notify").count() == len(
        {one.dedupe_key for one in OutboxRow.objects.filter(kind="webhooks.notify")}
    )
    assert Recording.objects.get().state == "ready"
    assert not list(files.folder().glob(".making-*"))


def test_otp_16_a_platform_call_is_never_recorded(frozen, account, did):
    from sandbox.calls.flow.commands import StartRecording
    from sandbox.calls.models import Call
    from sandbox.calls.work import Work
    from sandbox.recordings import live

    call = Call(account=account, platform=True, direction="outbound")
    live.start(Work(call, at=frozen.now()), StartRecording(3, "wav", 2))
    assert not Recording.objects.exists()


def test_a_fault_of_the_application_reaches_the_notice_of_a_recording(application, server, request):
    wanted = Wanted(fault=Fault(drop=True), share=100, lasting=timedelta(hours=1), fetches=False)
    set_faults(application=application, wanted=wanted, actor="system")
    request.getfixturevalue("spoken")
    tries = WebhookDelivery.objects.filter(purpose="recording")
    assert server.seen("/ready/") == []
    assert {row.application for row in tries} == {application.app_id}
    assert all(row.fault for row in tries)
