"""What one event does to one call: collected while it is worked on, written at the end.

The call's row is locked (PostgreSQL) or the database is (SQLite), and its version is compared when
it is written, so that two workers never build on the same state.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from console.core import clock, outbox
from console.core.models import OutboxRow, Queue
from console.core.seals import seal, unseal
from console.core.telephone_time import scaled
from sandbox.calls.flow import State
from sandbox.calls.flow.commands import Fetch, Play
from sandbox.calls.flow.events import Event
from sandbox.calls.lines import NoteLine
from sandbox.calls.models import Call, CallEvent, CallPhase, Leg, LegState

TIMER: Final = "call.timer"
FETCH: Final = "call.fetch"
DIAL: Final = "call.dial"
START: Final = "call.start"
OVERLAY: Final = "call.overlay"
CREDIT: Final = "call.credit"
AUDIO: Final = "call.audio"
REASON: Final = "the engine carries on any tenant's call"
GRACE: Final = timedelta(seconds=90)
"""How long after something was due the sweep begins to ask why it did not happen."""
_PURPOSE: Final = "call"


class Stale(Exception):
    """Somebody else changed the call meanwhile; try again."""


class Work:
    """A call in the making.

    `state` is the flow's, `fetches` the documents and `audio` the sounds that are asked for,
    `overlays` what the API lets the legs hear beside the document, `due` when each thing that was
    started must have reported back, `room` the uuid of the last room. `picked_up` says that the A
    leg's phone was answered by this very event. `at_once` are events, each with its key, that
    answer a command before anything else can happen to the call.
    """

    def __init__(self, call: Call, *, at: datetime) -> None:
        self.call = call
        self.at = at
        self.now = clock.now()
        self.events: list[CallEvent] = []
        self.rows: list[OutboxRow] = []
        self.picked_up = False
        self.at_once: list[tuple[Event, str]] = []
        self._legs: dict[int, Leg] | None = None
        kept = _read(call)
        self.state: State | None = State.from_json(kept["state"]) if kept.get("state") else None
        self.fetches: dict[str, Any] = dict(kept.get("fetches", {}))
        self.audio: dict[str, Any] = dict(kept.get("audio", {}))
        self.overlays: dict[str, Any] = dict(kept.get("overlays", {}))
        self.due: dict[str, str] = dict(kept.get("due", {}))
        self.room: str = str(kept.get("room", ""))
        self.before = kept

    # The story

    def note(self, kind: str, *, child: int = 0, key: str = "", **data: Any) -> None:
        """Adds a line to the story. A platform call has none: only keys are kept (OTP-16)."""
        if self.call.platform:
            if not key:
                return
            data = {}
        self.call.last_seq += 1
        self.events.append(
            CallEvent(
                call=self.call,
                seq=self.call.last_seq,
                key=key,
                at=self.at,
                kind=kind[:40],
                child=child,
                data=data,
            )
        )

    def tell(self, line: NoteLine, *, key: str = "") -> None:
        """Adds a line that rehearsals tell, too."""
        self.note(line.kind, child=line.child, key=key, **line.data)

    # Legs

    @property
    def legs(self) -> dict[int, Leg]:
        """The call's legs by child (one query, when first asked)."""
        if self._legs is None:
            self._legs = {leg.child: leg for leg in Leg.objects.filter(call=self.call)}
        return self._legs

    @property
    def leg(self) -> Leg:
        """The A leg."""
        return self.legs[0]

    def has_only(self, leg: Leg) -> None:
        """The call is new: its A leg is all that it has."""
        self._legs = {0: leg}

    def change_a_leg(self, **values: Any) -> None:
        """Writes values to the living A leg, whether it was read or not (one query)."""
        living = Leg.objects.filter(call=self.call, child=0).exclude(state=LegState.ENDED)
        living.update(**values)
        if self._legs is not None:
            for name, value in values.items():
                setattr(self._legs[0], name, value)

    def hears_others(self, child: int) -> bool:
        """Whether the leg hears who it is connected with now: not while the API lets it hear
        something alone (`mix` false).
        """
        alone = [one for one in self.overlays.values() if not one.get("mix", True)]
        return not any(child in one["legs"] for one in alone)

    # What must happen

    @property
    def queue(self) -> Queue:
        """Codes are not to wait behind calls (BG-07)."""
        return Queue.OTP if self.call.platform else Queue.CALLS

    def later(
        self,
        kind: str,
        name: str,
        *,
        seconds: float = 0,
        queue: Queue | None = None,
        **payload: Any,
    ) -> None:
        """Plans an outbox row under the key (call, name) after so much telephone time."""
        self.at_moment(kind, name, self.now + scaled(seconds), queue=queue, **payload)

    def at_moment(
        self, kind: str, name: str, when: datetime, *, queue: Queue | None = None, **payload: Any
    ) -> None:
        """Plans an outbox row under the key (call, name) for a moment of the clock."""
        self.rows.append(
            OutboxRow(
                kind=kind,
                queue=queue or self.queue,
                payload={"call_uuid": str(self.call.call_uuid), **payload},
                dedupe_key=self.key_of(name),
                next_at=when,
            )
        )
        self.due[name] = when.isoformat()

    def key_of(self, name: str) -> str:
        """The dedupe key of what was planned under this name."""
        return f"call:{self.call.call_uuid}:{name}"

    def reported(self, name: str) -> None:
        """What was planned under this name has happened, or is not wanted any more."""
        self.due.pop(name, None)

    def ask(self, command: Fetch) -> None:
        """Plans the request for a document; its parameters stay in the call's row, unpublished."""
        name = f"f{command.fetch_id}"
        self.fetches[str(command.fetch_id)] = command.to_json()
        queue = self.queue if self.call.platform else Queue.WEBHOOKS
        self.later(FETCH, name, queue=queue, fetch_id=command.fetch_id)

    def answered_fetch(self, fetch_id: int) -> None:
        """The request has been answered, one way or the other."""
        self.fetches.pop(str(fetch_id), None)
        self.reported(f"f{fetch_id}")

    def want(self, command: Play) -> None:
        """Plans getting a sound; it is heard, or skipped, when it is there."""
        name = f"a{command.prompt_id}"
        self.audio[str(command.prompt_id)] = command.to_json()
        self.later(AUDIO, name, queue=Queue.WEBHOOKS, prompt_id=command.prompt_id)

    def silenced(self, prompt_id: int) -> None:
        """The prompt is over, or not wanted any more, wherever it stands."""
        self.audio.pop(str(prompt_id), None)
        self.reported(f"a{prompt_id}")
        self.reported(f"p{prompt_id}")

    # Writing

    def content(self) -> dict[str, Any]:
        """What the call's row keeps for the next event."""
        if self.state is None or self.call.is_over:
            return {}
        kept = {
            "fetches": self.fetches,
            "audio": self.audio,
            "overlays": self.overlays,
            "due": self.due,
            "room": self.room,
        }
        return {"state": self.state.to_json(), **{name: one for name, one in kept.items() if one}}

    def save(self) -> None:
        """Writes call, story and outbox: three queries. Raises Stale."""
        call = self.call
        call.wake_by = None if call.is_over else self.wake_by()
        kept = self.content()
        if call.platform:
            clear = json.dumps(kept).encode()
            call.sealed = (
                seal(clear, purpose=_PURPOSE, bound_to=str(call.call_uuid)) if kept else b""
            )
        else:
            call.flow = kept
        changed = (
            Call.objects.unscoped(REASON)
            .filter(pk=call.pk, version=call.version)
            .update(
                phase=call.phase,
                flow=call.flow,
                sealed=call.sealed,
                version=call.version + 1,
                last_seq=call.last_seq,
                ended_at=call.ended_at,
                wake_by=call.wake_by,
            )
        )
        if not changed:
            raise Stale
        call.version += 1
        if self.events:
            CallEvent.objects.bulk_create(self.events)
        if self.rows and not call.is_over:
            outbox.enqueue_many(self.rows)

    def end(self) -> None:
        """The call is over: nothing of its flow is kept."""
        self.call.phase = CallPhase.ENDED
        self.call.ended_at = max(self.at, self.call.started_at)
        self.fetches, self.audio, self.overlays, self.due = {}, {}, {}, {}

    def wake_by(self) -> datetime:
        """When something must have happened, or the sweep asks why not."""
        earliest = min(self.due.values(), default="")
        return (datetime.fromisoformat(earliest) if earliest else self.now) + GRACE


def _read(call: Call) -> dict[str, Any]:
    if not call.platform:
        return call.flow
    if not call.sealed:
        return {}
    clear = unseal(call.sealed, purpose=_PURPOSE, bound_to=str(call.call_uuid))
    found: dict[str, Any] = json.loads(clear)
    return found


def lock(call_uuid: UUID) -> Call | None:
    """The call's row, ours until the transaction ends (one query); None when there is none."""
    rows = Call.objects.unscoped(REASON).select_related("account", "subaccount")
    return rows.select_for_update(of=("self",)).filter(call_uuid=call_uuid).first()
