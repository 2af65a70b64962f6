"""A call that nobody makes: its clock, its legs, its story, and what is yet to happen.

Nothing here is written to the database, and nothing is asked for: rows are made and never saved, so
that the same code tells, draws and lists them which does so for real calls.
"""

from __future__ import annotations

import heapq
import uuid
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from console.accounts.models import Account
from sandbox.calls import leg_effects, lines
from sandbox.calls.flow import Leg as FlowLeg
from sandbox.calls.flow import State, cause, events, new_call, step
from sandbox.calls.flow.commands import Command, Fetch
from sandbox.calls.flow.events import Event
from sandbox.calls.lines import NoteLine
from sandbox.calls.models import Call, CallEvent, CallPhase, Direction, Leg, LegState
from sandbox.calls.rehearsal import phones
from sandbox.calls.rehearsal.plan import Move, Party, Plan
from sandbox.network.fates import Timed
from sandbox.network.phones import Action, Deed
from sandbox.recordings.models import Recording

MOST_STEPS: Final = 1500
MOST_LINES: Final = 120
SOON: Final = 1.0
"""Seconds until somebody does what they do as soon as the document listens."""
_SPACE: Final = uuid.UUID("5f0d7e52-3a5b-5d3e-9c7e-000000000000")
_SOUNDS: Final = frozenset({"said", "played"})
_LEG_EVENTS: Final = (events.LegRinging, events.LegAnswered, events.LegEnded)

Act = Callable[[], None]
CarryOut = Callable[["Stage", Command], None]


class Stage:
    """One rehearsal while it runs. `at` are seconds since the call began."""

    def __init__(self, plan: Plan, start: datetime, carry_out: CarryOut) -> None:
        self.plan, self.start, self.carry_out = plan, start, carry_out
        self.at = 0.0
        self.steps = 0
        self.call = _call(plan, start, self.uuid("call"))
        self.legs: dict[int, Leg] = {0: _a_leg(plan, self.call)}
        self.state: State = new_call(_flow_leg(plan))
        self.story: list[CallEvent] = []
        self.fetches: deque[Fetch] = deque()
        self.recordings: dict[int, Recording] = {}
        self.callbacks: dict[int, tuple[str, str]] = {}
        self.room, self.role, self.joined_at = "", "", start
        self.missed: list[Move] = []
        self.waiting = deque(move for move in plan.moves if move.at is None)
        self._about_to = False
        self._dialled: list[int] = []
        self._due: list[tuple[float, int, str, Act]] = []
        self._order = count()
        self._gone: set[str] = set()
        self._timed = [move for move in plan.moves if move.at is not None]
        for move in self._timed:
            self.later(move.at or 0, partial(self.do, move))

    @property
    def now(self) -> datetime:
        """The moment of the call's clock."""
        return self.start + timedelta(seconds=self.at)

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self.call.is_over

    @property
    def is_full(self) -> bool:
        """Whether it has done as much as a rehearsal may."""
        return self.steps >= MOST_STEPS or len(self.story) >= MOST_LINES

    def uuid(self, name: str) -> uuid.UUID:
        """The same UUID for the same thing in every rehearsal."""
        return uuid.uuid5(_SPACE, name)

    # Time

    def later(self, seconds: float, act: Act, *, name: str = "") -> None:
        """Plans something; `forget` of its name takes it back."""
        heapq.heappush(self._due, (self.at + seconds, next(self._order), name, act))

    def forget(self, name: str) -> None:
        """What was planned under this name is not wanted any more."""
        self._gone.add(name)

    def go_on(self) -> bool:
        """Does what is due next; False when there is nothing, or no more may be done."""
        while self._due and not self.is_over and not self.is_full:
            at, _, name, act = heapq.heappop(self._due)
            if name not in self._gone:
                self.at = max(self.at, at)
                act()
                return True
        return False

    # The story

    def note(self, kind: str, *, child: int = 0, key: str = "", **data: Any) -> None:
        """Adds a line to the story; a sound that goes round and round is told once."""
        last = self.story[-1] if self.story else None
        if last and kind in _SOUNDS and (last.kind, last.child, last.data) == (kind, child, data):
            return
        seq = len(self.story) + 1
        self.story.append(
            CallEvent(
                call=self.call, seq=seq, key=key, at=self.now, kind=kind, child=child, data=data
            )
        )

    def tell(self, line: NoteLine | None) -> None:
        """Adds a line, where there is one, that calls tell, too."""
        if line is not None:
            self.note(line.kind, child=line.child, **line.data)

    # Events

    def hears(self, event: Event, **data: Any) -> None:
        """Steps the flow, as the engine does, and carries out its commands here.

        `data` goes into the event's line of the story.
        """
        self.steps += 1
        before = self.state
        after, out = step(before, event)
        told = isinstance(event, lines.FROM_PHONES) or self._take_note(event)
        if not out and not told and after == before:
            return
        kind, child = lines.kind_of(event), getattr(event, "child", 0)
        if kind not in lines.BOOKKEEPING and not (kind == "leg_ended" and child):
            self.note(kind, child=child, key="event", **lines.shown(before, event), **data)
        self.state = after
        if told and isinstance(event, events.LegRinging | events.LegAnswered):
            self._send_digits(event.child, rings=isinstance(event, events.LegRinging))
        for command in out:
            self.carry_out(self, command)
        self._await_moves()

    def _send_digits(self, child: int, *, rings: bool) -> None:
        leg = self.legs.get(child)
        if leg is not None and leg_effects.wants_digits(leg, rings=rings):
            self.tell(lines.tones_sent(leg.send_digits, child=child))

    def _take_note(self, event: Event) -> bool:
        if not isinstance(event, _LEG_EVENTS):
            return False
        leg = self.legs.get(event.child)
        if leg is None or leg.is_over:
            return False
        if isinstance(event, events.LegRinging):
            leg.state = LegState.RINGING
        elif isinstance(event, events.LegAnswered):
            self.went_up(leg)
        elif not leg.is_a:
            self.settle(leg, code=event.cause, source=event.source)
        return True

    # Legs

    def went_up(self, leg: Leg) -> None:
        """The leg is answered."""
        leg.state, leg.answered_at = LegState.UP, self.now
        if leg.is_a:
            self.call.phase = CallPhase.LIVE

    def settle(self, leg: Leg, *, code: int, source: str) -> None:
        """The leg has ended, once."""
        if not leg.is_over:
            leg.state, leg.ended_at = LegState.ENDED, self.now
            leg.cause, leg.source = code, source or cause(code).source

    def dials(self, child: int) -> Party:
        """Remembers that this leg was dialled; gives what its phone does."""
        self._dialled.append(child)
        known = self.plan.parties or (Party(),)
        return known[min(len(self._dialled), len(known)) - 1]

    def rings(self, child: int, number: str, party: Party) -> None:
        """A phone rings and does what it does by itself."""
        self.later(0, lambda: self.hears(events.LegRinging(child)), name=f"phone-{child}")
        plan = phones.fate_of(number, party)
        for timed in phones.deeds(plan) if plan is not None else ():
            self._does(child, timed)

    def _does(self, child: int, timed: Timed) -> None:
        act = partial(self._perform, child, timed.action)
        self.later(timed.after, act, name=f"phone-{child}")

    def _perform(self, child: int, action: Action) -> None:
        leg = self.legs[child]
        if not leg.is_over:
            self.hears(phones.event_for(leg, action))

    # What the reader lets people do

    def undone(self) -> tuple[Move, ...]:
        """The moves whose time has not come."""
        return tuple(self._timed)

    def do(self, move: Move) -> None:
        """Does a move, when the phone is in the call; else it is one that was missed."""
        self._timed = [one for one in self._timed if one is not move]
        child = self._child(move.who)
        leg = self.legs.get(child) if child is not None else None
        action = phones.action_of(move)
        ends = action.deed is Deed.HANG_UP
        if leg is None or leg.is_over or (leg.state != LegState.UP and not ends):
            self.missed.append(move)
        else:
            self._perform(leg.child, action)

    def _child(self, who: int) -> int | None:
        if not who:
            return 0
        return self._dialled[who - 1] if who <= len(self._dialled) else None

    def _await_moves(self) -> None:
        """Plans the next move that waits for the document to listen."""
        if self._about_to or not self._may_move():
            return
        self._about_to = True
        self.later(SOON, self._move)

    def _may_move(self) -> bool:
        child = self._child(self.waiting[0].who) if self.waiting else None
        return child is not None and phones.listens(self.state, child)

    def _move(self) -> None:
        self._about_to = False
        if self._may_move():
            self.do(self.waiting.popleft())


def _call(plan: Plan, start: datetime, call_uuid: uuid.UUID) -> Call:
    return Call(
        call_uuid=call_uuid,
        account=Account(auth_id=plan.auth_id, created_at=start),
        direction=Direction.OUTBOUND if plan.outbound else Direction.INBOUND,
        from_number=plan.from_number,
        to_number=plan.to_number,
        hangup_url=plan.hangup_url,
        phase=CallPhase.RINGING,
        started_at=start,
    )


def _a_leg(plan: Plan, call: Call) -> Leg:
    return Leg(
        call=call,
        call_uuid=call.call_uuid,
        direction=call.direction,
        from_number=call.from_number,
        to_number=call.to_number,
        state=LegState.DIALLING if plan.outbound else LegState.RINGING,
        initiated_at=call.started_at,
    )


def _flow_leg(plan: Plan) -> FlowLeg:
    return FlowLeg(
        direction="outbound" if plan.outbound else "inbound",
        from_number=plan.from_number,
        to_number=plan.to_number,
        answer_url=plan.answer_url,
        fallback_url=plan.fallback_url,
        machine=plan.machine if plan.outbound else "",
    )
