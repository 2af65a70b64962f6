"""What the tests of rooms share: a call that asks to be let in, and what the room answers."""

from sandbox.calls.flow import rooms
from sandbox.calls.flow.commands import Notify

from .line import Line

AFTER = "<Speak>after</Speak>"


def conference(attributes: str = "", after: str = AFTER, **leg) -> Line:
    return Line(**leg).run(f"<Conference {attributes}>Lobby</Conference>", after)


def mpc(attributes: str = "", after: str = AFTER) -> Line:
    written = attributes if "role=" in attributes else f'role="agent" {attributes}'
    return Line().run(f"<MultiPartyCall {written}>Support</MultiPartyCall>", after)


def asked_for(line: Line) -> rooms.JoinRoom:
    return line.the_last(rooms.JoinRoom)


def see(line: Line, phase: str = rooms.LIVE, version: int = 1, **view) -> Line:
    """The room tells how the member stands."""
    join_id = asked_for(line).join_id
    facts = {"member_id": "1", **view}
    return line.send(rooms.RoomView(join_id, version, phase, **facts))


def hear(line: Line, what: str, **heard) -> Line:
    return line.send(rooms.RoomHeard(asked_for(line).join_id, what, **heard))


def left(line: Line) -> list[str]:
    """Why the call has left rooms so far."""
    return [one.why for one in line.ever(rooms.LeaveRoom)]


def told(line: Line) -> list[str]:
    """The events its callback URL was told so far."""
    return [one.event for one in line.ever(Notify) if one.purpose == "conference_callback"]
