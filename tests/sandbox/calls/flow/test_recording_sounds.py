"""What a multiparty call hears when its recording begins and ends."""

import pytest

from sandbox.calls.flow import events, rooms
from sandbox.calls.flow.commands import Fetch, Speak

from .talking import hear, mpc, see

AUDIO = 'startRecordingAudio="/on" stopRecordingAudio="/off" enterSound="none" exitSound="none"'
SOUND = "<Response><Speak>You are recorded.</Speak></Response>"


def test_the_first_participant_asks_for_both_sounds_with_their_methods():
    line = see(mpc(f'{AUDIO} stopRecordingAudioMethod="POST"'))
    asked = [(one.purpose, one.url.rpartition("/")[2], one.method) for one in line.of(Fetch)]
    assert asked == [("record_start_sound", "on", "GET"), ("record_stop_sound", "off", "POST")]


def test_the_sounds_are_given_to_the_room():
    line = see(mpc(AUDIO))
    for fetch in line.of(Fetch):
        line.send(events.DocumentFetched(fetch.fetch_id, SOUND))
    given = [(one.when, one.document) for one in line.ever(rooms.RoomSounds)]
    assert given == [("record_start", SOUND), ("record_stop", SOUND)]


def test_a_sound_that_cannot_be_had_is_silence():
    line = see(mpc(AUDIO)).fail()
    assert line.notes("fetch_failed")
    assert not line.state.is_over


def test_a_later_participant_has_no_say_in_it():
    assert not see(mpc(AUDIO), member_id="2").of(Fetch)


def test_a_later_participant_that_wants_a_recording_has():
    assert len(see(mpc(f'{AUDIO} record="true"'), member_id="2").of(Fetch)) == 2


def test_what_is_announced_is_heard_in_the_talk():
    line = hear(see(mpc()), "announced", document=SOUND)
    assert line.one(Speak).text == "You are recorded."


def test_who_waits_hears_it_once_the_talk_begins():
    line = hear(see(mpc(), rooms.WAITING), "announced", document=SOUND)
    assert not line.of(Speak)
    see(line, version=2)
    assert line.one(Speak).text == "You are recorded."
    see(see(line, rooms.HELD, version=3), version=4)
    assert not line.of(Speak)


@pytest.mark.parametrize("view", [{"phase": rooms.HELD}, {"deaf": True}])
def test_who_is_held_or_deaf_does_not_hear_it(view):
    line = hear(see(mpc(), **view), "announced", document=SOUND)
    see(line, version=2)
    assert not line.ever(Speak)
