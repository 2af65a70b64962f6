"""What the reader's URLs would be told: the names of a real call, with what is known here. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.calls import params
from sandbox.calls.flow.commands import Fetch, HangUp, Notify
from sandbox.calls.models import Call
from sandbox.recordings.told import facts
from sandbox.webhooks.records import HIDDEN

if TYPE_CHECKING:
    from sandbox.calls.rehearsal.stage import Stage


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a document leads to. `params` hide what is not to be shown.

    `key` is the same for the same request, so that an answer is given to what it was meant for.
    `earlier` is what the reader's server answered in this place before.
    """

    purpose: str
    method: str
    url: str
    params: tuple[tuple[str, str], ...]
    key: str
    earlier: str = ""


def request_of(stage: Stage, command: Fetch, earlier: str = "") -> Request:
    """The request that a `Fetch` is."""
    said = json.dumps([command.method, command.url, sorted(command.extra)])
    return Request(
        purpose=command.purpose,
        method=command.method,
        url=command.url,
        params=tuple(shown(stage, command).items()),
        key=hashlib.sha256(said.encode()).hexdigest()[:16],
        earlier=earlier,
    )


def shown(stage: Stage, command: Fetch | Notify) -> params.Params:
    """Its parameters; the values of those that are secret are dots."""
    told = params.for_command(stage.call, stage.legs, command, _elements(stage))
    return {name: HIDDEN if name in command.secret else str(value) for name, value in told.items()}


def own(stage: Stage, told: params.Params) -> params.Params:
    """What a request says beyond the parameters that every request of a call has."""
    usual = params.standard(stage.call, stage.legs[0], event="Event", status="CallStatus")
    return {name: told[name] for name in told if name not in usual}


def at_the_end(stage: Stage, command: HangUp) -> params.Params:
    """What the hangup URL is told."""
    return params.hangup(stage.call, stage.legs[0], command)


def _elements(stage: Stage) -> Mapping[str, params.ElementParams]:
    """What a real call looks up about recordings and rooms, from what this one knows."""

    def of_recording(_call: Call, command: Fetch | Notify) -> params.Params:
        said = dict(command.extra)
        number = said.pop("RecordingID", "")
        recording = stage.recordings.get(int(number)) if number.isdecimal() else None
        return {**facts(recording), **said} if recording else {"RecordingID": ""}

    def of_conference(_call: Call, command: Fetch | Notify) -> params.Params:
        told = {
            "ConferenceName": stage.room,
            "ConferenceUUID": str(stage.uuid("room")),
            "ConferenceMemberID": "1",
        }
        ends = {"enter": "ConferenceFirstMember", "exit": "ConferenceLastMember"}
        action = dict(command.extra).get("ConferenceAction", "")
        return told | ({ends[action]: "true"} if action in ends else {})

    def of_mpc(_call: Call, _command: Fetch | Notify) -> params.Params:
        return {
            "MPCUUID": str(stage.uuid("room")),
            "MPCFriendlyName": stage.room,
            "MemberID": "1",
            "ParticipantCallUUID": str(stage.call.call_uuid),
            "ParticipantRole": stage.role,
            "ParticipantJoinTime": f"{stage.joined_at:%Y-%m-%d %H:%M:%S}+00:00",
            "ParticipantEndTime": f"{stage.now:%Y-%m-%d %H:%M:%S}+00:00",
        }

    return {"Record": of_recording, "Conference": of_conference, "MultiPartyCall": of_mpc}
