"""One step in the making: the state taken apart, changed in place, put together again.

A turn lives for one event. Verbs and activities change a call through its methods only; nothing
here knows a verb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import causes, commands
from .commands import Command, Pairs, Scalar
from .document import Document
from .state import ENDED, LIVE, NEW, RINGING, Ending, State, Timer
from .urls import Target, resolve

if TYPE_CHECKING:
    from .base import Element

TIME_LIMIT = "time_limit"
SCHEDULED_HANGUP = "scheduled_hangup"
RING = "ring"


class Turn:
    """A draft of the next state, and the commands so far."""

    __slots__ = (
        "activity",
        "answered",
        "document",
        "document_url",
        "documents",
        "emit",
        "ending",
        "idle_documents",
        "leg",
        "out",
        "path",
        "phase",
        "rang",
        "ready",
        "serial",
        "timers",
        "visited",
    )

    def __init__(self, state: State) -> None:
        self.leg = state.leg
        self.phase = state.phase
        self.answered = state.answered
        self.document = state.document
        self.document_url = state.document_url
        self.path = state.path
        self.activity = state.activity
        self.timers = state.timers
        self.serial = state.serial
        self.documents = state.documents
        self.idle_documents = state.idle_documents
        self.visited = state.visited
        self.ending = state.ending
        self.rang = state.rang
        self.out: list[Command] = []
        self.emit: Callable[[Command], None] = self.out.append
        self.ready = False

    def freeze(self) -> State:
        """Return the state this turn led to."""
        return State(
            self.leg,
            self.phase,
            self.answered,
            self.document,
            self.document_url,
            self.path,
            self.activity,
            self.timers,
            self.serial,
            self.documents,
            self.idle_documents,
            self.visited,
            self.ending,
            self.rang,
        )

    # Ids, notes, timers

    def next_id(self) -> int:
        """Return a number no other thing of this call has."""
        self.serial += 1
        return self.serial

    def note(self, kind: str, **data: Scalar | tuple[str, ...]) -> None:
        """Add a line to the story, placed at the current element."""
        element = self.element
        if element is None:
            self.emit(commands.StoryNote(kind, "", 0, 0, tuple(data.items())))
            return
        place = (element.name, element.line, element.column)
        self.emit(commands.StoryNote(kind, *place, tuple(data.items())))

    def arm(self, purpose: str, seconds: float, child: int = 0) -> int:
        """Start a timer and return its id."""
        timer_id = self.next_id()
        self.timers = (*self.timers, Timer(timer_id, purpose, child))
        self.emit(commands.StartTimer(timer_id, seconds, purpose))
        return timer_id

    def disarm(self, timer_id: int) -> None:
        """Cancel a timer; 0 is none, and one that is not armed is none of our business."""
        if not timer_id:
            return
        kept = tuple(timer for timer in self.timers if timer.timer_id != timer_id)
        if len(kept) != len(self.timers):
            self.timers = kept
            self.emit(commands.CancelTimer(timer_id))

    def disarm_all(self, purpose: str = "") -> None:
        """Cancel every timer, or every one of `purpose`."""
        for timer in self.timers:
            if not purpose or timer.purpose == purpose:
                self.disarm(timer.timer_id)

    def take_timer(self, timer_id: int) -> Timer | None:
        """Return the armed timer that fired and forget it; None for a late or doubled event."""
        for timer in self.timers:
            if timer.timer_id == timer_id:
                self.timers = tuple(one for one in self.timers if one is not timer)
                return timer
        return None

    # URLs

    def target(self, url: str) -> Target | None:
        """Return where a URL of the current document leads; None when it may not be asked."""
        return resolve(self.document_url, url, self.leg.schemes)

    def call_status(self) -> str:
        """Return the parameter CallStatus as it is now."""
        if self.ending is not None:
            return causes.call_status(
                self.ending.cause, answered=self.answered, direction=self.leg.direction
            )
        return "in-progress" if self.answered else "ringing"

    def notify(
        self,
        purpose: str,
        url: str,
        method: str,
        *,
        event: str = "",
        extra: Pairs = (),
        child: int = 0,
        secret: tuple[str, ...] = (),
    ) -> None:
        """Tell a URL without waiting; a URL that cannot be asked leaves a note."""
        target = self.target(url)
        if target is None or method not in ("GET", "POST"):
            self.note("notify_skipped", purpose=purpose, url=url, method=method)
            return
        element = self.element
        self.emit(
            commands.Notify(
                self.next_id(),
                purpose,
                target.url,
                method,
                target.settings,
                event,
                self.call_status(),
                extra,
                child,
                secret,
                element.name if element else "",
            )
        )

    # Where we are in the document

    @property
    def element(self) -> Element | None:
        """The current element; None before, after and between documents."""
        path = self.path
        if not path or self.document is None:
            return None
        siblings = self.document.elements
        for index in path[:-1]:
            siblings = siblings[index].inside()
        return siblings[path[-1]] if path[-1] < len(siblings) else None

    def load(self, document: Document, url: str) -> None:
        """Run `document` from its first element; the one before is forgotten."""
        self.document = document
        self.document_url = url
        self.path = (0,)
        self.idle_documents += 1
        self.activity = None
        self.ready = True
        self.note("document_started", url=url)
        for notice in document.notices:
            place = (notice.element, notice.line, notice.column)
            self.emit(commands.StoryNote(notice.code, *place, (("message", notice.message),)))

    def enter(self) -> None:
        """Run the children of the current container next."""
        self.path = (*self.path, 0)
        self.ready = True

    def done(self) -> None:
        """The current element is over; the next one starts when this event is dealt with."""
        self.note("element_ended")
        self.activity = None
        self.path = (*self.path[:-1], self.path[-1] + 1)
        self.ready = True

    def settle(self) -> None:
        """Start elements until one has to wait or the call is over."""
        while self.ready and self.ending is None:
            self.ready = False
            element = self.element
            if element is not None:
                self._start(element)
            elif len(self.path) > 1:
                self.path = self.path[:-1]
                self.done()
            else:
                self.end(4010)

    def _start(self, element: Element) -> None:
        self.note("element_started")
        # Inside PreAnswer nothing answers the call.
        if not self.answered and len(self.path) == 1 and element.answers():
            self.answer()
        if element.is_media():
            self.idle_documents = 0
        element.start(self)

    # The life of the call

    def answer(self) -> None:
        """Answer an inbound call, once."""
        if not self.answered:
            self.emit(commands.Answer())
            self.went_live()

    def went_live(self) -> None:
        """The call's own leg is answered: the time limit counts from now."""
        self.answered = True
        self.phase = LIVE
        self.disarm_all(RING)
        self.limit_time()

    def limit_time(self) -> None:
        """Arm the time limit of the call anew."""
        self.disarm_all(TIME_LIMIT)
        self.arm(TIME_LIMIT, self.leg.time_limit_seconds)

    def stop_activity(self) -> None:
        """Stop what the call waits for, leaving nothing open."""
        activity, self.activity = self.activity, None
        if activity is not None:
            activity.stop(self)

    def end(self, code: int, source: str = "", *, reason: str = "", drop_line: bool = True) -> None:
        """End the call with a cause, once; nothing of it stays open."""
        if self.ending is not None:
            return
        row = causes.cause(code)
        self.ending = Ending(code, source or row.source, reason)
        self.stop_activity()
        self.disarm_all()
        self.phase = ENDED
        self.emit(
            commands.HangUp(
                code,
                row.name,
                self.ending.source,
                row.hangup_cause,
                self.call_status(),
                self.answered,
                drop_line,
                reason,
            )
        )

    @property
    def far_end(self) -> str:
        """The source of a cause when the phone itself did it."""
        return causes.CALLER if self.leg.direction == causes.INBOUND else causes.CALLEE

    def began(self) -> bool:
        """Leave the state `new`; False when the call has begun before."""
        if self.phase != NEW:
            return False
        self.phase = RINGING
        return True
