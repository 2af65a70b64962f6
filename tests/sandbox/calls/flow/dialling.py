"""What the tests of Dial share: a call that dials, and what its legs do."""

from sandbox.calls.flow import events
from sandbox.calls.flow.commands import DialLeg, Fetch

from .line import AGENT, OTHER, Line

AFTER = "<Speak>after</Speak>"
ONE = f"<Number>{AGENT}</Number>"
BOTH = f"{ONE}<Number>{OTHER}</Number>"


def dial(children: str = ONE, attributes: str = 'action="/done"', **leg) -> Line:
    return Line(**leg).run(f"<Dial {attributes}>{children}</Dial>", AFTER)


def child(line: Line, position: int = 1) -> int:
    return [one.child for one in line.ever(DialLeg) if one.position == position][-1]


def rings(line: Line, position: int = 1) -> Line:
    return line.send(events.LegRinging(child(line, position)))


def answers(line: Line, position: int = 1) -> Line:
    return line.send(events.LegAnswered(child(line, position)))


def ends(line: Line, cause: int = 0, position: int = 1) -> Line:
    return line.send(events.LegEnded(child(line, position), cause))


def told(line: Line) -> dict[str, str]:
    """What the action was just asked with."""
    fetch = line.one(Fetch)
    assert fetch.purpose == "action"
    return dict(fetch.extra)
