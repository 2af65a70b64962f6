"""Commands of the flow, carried out in a rehearsal: lines of the story, and what follows later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sandbox.calls import effects, leg_effects, lines
from sandbox.calls.flow import commands, events, rooms
from sandbox.calls.flow.commands import Command
from sandbox.calls.flow.verbs.message import SendMessage
from sandbox.calls.models import CallPhase
from sandbox.calls.rehearsal import tapes, told
from sandbox.calls.rehearsal.stage import Stage
from sandbox.webhooks.models import Purpose

PLAY_SECONDS: Final = 5.0
"""How long a sound file is taken to last, which nobody fetches."""
STREAM_SECONDS: Final = 10.0
"""After how long a stream is taken to end, which nobody opens."""
_WAITS: Final = frozenset({"wait", "first_digit", "input_limit"})


def carry_out(stage: Stage, command: Command) -> None:
    """Does what the command says, as far as a reader notices; others do nothing here."""
    doer = _DOERS.get(type(command))
    if doer is not None:
        doer(stage, command)


def _fetch(stage: Stage, command: commands.Fetch) -> None:
    stage.fetches.append(command)
    stage.tell(lines.fetch_started(command))


def _notify(stage: Stage, command: commands.Notify) -> None:
    stage.tell(
        lines.notified(
            child=command.child,
            purpose=str(effects.NOTICES[command.purpose]),
            url=command.url,
            method=command.method,
            event=command.event,
            params=told.own(stage, told.shown(stage, command)),
        )
    )


def _call_out(stage: Stage, _command: commands.CallOut) -> None:
    stage.rings(0, stage.call.to_number, stage.plan.callee)


def _answer(stage: Stage, _command: commands.Answer) -> None:
    stage.went_up(stage.legs[0])
    stage.note("answered")


def _prompt_ends(stage: Stage, prompt_id: int, seconds: float) -> None:
    event = events.PromptFinished(prompt_id)
    stage.later(seconds, lambda: stage.hears(event), name=f"prompt-{prompt_id}")


def _speak(stage: Stage, command: commands.Speak) -> None:
    stage.tell(lines.said(command))
    if command.seconds is not None:
        _prompt_ends(stage, command.prompt_id, command.seconds)


def _play(stage: Stage, command: commands.Play) -> None:
    stage.tell(lines.played(command, seconds=PLAY_SECONDS))
    if command.loop:
        _prompt_ends(stage, command.prompt_id, PLAY_SECONDS * command.loop)


def _stop_prompt(stage: Stage, command: commands.StopPrompt) -> None:
    stage.forget(f"prompt-{command.prompt_id}")


def _beep(stage: Stage, command: commands.Beep) -> None:
    stage.note("beeped", child=command.child, times=command.times)


def _send_dtmf(stage: Stage, command: commands.SendDtmf) -> None:
    stage.tell(lines.tones_sent(command.digits, child=command.child))


def _ringback(stage: Stage, command: commands.Ringback) -> None:
    stage.tell(lines.ringback(command))


def _start_timer(stage: Stage, command: commands.StartTimer) -> None:
    event = events.TimerFired(command.timer_id)
    stage.later(command.seconds, lambda: stage.hears(event), name=f"timer-{command.timer_id}")
    if command.purpose in _WAITS:
        stage.note(f"waits_{command.purpose}", seconds=command.seconds)


def _cancel_timer(stage: Stage, command: commands.CancelTimer) -> None:
    stage.forget(f"timer-{command.timer_id}")


def _dial_leg(stage: Stage, command: commands.DialLeg) -> None:
    party = stage.dials(command.child)
    leg = leg_effects.new_leg(stage.call, stage.legs[0], command, at=stage.now)
    leg.call_uuid = stage.uuid(f"leg-{command.child}")
    stage.legs[command.child] = leg
    stage.tell(lines.leg_dialled(command, leg))
    if command.refused_cause:
        stage.settle(leg, code=command.refused_cause, source="")
    else:
        stage.rings(command.child, command.target, party)


def _hangup_leg(stage: Stage, command: commands.HangupLeg) -> None:
    stage.forget(f"phone-{command.child}")
    stage.settle(stage.legs[command.child], code=command.cause, source=command.source)


def _bridge(stage: Stage, _command: commands.Bridge) -> None:
    tapes.bridged(stage)


def _unbridge(stage: Stage, command: commands.Unbridge) -> None:
    stage.tell(lines.legs_separated(command))


def _start_stream(stage: Stage, command: commands.StartStream) -> None:
    stage.tell(
        lines.stream_asked(
            url=command.url,
            track=command.track,
            content_type=command.content_type,
            bidirectional=command.bidirectional,
        )
    )
    event = events.StreamEnded(command.stream_id)
    seconds = min(STREAM_SECONDS, command.timeout_seconds)
    stage.later(seconds, lambda: stage.hears(event))


def _charge_speech(stage: Stage, command: commands.ChargeSpeech) -> None:
    stage.tell(lines.speech_billed(command))


def _send_message(stage: Stage, command: SendMessage) -> None:
    stage.note("text_written", to=command.dst, text=command.text)


def _join_room(stage: Stage, command: rooms.JoinRoom) -> None:
    """Lets the call into a room where nobody else is."""
    wishes = dict(command.wishes)
    stage.room, stage.role = command.name, str(wishes.get("role", ""))
    stage.joined_at = stage.now
    phase = rooms.LIVE if wishes.get("start_on_enter", True) else rooms.WAITING
    if wishes.get("hold"):
        phase = rooms.HELD
    muted = bool(wishes.get("muted"))
    view = rooms.RoomView(command.join_id, 1, phase, member_id="1", muted=muted)
    stage.later(0, lambda: stage.hears(view))


def _hang_up(stage: Stage, command: commands.HangUp) -> None:
    tapes.call_over(stage)
    call, leg = stage.call, stage.legs[0]
    call.phase, call.ended_at = CallPhase.ENDED, stage.now
    stage.settle(leg, code=command.cause, source=command.source)
    stage.tell(lines.hung_up(command))
    if call.hangup_url:
        stage.tell(
            lines.notified(
                purpose=str(Purpose.HANGUP),
                url=call.hangup_url,
                method=call.hangup_method,
                event="Hangup",
                params=told.own(stage, told.at_the_end(stage, command)),
            )
        )


_DOERS: Final[dict[type[Command], Callable[[Stage, Any], None]]] = {
    commands.Fetch: _fetch,
    commands.Notify: _notify,
    commands.CallOut: _call_out,
    commands.Answer: _answer,
    commands.Speak: _speak,
    commands.Play: _play,
    commands.StopPrompt: _stop_prompt,
    commands.Beep: _beep,
    commands.SendDtmf: _send_dtmf,
    commands.Ringback: _ringback,
    commands.StartTimer: _start_timer,
    commands.CancelTimer: _cancel_timer,
    commands.DialLeg: _dial_leg,
    commands.HangupLeg: _hangup_leg,
    commands.Bridge: _bridge,
    commands.Unbridge: _unbridge,
    commands.StartRecording: tapes.start,
    commands.StopRecording: tapes.stop,
    commands.StartStream: _start_stream,
    commands.ChargeSpeech: _charge_speech,
    commands.HangUp: _hang_up,
    commands.StoryNote: lambda stage, command: stage.tell(lines.of_note(command)),
    SendMessage: _send_message,
    rooms.JoinRoom: _join_room,
}
