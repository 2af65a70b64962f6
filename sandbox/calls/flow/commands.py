"""What the engine is to do, in order. `child` 0 is the call's own leg.

Commands hold plain values only. Ids count up within one call, so (call, id) is a key the engine
can use to do each thing once.
"""

from __future__ import annotations

from dataclasses import dataclass

from .values import Value

Pairs = tuple[tuple[str, str], ...]
Scalar = str | int | float | bool | None


class Command(Value):
    """Base of all commands."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fetch(Command):
    """Request a document; answer with `DocumentFetched`, `DocumentRefused` or `FetchFailed`.

    `settings` is the fragment of the URL (`ct=2000&rc=3`), kept apart and never sent. The engine
    adds the standard parameters; `event` and `call_status` are two of them, `extra` are the
    element's own. For the element `Dial` the engine adds `DialALegUUID`, and `DialBLegUUID` of
    the leg `child` (at its end empty for 0), to all but a transfer; for `Record` it puts the
    recording's facts in the place of its number in `RecordingID`. Values of the parameters named
    in `secret` must not be shown.
    """

    fetch_id: int
    purpose: str  # answer, fallback, action, redirect, transfer, confirm_sound, dial_music
    url: str
    method: str
    settings: str = ""
    event: str = "Redirect"
    call_status: str = "in-progress"
    extra: Pairs = ()
    child: int = 0
    secret: tuple[str, ...] = ()
    element: str = ""


@dataclass(frozen=True, slots=True)
class Notify(Command):
    """Tell a URL; the reply is ignored and nothing waits for it.

    `purpose` is `ring`, `machine`, `action` (an action without redirect, or after the hangup),
    `interim` (what a GetInput has understood so far) or `dial_callback`, whose leg is `child`: the
    engine adds the leg's uuid, numbers and bill.
    """

    notify_id: int
    purpose: str
    url: str
    method: str
    settings: str = ""
    event: str = ""
    call_status: str = "in-progress"
    extra: Pairs = ()
    child: int = 0
    secret: tuple[str, ...] = ()
    element: str = ""


@dataclass(frozen=True, slots=True)
class CallOut(Command):
    """Ring the destination of an outbound call."""

    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class Answer(Command):
    """Answer the call's own leg: billing starts here."""


@dataclass(frozen=True, slots=True)
class Speak(Command):
    """Say `text`; `PromptFinished` when it was said `loop` times (0: never ends by itself).

    `seconds` is the estimate for all repetitions, None without end; `markup` is the text as SSML.
    """

    prompt_id: int
    text: str
    voice: str
    language: str
    loop: int
    seconds: float | None
    child: int = 0
    markup: str = ""


@dataclass(frozen=True, slots=True)
class Play(Command):
    """Play the audio file at `url`; `PromptFinished` at its end or with `failed`."""

    prompt_id: int
    url: str
    settings: str
    loop: int
    child: int = 0


@dataclass(frozen=True, slots=True)
class StopPrompt(Command):
    """Fall silent; the prompt reports nothing any more."""

    prompt_id: int
    child: int = 0


@dataclass(frozen=True, slots=True)
class Beep(Command):
    """Play one short tone, or several."""

    child: int = 0
    times: int = 1


@dataclass(frozen=True, slots=True)
class SendDtmf(Command):
    """Send tones: 0-9, *, #, `w` for half a second, `W` for a second."""

    digits: str
    child: int = 0


@dataclass(frozen=True, slots=True)
class Ringback(Command):
    """Let the call's own leg hear `tone`, `real` ringing, or stop that (`off`)."""

    style: str


@dataclass(frozen=True, slots=True)
class StartTimer(Command):
    """Send `TimerFired(timer_id)` after `seconds` of call time."""

    timer_id: int
    seconds: float
    purpose: str


@dataclass(frozen=True, slots=True)
class CancelTimer(Command):
    """Forget a timer; a late `TimerFired` does no harm."""

    timer_id: int


@dataclass(frozen=True, slots=True)
class DialLeg(Command):
    """Dial one leg of a Dial; with `refused_cause` only write its record with that cause.

    `caller_id` and `caller_name` empty mean those of the call's own leg. The engine answers with
    `LegRinging`, `LegAnswered` and `LegEnded` of this `child`; a refusal of the fence is a
    `LegEnded` too.
    """

    child: int
    position: int
    kind: str  # number or user
    target: str
    caller_id: str = ""
    caller_name: str = ""
    send_digits: str = ""
    send_on_preanswer: bool = False
    sip_headers: str = ""
    timeout_seconds: int = 120
    refused_cause: int = 0


@dataclass(frozen=True, slots=True)
class HangupLeg(Command):
    """End a dialled leg with this cause; it reports nothing any more."""

    child: int
    cause: int
    source: str


@dataclass(frozen=True, slots=True)
class Bridge(Command):
    """Connect the call's own leg with a dialled one."""

    child: int


@dataclass(frozen=True, slots=True)
class Unbridge(Command):
    """Separate the two legs again."""

    child: int


@dataclass(frozen=True, slots=True)
class StartRecording(Command):
    """Record the line from now on, or with `on_dial_answer` from when a dialled leg is connected.

    With `limit_seconds` the engine ends it by itself after that much call time, and in any case
    with the call; without, `StopRecording` does. `recording_id` is this call's own number for it.
    """

    recording_id: int
    file_format: str
    channels: int
    limit_seconds: int = 0
    on_dial_answer: bool = False
    callback_url: str = ""
    callback_method: str = "POST"
    settings: str = ""


@dataclass(frozen=True, slots=True)
class StopRecording(Command):
    """End a recording; one that is over already stays as it is."""

    recording_id: int
    reason: str  # FinishedOnKey, MaxLength, Timeout or HangUp


@dataclass(frozen=True, slots=True)
class StartStream(Command):
    """Send the line's sound to a WebSocket; the engine reports its end with `StreamEnded`.

    `stream_id` is this call's own number for it. The engine ends it after `timeout_seconds` of
    call time, and in any case with the call.
    """

    stream_id: int
    url: str
    bidirectional: bool = False
    track: str = "inbound"
    timeout_seconds: int = 86_400
    content_type: str = "audio/x-l16;rate=8000"
    extra_headers: str = ""
    callback_url: str = ""
    callback_method: str = "POST"
    settings: str = ""


@dataclass(frozen=True, slots=True)
class StopStream(Command):
    """End a stream; one that is over already stays as it is."""

    stream_id: int


@dataclass(frozen=True, slots=True)
class ChargeSpeech(Command):
    """Take the price of speech recognition, in US dollars, once."""

    charge_id: int
    amount: str


@dataclass(frozen=True, slots=True)
class HangUp(Command):
    """The call is over; always the last command, exactly once.

    `drop_line` is false when the phone itself hung up. `reason` is empty or `xml_loop`.
    The engine writes the record and tells the hangup URL.
    """

    cause: int
    name: str
    source: str
    hangup_cause: str
    call_status: str
    answered: bool
    drop_line: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoryNote(Command):
    """A line of the call's story; `line` and `column` point into the current document."""

    kind: str
    element: str = ""
    line: int = 0
    column: int = 0
    data: tuple[tuple[str, Scalar | tuple[str, ...]], ...] = ()
