"""A call in hand: sends events, keeps the commands, and checks what must always hold."""

from collections.abc import Callable
from typing import Any, TypeVar

from sandbox.calls.flow import Leg, State, commands, events, new_call, step
from sandbox.calls.flow.commands import Command
from sandbox.calls.flow.events import Event

CALLER = "+12025550101"
OURS = "+13035550102"
AGENT = "+14155550103"
OTHER = "+14155550104"
ANSWER_URL = "https://app.example.com/voice/answer"

C = TypeVar("C", bound=Command)


class Line:
    """One call driven by hand. `last` holds the commands of the last event, `all` of all."""

    def __init__(self, *, direction: str = "inbound", **leg: Any) -> None:
        numbers = {"from_number": CALLER, "to_number": OURS}
        if direction == "outbound":
            numbers = {"from_number": OURS, "to_number": CALLER}
        facts = {"answer_url": ANSWER_URL, **numbers, **leg}
        self.state: State = new_call(Leg(direction, **facts))
        self.last: tuple[Command, ...] = ()
        self.all: list[Command] = []

    def send(self, event: Event) -> "Line":
        """Apply one event; state and event must survive JSON unchanged."""
        assert State.from_json(self.state.to_json()) == self.state
        assert Event.from_json(event.to_json()) == event
        self.state, self.last = step(self.state, event)
        self.all += self.last
        return self

    def run(self, *xml: str) -> "Line":
        """Begin the call and answer its first fetch with a document of these elements."""
        self.begin()
        return self.reply(*xml)

    def begin(self) -> "Line":
        if self.state.leg.direction == "outbound":
            self.send(events.OutgoingCall())
            return self.send(events.LegAnswered())
        return self.send(events.IncomingCall())

    def reply(self, *xml: str) -> "Line":
        """Answer the last fetch with a document of these elements."""
        return self.body(f"<Response>{''.join(xml)}</Response>")

    def body(self, text: str) -> "Line":
        return self.send(events.DocumentFetched(self.the_last(commands.Fetch).fetch_id, text))

    def fail(self, reason: str = "timeout", status: int = 0) -> "Line":
        fetch_id = self.the_last(commands.Fetch).fetch_id
        return self.send(events.FetchFailed(fetch_id, reason, status))

    def press(self, digits: str, child: int = 0) -> "Line":
        return self.send(events.Digits(digits, child))

    def said(self, failed: str = "") -> "Line":
        """The last prompt came to its end."""
        prompts = [one for one in self.all if isinstance(one, commands.Speak | commands.Play)]
        return self.send(events.PromptFinished(prompts[-1].prompt_id, failed))

    def fire(self, purpose: str) -> "Line":
        """The timer of this purpose runs out."""
        timer = next(one for one in self.state.timers if one.purpose == purpose)
        return self.send(events.TimerFired(timer.timer_id))

    def hang_up(self) -> "Line":
        return self.send(events.LegEnded())

    def of(self, kind: type[C]) -> list[C]:
        """The commands of that kind the last event brought."""
        return [one for one in self.last if isinstance(one, kind)]

    def ever(self, kind: type[C]) -> list[C]:
        """All commands of that kind so far."""
        return [one for one in self.all if isinstance(one, kind)]

    def one(self, kind: type[C], where: Callable[[C], bool] = lambda _: True) -> C:
        """The single command of that kind among the last ones."""
        found = [one for one in self.of(kind) if where(one)]
        assert len(found) == 1, (kind, self.last)
        return found[0]

    def the_last(self, kind: type[C]) -> C:
        return self.ever(kind)[-1]

    def notes(self, kind: str) -> list[dict[str, Any]]:
        """What the story said under that kind."""
        return [dict(note.data) for note in self.ever(commands.StoryNote) if note.kind == kind]

    @property
    def ended_with(self) -> int:
        """The cause the call ended with; fails while it lives."""
        assert self.state.is_over
        hangups = self.ever(commands.HangUp)
        assert len(hangups) == 1
        assert self.all[-1] is hangups[0]
        return hangups[0].cause
