"""Every element and attribute of the Python SDK's XML builder, run as real calls.

Each document of the table is served by a customer's server, and all that the server is told is
checked by the SDK's own validators.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from plivo import plivoxml
from plivo.utils import validate_signature, validate_v3_signature

from tests.sandbox.streams.socket_server import SocketServer, close_after
from tests.sdk.conftest import customer
from tests.sdk.xml_documents import NEVER
from tests.sdk.xml_rows import ROWS
from tests.sdk.xml_runs import Run, Runner
from tests.support.answer_server import AnswerServer, Received

stack = pytest.mark.stack
NAMES = [row.name for row in ROWS]
# The story's lines that say that something was read otherwise than written, or not at all.
AMISS = re.compile(
    r"^attribute_|^(fetch|audio)_failed$|_refused$|_ignored$|_cut$|_dropped$|_without_|^unreached"
)


@pytest.fixture(scope="module")
def runner(sdk_stack) -> Iterator[Runner]:
    """All calls of the table, over."""
    who = customer(sdk_stack, "python-xml")
    with AnswerServer() as server, SocketServer(answer=close_after(20)) as socket:
        made = Runner(who, server, socket.url)
        made.run()
        yield made


@pytest.fixture
def run(runner, name) -> Run:
    """One row's call."""
    return runner.runs[name]


@stack
@pytest.mark.parametrize("name", NAMES)
def test_the_call_ends_as_it_should(run):
    assert run.record is not None, (run.lines, run.story)
    ended = (run.record.hangup_cause_code, run.record.hangup_source)
    assert ended == run.row.ends, run.story


@stack
@pytest.mark.parametrize("name", NAMES)
def test_each_element_ran_as_written(run, runner):
    begun = {line["data"]["element"] for line in run.story if line["kind"] == "element_started"}
    elements = runner.elements(run.row)
    inside = [
        one for element in elements if element._name == "PreAnswer" for one in element.children
    ]
    assert {element._name for element in (*elements, *inside)} <= begun
    amiss = [line for line in run.story if AMISS.search(line["kind"])]
    assert {line["kind"] for line in amiss} == run.row.notices, amiss


@stack
@pytest.mark.parametrize("name", NAMES)
def test_the_phones_do_and_hear_what_they_should(run):
    assert run.done == len(run.row.deeds), run.lines
    for text in run.row.hears:
        assert f"A hears {text}" in run.lines
    assert f"A hears {NEVER}" not in run.lines


@stack
@pytest.mark.parametrize("name", NAMES)
def test_each_url_is_asked_with_its_method(run):
    told = {got.path.split("/")[2]: got.method for got in run.requests}
    wanted = {**run.row.tells, "answer": "POST", "hangup": "POST"}
    assert {name: told.get(name) for name in wanted} == wanted, run.lines
    assert ("ring" in told) is not run.row.inbound


@stack
@pytest.mark.parametrize("name", NAMES)
def test_the_sdk_accepts_every_signature(run, runner):
    assert run.requests
    for got in run.requests:
        assert verdicts(got, runner.sdk.token) == [True] * 4, (got.url, got.params)


@stack
def test_the_sdk_refuses_every_signature_for_another_token(runner):
    assert len(runner.server.received) > len(ROWS)
    for got in runner.server.received:
        assert verdicts(got, "x" * 40) == [False] * 4


def verdicts(got: Received, token: str) -> list[bool]:
    """What the SDK's validators say about the four signatures of a request."""
    headers = {name.lower(): value for name, value in got.headers.items()}
    params = {} if got.method == "GET" else dict(got.params)
    nonces = {version: headers[f"x-plivo-signature-{version}-nonce"] for version in ("v2", "v3")}
    new = [
        validate_v3_signature(
            got.method,
            got.url,
            nonces["v3"],
            token,
            headers[f"x-plivo-signature-{kind}"],
            {**params},
        )
        for kind in ("v3", "ma-v3")
    ]
    old = [
        validate_signature(got.url, nonces["v2"], headers[f"x-plivo-signature-{kind}"], token)
        for kind in ("v2", "ma-v2")
    ]
    return new + old


class TestTheTableIsWhole:
    """A new element or attribute of the builder needs a row."""

    def test_every_element_of_the_builder_is_in_it(self):
        assert {name for name, _ in used()} >= {cls._name for cls in CLASSES} - {"Response"}

    def test_every_attribute_of_the_builder_is_in_it_with_a_value_of_its_own(self):
        known = {(cls._name, name) for cls in CLASSES for name in attributes(cls)}
        assert known - used() == set()

    def test_attributes_that_only_plivos_pages_name_are_still_not_the_builders(self):
        known = {(cls._name, name) for cls in CLASSES for name in attributes(cls)}
        assert {(element, name) for element, name in BEYOND if (element, name) in known} == set()


CLASSES = [
    cls
    for name, cls in inspect.getmembers(plivoxml, inspect.isclass)
    if name.endswith("Element") and hasattr(cls, "_name")
]
# compat/xml.md [D]: documented, and not to be built with this SDK.
BEYOND = {
    ("GetInput", "start_input_timeout"),
    ("GetInput", "retries"),
    ("Dial", "call_type"),
    ("User", "sip_auth_username"),
    ("User", "sip_auth_password"),
    ("MultiPartyCall", "wait_for_agent"),
    ("MultiPartyCall", "record_coach_voice"),
    ("Stream", "noiseCancellation"),
    ("Stream", "noiseCancellationLevel"),
}


def attributes(cls: Any) -> dict[str, Any]:
    """The attributes that the builder's class takes, with their defaults."""
    taken = inspect.signature(cls).parameters.values()
    return {one.name: one.default for one in taken if one.name != "content"}


def used() -> set[tuple[str, str]]:
    """Elements, and attributes that have another value than the builder's default, in the table."""
    facts = {"did": "12065550150", "socket": "ws://example.com", "sip": "sip:a@example.com"}
    found: set[tuple[str, str]] = set()

    def note(element: Any) -> None:
        found.add((element._name, ""))
        for name, default in attributes(type(element)).items():
            if getattr(element, name) != default:
                found.add((element._name, name))
        for child in element.children:
            note(child)

    for row in ROWS:
        for element in row.document(lambda name: f"https://example.com/{name}/", facts):
            note(element)
    return found
