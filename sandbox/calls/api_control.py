"""Control of living calls over the API (compat/rest.md, Control a live call)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, deleted, done
from console.api.fields import Args, Flag, Joined, Text, Whole
from console.api.operations import ACTION, NOTHING, Resource, operation
from console.core.errors import NotFound
from sandbox.calls import control

TAG: Final = "Live call"
_UUID: Final = "2f6d0c1e-7a0b-4c3d-9e8f-001122334455"


class TransferArgs(Args):
    """Which legs move, and to which documents."""

    legs = Text(required=False, help_text="aleg (the default), bleg or both.")
    aleg_url = Text(required=False, max_length=2048)
    aleg_method = Text(required=False, max_length=8)
    bleg_url = Text(required=False, max_length=2048)
    bleg_method = Text(required=False, max_length=8)


class Transferred(serializers.Serializer[Any]):
    """The legs that were moved."""

    message = serializers.CharField()
    call_uuids = serializers.ListField(child=serializers.CharField())


class PlayArgs(Args):
    """What is played, and to whom."""

    urls = Joined(required=True, separator=",", most=20, help_text="A list, or joined by commas.")
    length = Whole(required=False, min_value=0, max_value=86_400, help_text="Seconds.")
    legs = Text(required=False, help_text="aleg (the default), bleg or both.")
    loop = Flag(required=False)
    mix = Flag(required=False, help_text="Whether the parties hear each other meanwhile.")


class SpeakArgs(Args):
    """What is said, and to whom."""

    text = Text(required=True, allow_blank=False, max_length=3000)
    voice = Text(required=False, max_length=60)
    language = Text(required=False, max_length=20)
    legs = Text(required=False, help_text="aleg (the default), bleg or both.")
    loop = Flag(required=False)
    mix = Flag(required=False, help_text="Whether the parties hear each other meanwhile.")
    type = Text(required=False, max_length=8, help_text="text (the default) or ssml.")


class DigitsArgs(Args):
    """Tones to send."""

    digits = Text(required=True, allow_blank=False, max_length=200)
    leg = Text(required=False, help_text="aleg (the default) or bleg.")


@operation(
    "call_transfer",
    summary="Move a living call to another document",
    tag=TAG,
    args=TransferArgs,
    answer=Transferred,
    kind=ACTION,
    errors=(400, 404, 409),
    takes_async=True,
    example={"legs": "aleg", "aleg_url": "https://app.example.com/other/"},
    python=f'client.calls.transfer("{_UUID}", legs="aleg", aleg_url="https://app.example.com/other/")',
    node=f'client.calls.transfer("{_UUID}", {{legs: "aleg", alegUrl: "https://app.example.com/other/"}})',
)
def transfer(self: Resource, call: ApiCall, call_uuid: str) -> Reply:
    """What the legs did is interrupted. A B leg that moves alone becomes a call of its own."""
    args = {name: value for name, value in call.args.items() if value != ""}
    moved = control.transfer(**_which(call, call_uuid), **args)
    return done("call transfered", status=202, call_uuids=[str(one) for one in moved])


@operation(
    "call_hangup",
    summary="Hang a living call up",
    tag=TAG,
    kind=NOTHING,
    errors=(404,),
    takes_async=True,
    python=f'client.calls.hangup("{_UUID}")',
    node=f'client.calls.hangup("{_UUID}")',
)
def hang_up(self: Resource, call: ApiCall, call_uuid: str) -> Reply:
    """The A leg ends the call; a B leg ends alone."""
    control.hang_up(**_which(call, call_uuid))
    return deleted()


class Play(Resource):
    """`Call/{call_uuid}/Play/`."""

    @operation(
        "call_play",
        summary="Play sound files to a living call",
        tag=TAG,
        args=PlayArgs,
        kind=ACTION,
        errors=(400, 404, 409),
        takes_async=True,
        example={"urls": ["https://app.example.com/wait.mp3"]},
        python=f'client.calls.play("{_UUID}", urls=["https://app.example.com/wait.mp3"])',
        node=f'client.calls.playMusic("{_UUID}", "https://app.example.com/wait.mp3")',
    )
    def post(self, call: ApiCall, call_uuid: str) -> Reply:
        """The document goes on beside it."""
        control.play(**_which(call, call_uuid), **call.args)
        return done("play started", status=202)

    @operation(
        "call_play_stop",
        summary="Stop playing",
        tag=TAG,
        kind=NOTHING,
        errors=(404,),
        takes_async=True,
        python=f'client.calls.play_stop("{_UUID}")',
        node=f'client.calls.stopPlayingMusic("{_UUID}")',
    )
    def delete(self, call: ApiCall, call_uuid: str) -> Reply:
        """Nothing happens when nothing plays."""
        control.stop_playing(**_which(call, call_uuid))
        return deleted()


class Speak(Resource):
    """`Call/{call_uuid}/Speak/`."""

    @operation(
        "call_speak",
        summary="Say a text on a living call",
        tag=TAG,
        args=SpeakArgs,
        kind=ACTION,
        errors=(400, 404, 409),
        takes_async=True,
        example={"text": "Please hold the line."},
        python=f'client.calls.speak("{_UUID}", text="Please hold the line.")',
        node=f'client.calls.speakText("{_UUID}", "Please hold the line.")',
    )
    def post(self, call: ApiCall, call_uuid: str) -> Reply:
        """The document goes on beside it."""
        said = dict(call.args)
        said["markup"] = said.pop("type", "")
        control.speak(**_which(call, call_uuid), **said)
        return done("speak started", status=202)

    @operation(
        "call_speak_stop",
        summary="Stop saying it",
        tag=TAG,
        kind=NOTHING,
        errors=(404,),
        takes_async=True,
        python=f'client.calls.speak_stop("{_UUID}")',
        node=f'client.calls.stopSpeakingText("{_UUID}")',
    )
    def delete(self, call: ApiCall, call_uuid: str) -> Reply:
        """Nothing happens when nothing is said."""
        control.stop_speaking(**_which(call, call_uuid))
        return deleted()


class Dtmf(Resource):
    """`Call/{call_uuid}/DTMF/`."""

    @operation(
        "call_dtmf",
        summary="Send digits on a living call",
        tag=TAG,
        args=DigitsArgs,
        kind=ACTION,
        errors=(400, 404, 409),
        takes_async=True,
        example={"digits": "12#"},
        python=f'client.calls.send_digits("{_UUID}", digits="12#")',
        node=f'client.calls.sendDigits("{_UUID}", "12#")',
    )
    def post(self, call: ApiCall, call_uuid: str) -> Reply:
        """The tones are heard at once."""
        control.send_digits(**_which(call, call_uuid), **call.args)
        return done("digits sent", status=202)


def _which(call: ApiCall, text: str) -> dict[str, Any]:
    try:
        uuid = UUID(text)
    except ValueError as error:
        raise NotFound from error
    return {"account": call.account, "subaccount": call.subaccount, "call_uuid": uuid}


urlpatterns = [
    path("Call/<str:call_uuid>/Play/", Play.as_view()),
    path("Call/<str:call_uuid>/Speak/", Speak.as_view()),
    path("Call/<str:call_uuid>/DTMF/", Dtmf.as_view()),
]
