"""GetInput: ask for keys or for words (compat/xml.md section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Final

from .. import prompts
from ..attributes import Attributes
from ..base import Activity, Children, Element
from ..commands import ChargeSpeech, Pairs
from ..fetching import request_action
from ..prompts import Playlist, Prompt
from ..reader import Node
from ..ssml import SECONDS_PER_CHARACTER
from ..values import evolve
from .get_digits import MASK, finish_keys
from .input_attributes import AUTO_SECONDS, DTMF, SPEECH, end_seconds, hints, kinds

if TYPE_CHECKING:
    from .. import events
    from ..state import Timer
    from ..turn import Turn

MOST_DIGITS: Final = 32
MOST_ATTEMPTS: Final = 100
LONGEST_SPEECH: Final = 4000
PRICE: Final = Decimal("0.02")
BILLED_SECONDS: Final = 15
"""Speech recognition costs `PRICE` US dollars for each started so many seconds of speech."""
CONFIDENCE: Final = "1.0"
"""What is typed on a handset is understood for certain."""
_MODELS: Final = frozenset({"default", "command_and_search", "phone_call"})
_PROFANE: Final = re.compile(r"\b(fuck\w*|shit\w*|bitch\w*|bastard\w*|asshole\w*)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class GetInputElement(Element):
    """What to ask and where to send the answer; `kinds` names what is listened for."""

    name: ClassVar[str] = "GetInput"

    prompts: tuple[Prompt, ...] = ()
    kinds: tuple[str, ...] = (DTMF, SPEECH)
    action: str = ""
    method: str = "POST"
    redirect: bool = True
    execution_seconds: int = 15
    start_seconds: int = 0
    digit_end_seconds: int = AUTO_SECONDS
    speech_end_seconds: int = AUTO_SECONDS
    finish_on_key: str = "#"
    num_digits: int = MOST_DIGITS
    attempts: int = 1
    model: str = "default"
    hints: tuple[str, ...] = ()
    language: str = "en-US"
    interim_url: str = ""
    interim_method: str = "POST"
    log: bool = True
    profanity_filter: bool = False

    def is_media(self) -> bool:
        """Asking is a media step."""
        return True

    def start(self, turn: Turn) -> None:
        """Begin the first attempt."""
        _attempt(turn, self, 1)

    def shown(self, text: str) -> str:
        """Return the input as the story may show it."""
        return text if self.log else MASK * len(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening(Activity):
    """One attempt; `kind` is what was detected first, and from then on the only thing heard.

    `limit_timer` bounds the whole attempt, `start_timer` the wait for a beginning, `end_timer`
    the pause after which the input counts as complete.
    """

    attempt: int
    playlist: Playlist | None = None
    kind: str = ""
    digits: str = ""
    speech: str = ""
    heard: int = 0
    limit_timer: int = 0
    start_timer: int = 0
    end_timer: int = 0

    def on_digits(self, turn: Turn, event: events.Digits) -> None:
        """Take keys, unless words came first."""
        if event.child:
            return
        for key in event.digits:
            run = turn.activity
            if not isinstance(run, Listening) or run.attempt != self.attempt:
                return
            element = _asked(turn)
            if DTMF in element.kinds and run.kind in ("", DTMF):
                _press(turn, element, run, key)

    def on_speech(self, turn: Turn, event: events.SpeechHeard) -> None:
        """Take words, unless keys came first."""
        element = _asked(turn)
        if not event.child and SPEECH in element.kinds and self.kind in ("", SPEECH):
            _hear(turn, element, self, event)

    def on_heard(self, turn: Turn, event: events.Heard) -> None:
        """A Wait among the prompts may end early."""
        playlist = self.playlist
        if playlist is None or event.child:
            return
        now = prompts.heard(turn, playlist, event.what)
        if now is None:
            self._sounded(turn, prompts.advance(turn, playlist))
        else:
            turn.activity = evolve(self, playlist=now)

    def on_prompt(self, turn: Turn, event: events.PromptFinished) -> None:
        """Go on with the next prompt, or listen."""
        playlist = self.playlist
        if playlist is None or event.prompt_id != playlist.now.prompt_id:
            return
        prompts.note_failed_prompt(turn, event)
        self._sounded(turn, prompts.advance(turn, playlist))

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """A Wait among the prompts ended, the input is complete, or nothing came in time."""
        playlist = self.playlist
        if playlist is not None and prompts.is_timer_of(playlist, timer):
            prompts.stop(turn, playlist)
            self._sounded(turn, prompts.advance(turn, playlist))
        elif timer.timer_id in (self.limit_timer, self.start_timer, self.end_timer):
            _complete(turn, _asked(turn), self)

    def stop(self, turn: Turn) -> None:
        """Fall silent and listen no more."""
        prompts.stop(turn, self.playlist)
        for timer_id in (self.limit_timer, self.start_timer, self.end_timer):
            turn.disarm(timer_id)

    def _sounded(self, turn: Turn, playlist: Playlist | None) -> None:
        run = evolve(self, playlist=playlist)
        turn.activity = run if playlist is not None else _listen(turn, _asked(turn), run)


def _asked(turn: Turn) -> GetInputElement:
    element = turn.element
    assert isinstance(element, GetInputElement)
    return element


def _attempt(turn: Turn, element: GetInputElement, attempt: int) -> None:
    playlist = prompts.begin(turn, element.prompts)
    run = Listening(attempt=attempt, playlist=playlist)
    turn.activity = run if playlist is not None else _listen(turn, element, run)


def _listen(turn: Turn, element: GetInputElement, run: Listening) -> Listening:
    """The prompts are over: from now on the times count."""
    start = turn.arm("input_start", element.start_seconds) if element.start_seconds else 0
    return evolve(
        run, limit_timer=turn.arm("input_limit", element.execution_seconds), start_timer=start
    )


def _begun(turn: Turn, element: GetInputElement, run: Listening, kind: str) -> Listening:
    """Something was detected: it interrupts the prompts, and both short waits are over."""
    if not run.limit_timer:
        prompts.stop(turn, run.playlist)
        run = _listen(turn, element, evolve(run, playlist=None))
    for timer_id in (run.start_timer, run.end_timer):
        turn.disarm(timer_id)
    return evolve(run, kind=kind, start_timer=0, end_timer=0)


def _press(turn: Turn, element: GetInputElement, run: Listening, key: str) -> None:
    run = _begun(turn, element, run, DTMF)
    if key in element.finish_on_key:
        _complete(turn, element, run)
        return
    run = evolve(run, digits=run.digits + key)
    if len(run.digits) >= element.num_digits:
        _complete(turn, element, run)
    else:
        timer_id = turn.arm("input_end", element.digit_end_seconds)
        turn.activity = evolve(run, end_timer=timer_id)


def _hear(turn: Turn, element: GetInputElement, run: Listening, event: events.SpeechHeard) -> None:
    run, text = _begun(turn, element, run, SPEECH), event.text
    if element.profanity_filter:
        text = _PROFANE.sub(lambda found: found[0][0] + "*" * (len(found[0]) - 1), text)
    speech = f"{run.speech} {text}".strip()[:LONGEST_SPEECH]
    run = evolve(run, speech=speech, heard=run.heard + 1)
    if element.interim_url:
        _tell_interim(turn, element, run)
    # The pause counts from the end of the words.
    timer_id = turn.arm("input_end", event.seconds + element.speech_end_seconds)
    turn.activity = evolve(run, end_timer=timer_id)


def _tell_interim(turn: Turn, element: GetInputElement, run: Listening) -> None:
    told = (
        ("StableSpeech", run.speech),
        ("UnstableSpeech", ""),
        ("Stability", CONFIDENCE),
        ("SequenceNumber", str(run.heard)),
    )
    secret = () if element.log else ("StableSpeech",)
    url, method = element.interim_url, element.interim_method
    turn.notify("interim", url, method, event="InterimSpeech", extra=told, secret=secret)


def _complete(turn: Turn, element: GetInputElement, run: Listening) -> None:
    run.stop(turn)
    if not run.digits and not run.speech:
        _next_attempt(turn, element, run.attempt)
        return
    turn.note("input_collected", type=run.kind, input=element.shown(run.digits or run.speech))
    turn.activity = None
    request_action(
        turn,
        url=element.action,
        method=element.method,
        redirect=element.redirect,
        extra=_outcome(turn, run),
        secret=() if element.log else ("Digits", "Speech"),
    )


def _outcome(turn: Turn, run: Listening) -> Pairs:
    """What the action is told of the kind that was detected; speech is charged here, once."""
    if run.kind == DTMF:
        return (("InputType", DTMF), ("Digits", run.digits), ("BilledAmount", "0.00000"))
    parts = -(-len(run.speech) * SECONDS_PER_CHARACTER // BILLED_SECONDS)
    amount = f"{PRICE * int(parts):.5f}"
    turn.emit(ChargeSpeech(turn.next_id(), amount))
    return (
        ("InputType", SPEECH),
        ("Speech", run.speech),
        ("SpeechConfidenceScore", CONFIDENCE),
        ("BilledAmount", amount),
    )


def _next_attempt(turn: Turn, element: GetInputElement, attempt: int) -> None:
    turn.note("attempt_failed", attempt=attempt, of=element.attempts)
    if attempt < element.attempts:
        _attempt(turn, element, attempt + 1)
    else:
        turn.done()


def parse(node: Node, attributes: Attributes, children: Children) -> GetInputElement:
    """Return the GetInput written at `node`."""
    return GetInputElement(
        line=node.line,
        column=node.column,
        prompts=tuple(child for child in children if isinstance(child, Prompt)),
        kinds=kinds(attributes),
        action=attributes.text("action"),
        method=attributes.method(),
        redirect=attributes.boolean("redirect", default=True),
        execution_seconds=attributes.integer("executionTimeout", 15, 5, 60),
        start_seconds=attributes.integer("startInputTimeout", 0, 0, 60),
        digit_end_seconds=end_seconds(attributes, "digitEndTimeout"),
        speech_end_seconds=end_seconds(attributes, "speechEndTimeout"),
        finish_on_key=finish_keys(attributes),
        num_digits=attributes.integer("numDigits", MOST_DIGITS, 1, MOST_DIGITS),
        attempts=attributes.integer("retries", 1, 1, MOST_ATTEMPTS),
        model=attributes.choice("speechModel", "default", _MODELS),
        hints=hints(attributes),
        language=attributes.text("language", "en-US", longest=20) or "en-US",
        interim_url=attributes.text("interimSpeechResultsCallback"),
        interim_method=attributes.method("interimSpeechResultsCallbackMethod"),
        log=attributes.boolean("log", default=True),
        profanity_filter=attributes.boolean("profanityFilter", default=False),
    )
