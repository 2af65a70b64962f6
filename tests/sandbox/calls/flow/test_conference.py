"""Conference: into the room, in it, and out of it again (compat/xml.md section 4)."""

import pytest

from sandbox.calls.flow import events, rooms
from sandbox.calls.flow.commands import (
    Answer,
    Beep,
    Fetch,
    Notify,
    Play,
    Speak,
    StopPrompt,
)

from .line import Line
from .talking import AFTER, asked_for, conference, hear, left, see, told

CALLBACK = 'callbackUrl="/told"'


def test_a_conference_answers_the_call_and_asks_for_the_room():
    line = conference('startConferenceOnEnter="false" maxMembers="3"')
    assert line.ever(Answer)
    wanted = asked_for(line)
    assert (wanted.kind, wanted.name) == ("conference", "Lobby")
    wishes = dict(wanted.wishes)
    assert (wishes["start_on_enter"], wishes["max_members"]) == (False, 3)


def test_a_room_without_a_name_is_skipped():
    line = Line().run("<Conference> </Conference>", AFTER)
    assert not line.ever(rooms.JoinRoom)
    assert line.one(Speak).text == "after"


def test_the_callback_hears_of_entering_once():
    line = see(conference(CALLBACK))
    said = dict(line.one(Notify).extra)
    assert (line.one(Notify).event, said["ConferenceAction"]) == ("ConferenceEnter", "enter")
    see(line, version=2, muted=True)
    assert told(line) == ["ConferenceEnter"]


def test_a_room_that_is_over_before_the_call_hears_of_it_is_told_and_left_all_the_same():
    line = see(conference(f'{CALLBACK} action="/done"'), rooms.LEFT, version=2, why="ended")
    assert told(line) == ["ConferenceEnter", "ConferenceExit"]
    assert line.one(Fetch).purpose == "action"
    see(line, version=1)
    assert told(line) == ["ConferenceEnter", "ConferenceExit"]


def test_an_older_view_that_comes_late_changes_nothing():
    line = see(conference(), version=3, muted=True)
    before = line.state
    see(line, version=2)
    see(line, version=3)
    assert line.state == before


def test_a_view_of_another_room_changes_nothing():
    line = conference()
    line.send(rooms.RoomView(asked_for(line).join_id + 1, 1, rooms.LIVE, "1"))
    assert line.last == ()


def test_who_waits_hears_the_wait_sound_over_and_over_until_the_room_starts():
    line = see(conference('waitSound="/wait"'), rooms.WAITING)
    fetch = line.one(Fetch)
    assert (fetch.purpose, fetch.method, fetch.element) == ("wait_sound", "POST", "Conference")
    line.reply("<Speak>hold on</Speak>")
    first = line.one(Speak).prompt_id
    line.said()
    assert line.one(Speak).prompt_id != first
    see(line, version=2)
    assert line.one(StopPrompt).prompt_id != first
    assert line.notes("room_live")


def test_a_wait_sound_that_cannot_be_had_is_silence():
    line = see(conference('waitSound="/wait"'), rooms.WAITING).fail()
    assert not line.state.is_over
    assert line.notes("fetch_failed")
    see(line, version=2)
    assert line.notes("room_live")


def test_a_full_room_leads_to_the_next_element():
    line = see(conference('action="/done"'), rooms.REFUSED, member_id="", why="full")
    assert line.one(Speak).text == "after"
    assert not line.ever(Notify)
    assert line.notes("room_refused") == [{"room": "Lobby", "why": "full"}]


@pytest.mark.parametrize("why", ["kicked", "ended"])
def test_who_is_let_go_asks_the_action(why):
    line = see(conference(f'action="/done" {CALLBACK}'))
    see(line, rooms.LEFT, version=2, why=why)
    assert line.one(Fetch).purpose == "action"
    assert left(line) == [why]
    assert told(line) == ["ConferenceEnter", "ConferenceExit"]


def test_without_an_action_the_next_element_runs():
    line = see(see(conference()), rooms.LEFT, version=2, why="ended")
    assert line.one(Speak).text == "after"


def test_an_action_without_redirect_is_told_and_the_call_goes_on():
    line = see(conference('action="/done" redirect="false"'))
    see(line, rooms.LEFT, version=2, why="ended")
    assert line.one(Notify).purpose == "action"
    assert line.one(Speak).text == "after"


def test_the_star_leaves_only_where_it_is_asked_for():
    assert left(see(conference()).press("*")) == []
    line = see(conference('hangupOnStar="true"')).press("1*2")
    assert left(line) == ["star"]
    assert line.one(Speak).text == "after"


def test_keys_are_heard_by_the_others_unless_that_is_switched_off():
    keys = see(conference()).press("12").one(rooms.RoomKeys)
    assert (keys.digits, keys.relay) == ("12", True)
    quiet = see(conference('relayDTMF="false"')).press("12")
    assert quiet.one(rooms.RoomKeys).relay is False


@pytest.mark.parametrize("view", [{"phase": rooms.WAITING}, {"muted": True}])
def test_keys_of_one_who_waits_or_is_muted_are_heard_by_nobody(view):
    assert not see(conference(), **view).press("1").of(rooms.RoomKeys)


def test_patterns_of_keys_are_told_even_when_they_come_key_by_key():
    line = see(conference(f'digitsMatch="12,9" {CALLBACK}')).press("1")
    assert told(line) == ["ConferenceEnter"]
    line.press("2")
    said = dict(line.one(Notify).extra)
    assert said == {"ConferenceAction": "digits", "ConferenceDigitsMatch": "12"}


def test_a_voice_takes_the_floor_where_that_is_to_be_told():
    line = see(conference(f'floorEvent="true" {CALLBACK}')).send(events.Heard("voice"))
    assert line.one(Notify).event == "ConferenceFloor"
    assert not see(conference(CALLBACK)).send(events.Heard("voice")).of(Notify)


def test_the_time_in_the_room_is_limited():
    line = see(conference('timeLimit="60"')).fire("room_limit")
    assert left(line) == ["time_limit"]
    assert line.one(Speak).text == "after"


def test_hanging_up_leaves_the_room_and_is_told_to_the_callback_alone():
    line = see(conference(f'action="/done" {CALLBACK}')).hang_up()
    assert left(line) == ["hangup"]
    assert [one.event for one in line.of(Notify)] == ["ConferenceExit"]
    assert line.ended_with == 4000


def test_hanging_up_before_the_room_has_answered_leaves_no_member_behind():
    line = conference(CALLBACK).hang_up()
    assert left(line) == ["hangup"]
    assert told(line) == []


def test_a_transfer_leaves_the_room():
    line = see(conference()).send(events.TransferAsked("https://app.example.com/t"))
    assert left(line) == ["transferred"]
    assert line.one(Fetch).purpose == "transfer"


def test_a_member_hears_who_comes_and_goes():
    line = hear(see(conference()), "entered", who="+1 202 555 0143", beeps=2)
    assert line.one(rooms.Caption).text == "+1 202 555 0143 joined."
    assert line.one(Beep).times == 2
    hear(line, "left", who="+1 202 555 0143")
    assert line.one(rooms.Caption).text == "+1 202 555 0143 left."
    assert not line.of(Beep)


def test_a_member_hears_the_keys_of_others():
    line = hear(see(conference()), "digits", who="somebody", digits="42")
    assert line.one(rooms.Caption) == rooms.Caption("42", tone=True)


@pytest.mark.parametrize("phase", [rooms.WAITING, rooms.HELD, rooms.LIVE])
def test_whoever_is_in_the_room_is_told_that_it_is_recorded(phase):
    line = hear(see(conference(), phase), "recorded")
    assert len(line.notes("room_recorded")) == 1


def test_the_word_of_a_recording_may_come_before_that_of_being_live():
    line = hear(conference(), "recorded")
    see(line)
    assert len(line.notes("room_recorded")) == 1


@pytest.mark.parametrize("view", [{"phase": rooms.WAITING}, {"deaf": True}])
def test_who_waits_or_is_deaf_hears_nothing_of_the_room(view):
    line = see(conference(), **view)
    assert hear(line, "entered", who="somebody", beeps=1).last == ()


def test_words_are_heard_by_the_others_unless_one_is_muted():
    line = see(conference()).send(events.SpeechHeard("Good  morning."))
    assert line.one(rooms.RoomWords).text == "Good morning."
    quiet = see(conference(), muted=True).send(events.SpeechHeard("Good morning."))
    assert not quiet.of(rooms.RoomWords)
    hear(line, "words", who="+1 202 555 0143", text="Hello.")
    assert line.one(rooms.Caption).text == "+1 202 555 0143: Hello."


def test_sounds_played_to_the_room_end_by_themselves_or_are_silenced():
    line = see(conference())
    sounds = (
        "<Response><Speak>one</Speak><Wait/><Play>https://a.example.com/b.mp3</Play></Response>"
    )
    hear(line, "sounds", document=sounds)
    spoken, played = line.one(Speak).prompt_id, line.one(Play).prompt_id
    line.send(events.PromptFinished(spoken))
    hear(line, "silence")
    assert [one.prompt_id for one in line.of(StopPrompt)] == [played]


def test_a_document_of_sounds_that_is_none_is_ignored():
    line = see(conference())
    assert hear(line, "sounds", document="<Response><Nothing/></Response>").last == ()


def test_the_sounds_of_coming_and_going_are_asked_for_and_given_to_the_room():
    line = see(conference('enterSound="/in" exitSound="/out"'))
    enter, leave = line.of(Fetch)
    assert (enter.purpose, leave.purpose) == ("enter_sound", "exit_sound")
    for fetch in (leave, enter):
        line.send(events.DocumentFetched(fetch.fetch_id, "<Response><Speak>hi</Speak></Response>"))
    assert [one.when for one in line.ever(rooms.RoomSounds)] == ["exit", "enter"]


def test_beeps_of_coming_and_going_are_wishes():
    wishes = dict(asked_for(conference('enterSound="beep:1" exitSound="BEEP:2"')).wishes)
    assert (wishes["enter_beeps"], wishes["exit_beeps"]) == (1, 2)


def test_keys_to_send_are_heard_in_the_room_when_the_call_enters():
    line = see(conference('sendDigits="1w2"'))
    assert line.one(rooms.RoomKeys).digits == "1w2"


def test_the_story_tells_when_a_member_is_muted_and_deafened():
    line = see(see(conference()), version=2, muted=True, deaf=True)
    assert line.notes("room_muted")
    assert line.notes("room_deafened")
    see(line, version=3)
    assert line.notes("room_unmuted")
    assert line.notes("room_undeafened")


def test_xml_02_a_conference_is_a_media_step():
    line = conference('action="/done"')
    for _ in range(15):
        see(see(line), rooms.LEFT, version=2, why="ended")
        line.reply('<Conference action="/done">Lobby</Conference>')
    assert not line.state.is_over


def test_sounds_played_while_one_waits_are_not_heard_later():
    line = see(conference(), rooms.WAITING)
    hear(line, "sounds", document="<Response><Speak>hello</Speak></Response>")
    assert not see(line, rooms.LIVE, version=2).of(Speak)


def test_a_voice_takes_no_floor_while_one_waits_or_is_muted():
    floor = 'callbackUrl="/told" floorEvent="true"'
    for view in ({"phase": rooms.WAITING}, {"muted": True}):
        line = see(conference(floor), **view).send(events.Heard("voice"))
        assert "ConferenceFloor" not in told(line)
