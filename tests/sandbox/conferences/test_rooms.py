"""Two and three calls in a room: who waits, who hears what, how it ends."""

from __future__ import annotations

import pytest

from console.records.models import Cdr
from sandbox.conferences import services, tasks
from sandbox.conferences.models import ExitCause, Member, Room, RoomState, Termination
from tests.sandbox.conferences.conftest import FRIEND, OTHER, PHONE, room, there

pytestmark = pytest.mark.django_db
LOBBY = "<Conference callbackUrl='/told/' action='/done/'>Lobby</Conference>"


def told(server, name: str = "ConferenceAction", path: str = "/told/") -> list[str]:
    return [got.params[name] for got in server.received if got.path == path]


def test_two_calls_meet_and_hear_of_each_other(answers, caller):
    answers(LOBBY)
    first, second = caller(PHONE), caller(FRIEND)
    first.live(1)
    assert first.heard == ["You are in Lobby, alone.", "+1 202 555 0143 joined."]
    assert second.heard == ["You are in Lobby, with 1 more."]
    assert there() == [PHONE, FRIEND]
    assert Room.objects.unscoped("a test").count() == 1


def test_who_does_not_start_the_conference_waits_for_one_who_does(answers, caller):
    answers(
        phone="<Conference startConferenceOnEnter='false'>Lobby</Conference>",
        friend="<Conference>Lobby</Conference>",
    )
    waiting = caller(PHONE)
    assert waiting.heard == ["You are waiting for Lobby to begin."]
    assert room().state == RoomState.INITIALIZED
    starter = caller(FRIEND)
    assert room().state == RoomState.ACTIVE
    assert waiting.heard[-1] == "You are in Lobby, with 1 more."
    assert starter.heard == ["You are in Lobby, with 1 more."]


def test_the_keys_of_one_are_tones_to_the_others(answers, caller):
    answers(LOBBY)
    first, second, third = caller(PHONE), caller(FRIEND), caller(OTHER)
    first.press("42").live(1)
    assert "42" not in first.heard
    assert second.heard[-1] == "42"
    assert third.heard[-1] == "42"


def test_beeps_of_coming_and_going(answers, caller):
    answers(
        phone="<Conference>Lobby</Conference>",
        friend="<Conference enterSound='beep:1' exitSound='beep:2'>Lobby</Conference>",
    )
    first, second = caller(PHONE), caller(FRIEND)
    assert first.heard[-2:] == ["+1 202 555 0143 joined.", "beep"]
    second.hang_up().live(1)
    assert first.heard[-3:] == ["+1 202 555 0143 left.", "beep", "beep"]


def test_documents_of_sounds_are_heard_by_the_room(server, answers, caller):
    server.answers["/in/"] = lambda got: "<Response><Speak>Hello room.</Speak></Response>"
    server.answers["/out/"] = lambda got: "<Response><Speak>Bye room.</Speak></Response>"
    answers(
        phone="<Conference>Lobby</Conference>",
        friend="<Conference enterSound='/in/' exitSound='/out/'>Lobby</Conference>",
    )
    first, second = caller(PHONE), caller(FRIEND)
    assert "Hello room." in first.heard
    assert "Hello room." in second.heard
    second.hang_up().live(1)
    assert first.heard[-1] == "Bye room."
    assert "Bye room." not in second.heard


def test_the_room_ends_when_the_last_member_hangs_up(answers, caller):
    answers(LOBBY)
    line = caller(PHONE).hang_up().live(1)
    assert room().state == RoomState.ENDED
    assert there() == []
    assert line.cdr.conference_uuid == room().room_uuid


def test_a_room_of_the_same_name_is_a_new_one_after_the_end(answers, caller):
    answers(LOBBY)
    caller(PHONE).hang_up().live(1)
    before = room().room_uuid
    caller(PHONE)
    assert room().room_uuid != before


def test_end_on_exit_ends_the_room_for_all_and_their_calls_go_on(server, answers, caller):
    answers(phone=LOBBY, friend="<Conference endConferenceOnExit='true'>Lobby</Conference>")
    first, second = caller(PHONE), caller(FRIEND)
    second.hang_up().live(1)
    assert room().is_over
    assert not first.call.is_over
    done = next(got.params for got in server.received if got.path == "/done/")
    assert done["ConferenceName"] == "Lobby"
    assert done["ConferenceUUID"] == str(room().room_uuid)
    assert done["ConferenceMemberID"] == "1"


def test_stay_alone_false_ends_the_room_when_one_is_left(answers, caller):
    answers("<Conference stayAlone='false'>Lobby</Conference><Wait length='30'/>")
    first, second = caller(PHONE), caller(FRIEND)
    second.hang_up().live(1)
    assert room().is_over
    assert not first.call.is_over
    assert first.kinds[-1] == "element_started"


def test_a_full_room_takes_nobody_in(answers, caller):
    answers("<Conference maxMembers='1'>Lobby</Conference><Wait length='30'/>")
    caller(PHONE)
    second = caller(FRIEND)
    assert there() == [PHONE]
    assert second.line("room_refused")["why"] == "full"
    assert not second.call.is_over


def test_the_callback_is_told_everything_of_a_member(server, answers, caller):
    answers(LOBBY)
    line = caller(PHONE)
    line.hang_up().live(1)
    assert told(server) == ["enter", "exit"]
    enter, leave = (got.params for got in server.received if got.path == "/told/")
    expected = {
        "ConferenceName": "Lobby",
        "ConferenceUUID": str(room().room_uuid),
        "ConferenceMemberID": "1",
        "CallUUID": str(line.call_uuid),
        "From": PHONE,
        "Direction": "inbound",
        "CallStatus": "in-progress",
        "Event": "ConferenceEnter",
        "ConferenceFirstMember": "true",
    }
    assert {name: enter[name] for name in expected} == expected
    assert (leave["Event"], leave["ConferenceLastMember"]) == ("ConferenceExit", "true")
    assert leave["CallStatus"] == "completed"


def test_muting_and_unmuting_a_member(account, answers, caller):
    answers(LOBBY)
    first, second = caller(PHONE), caller(FRIEND)
    where = {"account": account, "room_uuid": room().room_uuid}
    assert services.update_members(**where, members="1", muted=True) == ["1"]
    first.live(1)
    assert "room_muted" in first.kinds
    first.press("5").live(1)
    assert second.heard == ["You are in Lobby, with 1 more."]
    services.update_members(**where, muted=False)
    first.live(1).press("5").live(1)
    assert second.heard[-1] == "5"


def test_a_kicked_member_goes_on_with_its_call(account, answers, caller, server):
    answers(LOBBY)
    first, _ = caller(PHONE), caller(FRIEND)
    services.kick_members(account=account, room_uuid=room().room_uuid, members="1")
    assert there() == [FRIEND]
    first.live(1)
    assert not first.call.is_over
    assert [got.path for got in server.received].count("/done/") == 1
    member = Member.objects.get(room=room(), member_id=1)
    assert (member.exit_cause, member.told) == (ExitCause.KICKED, True)


def test_hanging_up_a_member_ends_its_call(account, answers, caller):
    answers(LOBBY)
    first, _ = caller(PHONE), caller(FRIEND)
    services.hang_up_members(account=account, room_uuid=room().room_uuid, members="1")
    first.live(1)
    assert (first.cdr.hangup_code, first.cdr.hangup_source) == (4000, "API Request")
    assert there() == [FRIEND]


def test_ending_a_conference_ends_its_calls(account, answers, caller):
    answers(LOBBY)
    first, second = caller(PHONE), caller(FRIEND)
    services.end_room(account=account, room_uuid=room().room_uuid)
    first.live(1)
    assert room().is_over
    assert first.call.is_over
    assert second.call.is_over
    assert set(Cdr.objects.values_list("conference_uuid", flat=True)) == {room().room_uuid}


def test_words_spoken_to_the_room_are_heard_until_they_are_stopped(account, answers, caller):
    answers(LOBBY)
    first, second = caller(PHONE), caller(FRIEND)
    where = {"account": account, "room_uuid": room().room_uuid}
    services.speak_to_members(**where, text="One <minute> left & counting", members="2")
    first.live(1)
    assert second.heard[-1] == "One <minute> left & counting"
    assert first.heard[-1] != second.heard[-1]
    services.silence_members(**where)
    second.live(1)
    assert not second.call.is_over


def test_three_calls_and_one_room_leave_no_member_behind(answers, caller, frozen):
    answers(LOBBY)
    lines = [caller(PHONE), caller(FRIEND), caller(OTHER)]
    for line in lines:
        line.hang_up()
    lines[0].live(2)
    assert Member.objects.filter(left_at=None).count() == 0
    assert Member.objects.filter(told=False).count() == 0
    assert room().termination == Termination.EMPTY
    assert len(server_calls := Cdr.objects.all()) == 3
    assert {one.conference_uuid for one in server_calls} == {room().room_uuid}


def test_a_call_that_ended_by_force_leaves_its_room(answers, caller, frozen):
    from sandbox.calls import sweep

    answers(LOBBY)
    first, second = caller(PHONE), caller(FRIEND)
    sweep.end_by_force(first.call_uuid)
    assert there() == [PHONE, FRIEND]
    tasks.mend_rooms()
    second.live(1)
    assert there() == [FRIEND]
    assert second.heard[-1] == "+1 202 555 0142 left."


def test_a_member_whose_word_was_lost_is_told_again(account, answers, caller, frozen):
    from datetime import timedelta

    from console.core.models import OutboxRow

    answers(LOBBY)
    first, _ = caller(PHONE), caller(FRIEND)
    services.kick_members(account=account, room_uuid=room().room_uuid, members="1")
    OutboxRow.objects.filter(kind="room.tell", state="pending").delete()
    frozen.moment += timedelta(minutes=3)
    tasks.mend_rooms()
    assert first.line("room_left")["why"] == "kicked"
