"""Members of conferences over the API (compat/rest.md, Conference): by id, ids, or `all`."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, deleted, done
from console.api.fields import Args, Text, Url
from console.api.operations import ACTION, NOTHING, Resource
from sandbox.conferences import services
from sandbox.conferences.api import conference_operation, where


class MemberPlay(Args):
    """What members hear."""

    url = Url(required=True, allow_blank=False, help_text="An MP3 or WAV file.")


class MemberSpeak(Args):
    """What members are told."""

    text = Text(required=True, allow_blank=False, max_length=3000)
    voice = Text(required=False, default="WOMAN", max_length=40)
    language = Text(required=False, default="en-US", max_length=16)


class MemberDone(serializers.Serializer[Any]):
    """What was done, and to whom: one id as it was given, several joined by commas."""

    message = serializers.CharField()
    member_id = serializers.CharField()


def _done(message: str, members: list[str], status: int = 202) -> Reply:
    return done(message, status=status, member_id=",".join(members))


class OneMember(Resource):
    """`Conference/{name}/Member/{member_id}/`."""

    @conference_operation(
        "conference_member_hangup",
        "Hang up members",
        'member_hangup("Standup", "1")',
        'hangupMember("Standup", "1")',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """`member_id` is an id, several joined by commas, or `all`."""
        services.hang_up_members(**where(call, name), members=member_id)
        return deleted()


class MemberKick(Resource):
    """`Conference/{name}/Member/{member_id}/Kick/`."""

    @conference_operation(
        "conference_member_kick",
        "Remove members",
        'member_kick("Standup", "1")',
        'kickMember("Standup", "1")',
        kind=ACTION,
        answer=MemberDone,
    )
    def post(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """They leave the room, and their XML goes on."""
        return _done("kicked", services.kick_members(**where(call, name), members=member_id))


class MemberMute(Resource):
    """`Conference/{name}/Member/{member_id}/Mute/`."""

    @conference_operation(
        "conference_member_mute",
        "Mute members",
        'member_mute("Standup", "1")',
        'muteMember("Standup", "1")',
        kind=ACTION,
        answer=MemberDone,
    )
    def post(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """The others do not hear them."""
        here = where(call, name)
        return _done("muted", services.update_members(**here, members=member_id, muted=True))

    @conference_operation(
        "conference_member_unmute",
        "Unmute members",
        'member_mute_stop("Standup", "1")',
        'unmuteMember("Standup", "1")',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """The others hear them again."""
        services.update_members(**where(call, name), members=member_id, muted=False)
        return deleted()


class MemberDeaf(Resource):
    """`Conference/{name}/Member/{member_id}/Deaf/`."""

    @conference_operation(
        "conference_member_deaf",
        "Make members deaf",
        'member_deaf("Standup", "1")',
        'deafMember("Standup", "1")',
        kind=ACTION,
        answer=MemberDone,
    )
    def post(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """They do not hear the others."""
        here = where(call, name)
        return _done("deaf", services.update_members(**here, members=member_id, deaf=True))

    @conference_operation(
        "conference_member_undeaf",
        "Let members hear again",
        'member_deaf_stop("Standup", "1")',
        'undeafMember("Standup", "1")',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """They hear the others again."""
        services.update_members(**where(call, name), members=member_id, deaf=False)
        return deleted()


class MemberPlaying(Resource):
    """`Conference/{name}/Member/{member_id}/Play/`."""

    @conference_operation(
        "conference_member_play",
        "Play to members",
        'member_play("Standup", "1", "https://example.com/a.mp3")',
        'playAudioToMember("Standup", "1", "https://example.com/a.mp3")',
        kind=ACTION,
        answer=MemberDone,
        args=MemberPlay,
        example={"url": "https://example.com/a.mp3"},
    )
    def post(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """A sound file that only they hear."""
        members = services.play_to_members(
            **where(call, name), members=member_id, url=call.args["url"]
        )
        return _done("play queued into conference", members)

    @conference_operation(
        "conference_member_play_stop",
        "Stop playing to members",
        'member_play_stop("Standup", "1")',
        'stopPlayingAudioToMember("Standup", "1")',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """Silences what is played or spoken to them."""
        services.silence_members(**where(call, name), members=member_id)
        return deleted()


class MemberSpeaking(Resource):
    """`Conference/{name}/Member/{member_id}/Speak/`."""

    @conference_operation(
        "conference_member_speak",
        "Speak to members",
        'member_speak("Standup", "1", "Two minutes left.")',
        'speakTextToMember("Standup", "1", "Two minutes left.")',
        kind=ACTION,
        answer=MemberDone,
        args=MemberSpeak,
        example={"text": "Two minutes left."},
    )
    def post(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """Words that only they hear."""
        members = services.speak_to_members(**where(call, name), members=member_id, **call.args)
        return _done("speak queued into conference", members)

    @conference_operation(
        "conference_member_speak_stop",
        "Stop speaking to members",
        'member_speak_stop("Standup", "1")',
        'stopSpeakingTextToMember("Standup", "1")',
        kind=NOTHING,
    )
    def delete(self, call: ApiCall, name: str, member_id: str) -> Reply:
        """Silences what is played or spoken to them."""
        services.silence_members(**where(call, name), members=member_id)
        return deleted()


_MEMBER: Final = "Conference/<path:name>/Member/<str:member_id>/"
urlpatterns = [
    path(f"{_MEMBER}Kick/", MemberKick.as_view()),
    path(f"{_MEMBER}Mute/", MemberMute.as_view()),
    path(f"{_MEMBER}Deaf/", MemberDeaf.as_view()),
    path(f"{_MEMBER}Play/", MemberPlaying.as_view()),
    path(f"{_MEMBER}Speak/", MemberSpeaking.as_view()),
    path(_MEMBER, OneMember.as_view()),
]
