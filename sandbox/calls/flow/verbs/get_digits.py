"""GetDigits: ask for keys (compat/xml.md section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from .. import prompts
from ..attributes import Attributes
from ..base import Activity, Children, Element
from ..commands import Beep
from ..fetching import request_action
from ..prompts import Playlist, Prompt
from ..reader import Node
from ..values import evolve
from .play import PlayElement

if TYPE_CHECKING:
    from .. import events
    from ..state import Timer
    from ..turn import Turn

CHILDREN: Final = frozenset({"Speak", "Play", "Wait"})
KEYS: Final = "1234567890*#"
LONGEST_SECONDS: Final = 3600
MOST_DIGITS: Final = 99
MOST_ATTEMPTS: Final = 100
MASK: Final = "•"


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDigitsElement(Element):
    """What to ask and where to send the keys."""

    name: ClassVar[str] = "GetDigits"

    prompts: tuple[Prompt, ...] = ()
    action: str = ""
    method: str = "POST"
    redirect: bool = True
    timeout_seconds: int = 5
    digit_timeout_seconds: int = 2
    finish_on_key: str = "#"
    num_digits: int = MOST_DIGITS
    attempts: int = 1
    play_beep: bool = False
    valid_digits: str = KEYS
    invalid_sound: str = ""
    log: bool = True

    def is_media(self) -> bool:
        """Asking for keys is a media step."""
        return True

    def start(self, turn: Turn) -> None:
        """Begin the first attempt."""
        _attempt(turn, self, 1)

    def shown(self, digits: str) -> str:
        """Return the digits as the story may show them."""
        return digits if self.log else MASK * len(digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting(Activity):
    """One attempt: `playlist` while something sounds, `timer_id` while a key is awaited.

    `failed` means that the sound for a wrong key is playing and the attempt is lost.
    """

    attempt: int
    digits: str = ""
    playlist: Playlist | None = None
    timer_id: int = 0
    failed: bool = False

    def on_digits(self, turn: Turn, event: events.Digits) -> None:
        """Take keys until the attempt is over; further ones are dropped."""
        if event.child:
            return
        element = _asked(turn)
        turn.note("digits_pressed", digits=element.shown(event.digits))
        for key in event.digits:
            current = turn.activity
            if not isinstance(current, Collecting) or current.failed:
                return
            if current.attempt != self.attempt:
                return
            _press(turn, element, current, key)

    def on_prompt(self, turn: Turn, event: events.PromptFinished) -> None:
        """Go on with the next prompt, or listen."""
        playlist = self.playlist
        if playlist is None or event.prompt_id != playlist.now.prompt_id:
            return
        prompts.note_failed_prompt(turn, event)
        self._sounded(turn, prompts.advance(turn, playlist))

    def on_timer(self, turn: Turn, timer: Timer) -> None:
        """A Wait among the prompts ended, or no key came in time."""
        playlist = self.playlist
        if playlist is not None and prompts.is_timer_of(playlist, timer):
            prompts.stop(turn, playlist)
            self._sounded(turn, prompts.advance(turn, playlist))
        elif timer.timer_id == self.timer_id:
            _complete(turn, _asked(turn), evolve(self, timer_id=0))

    def on_heard(self, turn: Turn, event: events.Heard) -> None:
        """A Wait among the prompts may end early."""
        playlist = self.playlist
        if playlist is None or event.child:
            return
        now = prompts.heard(turn, playlist, event.what)
        if now is None:
            self._sounded(turn, prompts.advance(turn, playlist))
        elif now is not playlist:
            turn.activity = evolve(self, playlist=now)

    def stop(self, turn: Turn) -> None:
        """Fall silent and listen no more."""
        prompts.stop(turn, self.playlist)
        turn.disarm(self.timer_id)

    def _sounded(self, turn: Turn, playlist: Playlist | None) -> None:
        element = _asked(turn)
        if playlist is not None:
            turn.activity = evolve(self, playlist=playlist)
        elif self.failed:
            _next_attempt(turn, element, self.attempt)
        else:
            _listen(turn, element, evolve(self, playlist=None))


def parse(node: Node, attributes: Attributes, children: Children) -> GetDigitsElement:
    """Return the GetDigits written at `node`."""
    return GetDigitsElement(
        line=node.line,
        column=node.column,
        prompts=tuple(child for child in children if isinstance(child, Prompt)),
        action=attributes.text("action"),
        method=attributes.method(),
        redirect=attributes.boolean("redirect", default=True),
        timeout_seconds=attributes.integer("timeout", 5, 1, LONGEST_SECONDS),
        digit_timeout_seconds=attributes.integer("digitTimeout", 2, 1, LONGEST_SECONDS),
        finish_on_key=finish_keys(attributes),
        num_digits=attributes.integer("numDigits", MOST_DIGITS, 1, MOST_DIGITS),
        attempts=attributes.integer("retries", 1, 1, MOST_ATTEMPTS),
        play_beep=attributes.boolean("playBeep", default=False),
        valid_digits=attributes.keys("validDigits", KEYS, KEYS) or KEYS,
        invalid_sound=attributes.text("invalidDigitsSound"),
        log=attributes.boolean("log", default=True),
    )


def finish_keys(attributes: Attributes) -> str:
    """Return the keys that end an input: `#` by default, none of them for `none`."""
    finish = attributes.text("finishOnKey", "#", longest=20)
    if finish.lower() == "none":
        return ""
    if any(key not in KEYS for key in finish):
        attributes.note("attribute_unusable", 'finishOnKey cannot be used; taken as "#".')
        return "#"
    return finish


def _asked(turn: Turn) -> GetDigitsElement:
    element = turn.element
    assert isinstance(element, GetDigitsElement)
    return element


def _attempt(turn: Turn, element: GetDigitsElement, attempt: int) -> None:
    playlist = prompts.begin(turn, element.prompts)
    run = Collecting(attempt=attempt, playlist=playlist)
    if playlist is None:
        _listen(turn, element, run)
    else:
        turn.activity = run


def _listen(turn: Turn, element: GetDigitsElement, run: Collecting) -> None:
    """Wait for the first key; the time counts from the end of the prompts."""
    if element.play_beep:
        turn.emit(Beep())
    timer_id = turn.arm("first_digit", element.timeout_seconds)
    turn.activity = evolve(run, timer_id=timer_id)


def _press(turn: Turn, element: GetDigitsElement, run: Collecting, key: str) -> None:
    run.stop(turn)  # a key interrupts the prompts and both waits
    run = evolve(run, playlist=None, timer_id=0)
    if key in element.finish_on_key:
        _complete(turn, element, run)
    elif key not in element.valid_digits:
        _refuse(turn, element, run, key)
    else:
        run = evolve(run, digits=run.digits + key)
        if len(run.digits) >= element.num_digits:
            _complete(turn, element, run)
        else:
            timer_id = turn.arm("next_digit", element.digit_timeout_seconds)
            turn.activity = evolve(run, timer_id=timer_id)


def _refuse(turn: Turn, element: GetDigitsElement, run: Collecting, key: str) -> None:
    turn.note("digit_invalid", digit=element.shown(key))
    sound = element.invalid_sound
    warning = PlayElement(line=element.line, column=element.column, url=sound)
    playlist = prompts.begin(turn, (warning,)) if sound else None
    if playlist is None:
        _next_attempt(turn, element, run.attempt)
    else:
        turn.activity = evolve(run, playlist=playlist, failed=True)


def _complete(turn: Turn, element: GetDigitsElement, run: Collecting) -> None:
    if not run.digits:
        _next_attempt(turn, element, run.attempt)
        return
    turn.note("digits_collected", digits=element.shown(run.digits))
    turn.activity = None
    request_action(
        turn,
        url=element.action,
        method=element.method,
        redirect=element.redirect,
        extra=(("Digits", run.digits),),
        secret=() if element.log else ("Digits",),
    )


def _next_attempt(turn: Turn, element: GetDigitsElement, attempt: int) -> None:
    turn.note("attempt_failed", attempt=attempt, of=element.attempts)
    if attempt < element.attempts:
        _attempt(turn, element, attempt + 1)
    else:
        turn.done()
