"""Commands of the flow, carried out: driver writes, outbox rows, lines of the story.

Everything here happens in the transaction of the event that caused it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from sandbox.calls import bills, internal_documents, leg_effects, lines, params, unheeded
from sandbox.calls.flow import commands
from sandbox.calls.flow.commands import Command
from sandbox.calls.work import DIAL, TIMER, Work
from sandbox.recordings import live as recordings
from sandbox.webhooks.models import Purpose
from sandbox.webhooks.services import notify

_WHEN_OVER: Final[list[Callable[[Work], None]]] = [recordings.call_over]
NOTICES: Final = {
    "ring": Purpose.RING,
    "machine": Purpose.MACHINE,
    "action": Purpose.ACTION,
    "interim": Purpose.OTHER,
    "dial_callback": Purpose.DIAL,
    "conference_callback": Purpose.CONFERENCE,
}


def carry_out(work: Work, command: Command) -> None:
    """Does what the command says."""
    _DOERS[type(command)](work, command)


def register(command: type[Command], doer: Callable[[Work, Any], None]) -> None:
    """Lets another app carry out a kind of command, in the transaction of its event."""
    _DOERS[command] = doer


def when_over(doer: Callable[[Work], None]) -> None:
    """Lets another app end what it has of a call, in the transaction of the call's end."""
    _WHEN_OVER.append(doer)


def call_over(work: Work) -> None:
    """The call ends: whatever others have of it ends too."""
    for doer in _WHEN_OVER:
        doer(work)


def _key(number: int) -> str:
    return f"call-{number}"


def _fetch(work: Work, command: commands.Fetch) -> None:
    work.ask(command)
    work.tell(lines.fetch_started(command))


def _notify(work: Work, command: commands.Notify) -> None:
    call = work.call
    if call.platform:
        return
    _tell(
        work,
        url=f"{command.url}#{command.settings}" if command.settings else command.url,
        method=command.method,
        told=params.for_command(call, work.legs, command),
        purpose=NOTICES[command.purpose],
        redact=command.secret,
        name=f"n{command.notify_id}",
        child=command.child,
    )


def _tell(
    work: Work,
    *,
    url: str,
    method: str,
    told: params.Params,
    purpose: Purpose,
    name: str,
    redact: tuple[str, ...] = (),
    child: int = 0,
) -> None:
    call = work.call
    delivery = notify(
        account=call.account,
        subaccount=call.subaccount,
        url=url,
        method=method,
        params=told,
        purpose=purpose,
        call_uuid=call.call_uuid,
        application=call.app_id,
        redact=redact,
        sequence=call.last_seq + 1,
        dedupe_key=f"call:{call.call_uuid}:{name}",
    )
    work.tell(
        lines.notified(
            child=child,
            purpose=str(purpose),
            url=url,
            method=method,
            event=told.get("Event", ""),
            delivery=str(delivery or ""),
        )
    )


def _call_out(work: Work, command: commands.CallOut) -> None:
    work.later(DIAL, "dial-0", child=0)


def _answer(work: Work, _command: commands.Answer) -> None:
    leg_effects.pick_up(work)
    work.note("answered")


def _speak(work: Work, command: commands.Speak) -> None:
    line, call_uuid = leg_effects.phone_of(work, command.child)
    line.speak(
        call_uuid=call_uuid,
        text=command.text,
        key=_key(command.prompt_id),
        language=command.language,
        secret=work.call.platform,
        picked_up=work.picked_up and not command.child,
    )
    if not command.child:
        leg_effects.pass_on(work, command.text, key=_key(command.prompt_id))
    work.tell(lines.said(command))
    if command.seconds is not None:
        _ends_after(work, command.prompt_id, command.seconds)


def _play(work: Work, command: commands.Play) -> None:
    work.want(command)


def _ends_after(work: Work, prompt_id: int, seconds: float) -> None:
    work.later(TIMER, f"p{prompt_id}", seconds=seconds, prompt_id=prompt_id)


def _stop_prompt(work: Work, command: commands.StopPrompt) -> None:
    work.silenced(command.prompt_id)
    if not command.child or not work.legs[command.child].is_over:
        line, call_uuid = leg_effects.phone_of(work, command.child)
        line.stop(call_uuid=call_uuid)


def _charge_speech(work: Work, command: commands.ChargeSpeech) -> None:
    if not work.call.platform:
        bills.charge(work.call.account, Decimal(command.amount))
        work.tell(lines.speech_billed(command))


def _beep(work: Work, command: commands.Beep) -> None:
    for number in range(command.times):
        leg_effects.sound_tone(work, command.child, "beep", number=number)


def _send_dtmf(work: Work, command: commands.SendDtmf) -> None:
    leg_effects.sound_tone(work, command.child, command.digits)
    work.tell(lines.tones_sent(command.digits, child=command.child))


def _ringback(work: Work, command: commands.Ringback) -> None:
    line = lines.ringback(command)
    if line is not None:
        leg_effects.sound_tone(work, 0, "ringing")
        work.tell(line)
    elif not work.leg.is_over:
        leg_effects.line_of(work.leg).stop(call_uuid=work.leg.call_uuid)


def _start_timer(work: Work, command: commands.StartTimer) -> None:
    name = f"t{command.timer_id}"
    work.later(TIMER, name, seconds=command.seconds, timer_id=command.timer_id)


def _cancel_timer(work: Work, command: commands.CancelTimer) -> None:
    # Its outbox row stays and finds no timer when it comes.
    work.reported(f"t{command.timer_id}")


def _hang_up(work: Work, command: commands.HangUp) -> None:
    call, leg = work.call, work.leg
    call_over(work)
    work.end()
    bills.settle(work, leg, code=command.cause, source=command.source)
    if command.drop_line:
        leg_effects.drop(leg, command.cause)
    work.tell(lines.hung_up(command))
    if call.platform:
        internal_documents.tell_ended(
            call.document_key, call.ref, answered=command.answered, cause=command.cause
        )
    elif call.hangup_url:
        _tell(
            work,
            url=call.hangup_url,
            method=call.hangup_method,
            told=params.hangup(call, leg, command),
            purpose=Purpose.HANGUP,
            name="hangup",
        )


def _story_note(work: Work, command: commands.StoryNote) -> None:
    line = lines.of_note(command)
    if line is None:
        return
    unheeded.tell(work, command)
    work.tell(line)


_DOERS: dict[type[Command], Callable[[Work, Any], None]] = {
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
    commands.DialLeg: leg_effects.dial_leg,
    commands.HangupLeg: leg_effects.hangup_leg,
    commands.Bridge: leg_effects.bridge,
    commands.Unbridge: leg_effects.unbridge,
    commands.StartRecording: recordings.start,
    commands.StopRecording: recordings.stop,
    commands.ChargeSpeech: _charge_speech,
    commands.HangUp: _hang_up,
    commands.StoryNote: _story_note,
}
