"""A call that was, run again as a rehearsal, tells the same story and asks with the same names."""

from __future__ import annotations

import uuid

import pytest

from console.core.errors import NotFound
from sandbox.calls import services
from sandbox.calls.models import CallEvent
from sandbox.calls.rehearsal import rehearse
from sandbox.calls.rehearsal.again import plan_of
from sandbox.calls.rehearsal.plan import Does, MoveKind
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import FRIEND, act, call_in, ringing_at
from tests.sandbox.calls.test_dialling import dials  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
# What only a real network has to say, and what only a rehearsal says.
_NETWORK = {"permitted", "routed", "comes_back"}
_REHEARSAL = {"beeped", "waits_wait", "waits_first_digit", "waits_input_limit"}
BYE = "<Response><Speak>Bye.</Speak></Response>"


def first_document(line) -> int:
    lines = services.story_events(line.call)
    return next(one.seq for one in lines if one.kind == "document_fetched" and one.key)


def again(line):
    plan = plan_of(account=line.account, call_uuid=line.call_uuid, line=first_document(line))
    return plan, rehearse(plan, now=line.call.started_at)


def kinds(story, without) -> list[str]:
    return [one.kind for one in story if one.kind not in without]


def assert_same_story(line, found) -> None:
    real = kinds(services.story_events(line.call), _NETWORK)
    assert kinds(found.story, _REHEARSAL) == real


def names(line, path: str) -> set[str]:
    server = line.server
    return set(next(one.params for one in server.received if one.path == path))


@pytest.fixture
def answers(frozen, account, did, server):
    """A call that gets this document, with `/next/` to follow."""

    def call(xml: str):
        server.answers["/answer/"] = lambda got: f"<Response>{xml}</Response>"
        server.answers["/next/"] = lambda got: BYE
        server.answers["/told/"] = lambda got: ""
        line = call_in(account, frozen)
        line.server = server
        return line.live(2)

    return call


def asked(found, path: str) -> set[str]:
    """The names of the parameters with which a document was asked for."""
    for one in found.story:
        if one.key and one.kind == "document_fetched" and str(one.data["url"]).endswith(path):
            return set(one.data["params"])
    raise AssertionError(path)


MENU = '<GetDigits action="/next/" numDigits="1"><Speak>Press 1.</Speak></GetDigits>'
RECORD = '<Record action="/next/" timeout="5"/>'
INPUT = '<GetInput action="/next/" inputType="dtmf"><Speak>Press keys.</Speak></GetInput>'
ROOM = '<Conference action="/next/" hangupOnStar="true" callbackUrl="/told/">Lobby</Conference>'


@pytest.mark.parametrize(
    ("xml", "pressed"), [(MENU, "1"), (RECORD, "#"), (INPUT, "12#"), (ROOM, "*")]
)
def test_a_call_and_its_rehearsal_tell_the_same_and_ask_with_the_same_names(answers, xml, pressed):
    line = answers(xml).press(pressed).live(30)
    _plan, found = again(line)
    assert_same_story(line, found)
    assert asked(found, "/next/") == names(line, "/next/")


def test_a_connected_call_and_its_rehearsal_tell_the_same(frozen, account, proved, dials):  # noqa: F811
    server = dials(FRIEND, "+15005550121")
    line = call_in(account, frozen).live(3)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line = line.live(10)
    act(ringing_at(FRIEND), Deed.HANG_UP)
    line = line.live(30)
    line.server = server
    plan, found = again(line)
    # The order of the two phones' rings is the workers' affair.
    real = kinds(services.story_events(line.call), _NETWORK)
    assert sorted(kinds(found.story, _REHEARSAL)) == sorted(real)
    assert plan.parties[0].does is Does.ANSWERS
    assert asked(found, "/dialled/") == names(line, "/dialled/")


def test_keys_that_were_hidden_are_not_pressed_again(answers):
    hidden = MENU.replace("<GetDigits", '<GetDigits log="false"')
    plan, _found = again(answers(hidden).press("7").live(30))
    assert plan.moves == ()


def test_the_caller_hangs_up_again(answers):
    plan, found = again(answers("<Wait length='60'/>").live(5).hang_up().live(1))
    assert [move.kind for move in plan.moves] == [MoveKind.HANG_UP]
    assert found.legs[0].cause == 4000


def test_a_later_document_begins_its_own_time(answers):
    line = answers(MENU).press("1").live(30)
    later = [one.seq for one in services.story_events(line.call) if one.kind == "document_fetched"]
    plan = plan_of(account=line.account, call_uuid=line.call_uuid, line=later[-1])
    assert plan.document == BYE
    assert plan.answer_url.endswith("/next/")
    assert plan.moves == ()


@pytest.mark.parametrize("line", [0, 1, 10_000])
def test_a_line_that_brought_no_document_is_not_found(answers, line):
    call = answers(MENU).live(30)
    with pytest.raises(NotFound):
        plan_of(account=call.account, call_uuid=call.call_uuid, line=line)


def test_a_document_whose_text_is_not_kept_any_more_is_not_found(answers):
    line = answers(MENU).live(30)
    number = first_document(line)
    row = CallEvent.objects.get(call=line.call, seq=number)
    row.data = {name: value for name, value in row.data.items() if name != "body"}
    row.save(update_fields=["data"])
    with pytest.raises(NotFound):
        plan_of(account=line.account, call_uuid=line.call_uuid, line=number)


def test_ten_01_another_accounts_call_is_not_found(answers, other_account):
    line = answers(MENU).live(30)
    for call_uuid in (line.call_uuid, uuid.uuid4()):
        with pytest.raises(NotFound):
            plan_of(account=other_account, call_uuid=call_uuid, line=first_document(line))
