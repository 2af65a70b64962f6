"""Runs the documents of the table side by side, as real calls through one stack."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from plivo import exceptions, plivoxml

from tests.faults.inside import ask
from tests.sandbox.calls.test_audio import wav
from tests.sdk.conftest import Sdk
from tests.sdk.xml_rows import ROWS, Row
from tests.support.answer_server import AnswerServer, Received

SOUNDS = ("sound", "invalid")
PHONES = ("+12025550142", "+12025550143")
PATIENCE = 180.0  # seconds without any progress
_HEARD = """
    select c.call_uuid, l.child, l.call_uuid, k.number, h.text from network_handsetcaption h
    join network_handsetcall k on k.call_uuid = h.call_id
    join calls_leg l on l.call_uuid = h.call_id
    join calls_call c on c.id = l.call_id order by h.id
"""


@dataclass
class Run:
    """One row's call: what happened so far, and at the end its record and story."""

    row: Row
    uuid: str = ""
    lines: list[str] = field(default_factory=list)
    phones: dict[str, tuple[str, str]] = field(default_factory=dict)
    done: int = 0
    requests: list[Received] = field(default_factory=list)
    record: Any = None
    story: list[dict[str, Any]] = field(default_factory=list)

    @property
    def untold(self) -> set[str]:
        """URLs that must be asked yet."""
        told = {got.path.split("/")[2] for got in self.requests}
        return {*self.row.tells, "hangup"} - told


class Runner:
    """A customer's server and phones, and a call for every row."""

    def __init__(self, sdk: Sdk, server: AnswerServer, socket: str) -> None:
        self.sdk, self.server = sdk, server
        self.runs = {row.name: Run(row) for row in ROWS}
        self.facts = {"socket": socket, "did": self._rent()}
        made = sdk.client.endpoints.create("xmlrows", "copper-wires-hum", "Rows")
        self.facts["sip"] = f"sip:{made.username}@phone.ringfence.example"
        for row in ROWS:
            self._serve(row)

    def url(self, row: Row, name: str) -> str:
        """A URL of a row's own."""
        return f"{self.server.url}/{row.name}/{name}/"

    def elements(self, row: Row) -> list[Any]:
        """What its document is made of."""
        return row.document(lambda name: self.url(row, name), self.facts)

    def run(self) -> dict[str, Run]:
        """Makes all calls and comes back when each is over and has told what it must.

        Or when nothing has happened for long: music that plays over and over is nothing.
        """
        for phone in PHONES:
            self.sdk.stack.manage("verify_number", self.sdk.auth_id, phone, "--json")
        seen, until = "", time.monotonic() + PATIENCE
        while not self._over() and time.monotonic() < until:
            self._look()
            self._act()
            if (now := self._progress()) != seen:
                seen, until = now, time.monotonic() + PATIENCE
            time.sleep(0.1)
        for run in self.runs.values():
            if run.uuid:
                told = self.sdk.client.request("GET", ("Sandbox", "Call", run.uuid, "Story"), {})
                run.story = told.objects
        return self.runs

    def _rent(self) -> str:
        offer = self.sdk.client.numbers.search(country_iso="US", services="voice,sms", limit=1)
        number = offer.objects[0].number
        self.sdk.client.numbers.buy(number)
        return number

    def _serve(self, row: Row) -> None:
        document = plivoxml.ResponseElement()
        for element in self.elements(row):
            document.add(element)
        text = document.to_string()
        self.server.answers[f"/{row.name}/answer/"] = lambda _: text
        for name in (*row.tells, *SOUNDS, *_NAMES):
            said = plivoxml.ResponseElement().add(plivoxml.SpeakElement(f"{row.name} {name}"))
            answer = wav(0.5) if name in SOUNDS else said.to_string()
            self.server.answers[f"/{row.name}/{name}/"] = lambda _, answer=answer: answer

    def _begin(self, run: Run) -> None:
        row, client = run.row, self.sdk.client
        turn = list(self.runs).index(row.name)
        urls = {f"{name}_url": self.url(row, name) for name in ("answer", "hangup", "ring")}
        if not row.inbound:
            to = f"+150055501{turn % 10:02d}"
            made = client.calls.create(from_=self.facts["did"], to_=to, ring_timeout=900, **urls)
            run.uuid = made.request_uuid
            return
        del urls["ring_url"]
        app = client.applications.create(app_name=f"rows-{row.name}", **urls)
        number = self._rent()
        client.numbers.update(number, app_id=app.app_id)
        path = ("Sandbox", "Handset", PHONES[turn % len(PHONES)], "Call")
        run.uuid = client.request("POST", path, {"to": f"+{number}"}).call_uuid

    def _look(self) -> None:
        """What was heard, asked and written since."""
        by_uuid = {run.uuid: run for run in self.runs.values() if run.uuid}
        for run in self.runs.values():
            run.lines, run.requests = [], []
        for uuid, child, leg, number, text in ask(self.sdk.stack, _HEARD):
            if run := by_uuid.get(str(UUID(str(uuid)))):
                kind = "B" if child else "A"
                run.lines.append(f"{kind} hears {text}")
                run.phones[kind] = (number, str(UUID(str(leg))))
        for got in list(self.server.received):
            if run := self.runs.get(got.path.split("/")[1]):
                run.requests.append(got)
                said = [got.params[name] for name in _SAID if name in got.params]
                run.lines.append(" ".join([got.path.split("/")[2], *said]))
        for run in self.runs.values():
            if run.record is None and any(line.startswith("hangup ") for line in run.lines):
                run.record = self._record(run.uuid)

    def _record(self, uuid: str) -> Any:
        try:
            return self.sdk.client.calls.get(uuid)
        except exceptions.ResourceNotFoundError:
            return None

    def _act(self) -> None:
        """Begins calls whose time has come, and lets phones do what they should."""
        for run in self.runs.values():
            if not run.uuid:
                if self._may_begin(run.row):
                    self._begin(run)
            elif run.done < len(run.row.deeds):
                self._do(run)

    def _may_begin(self, row: Row) -> bool:
        other, _, line = row.after.partition(": ")
        return not other or any(line in one for one in self.runs[other].lines)

    def _do(self, run: Run) -> None:
        deed = run.row.deeds[run.done]
        happened = sum(1 for line in run.lines if deed.when in line)
        if happened < deed.times or deed.leg not in run.phones:
            return
        number, leg = run.phones[deed.leg]
        what = {"Digits": {"digits": deed.what}, "Say": {"text": deed.what}}.get(deed.does, {})
        path = ("Sandbox", "Handset", number, deed.does)
        self.sdk.client.request("POST", path, {**what, "call_uuid": leg})
        run.done += 1

    def _over(self) -> bool:
        return all(run.record is not None and not run.untold for run in self.runs.values())

    def _progress(self) -> str:
        counts = Counter({name: len(set(run.lines)) for name, run in self.runs.items()})
        return f"{counts} {[bool(run.record) for run in self.runs.values()]}"


# What the documents name beside what must be asked.
_NAMES = (
    *("hangup", "ring", "music", "transcribed", "enter", "exit", "customers", "begins", "stops"),
)
_SAID = ("Event", "EventName", "Status", "DialDigitsPressedBy")
