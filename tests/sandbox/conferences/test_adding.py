"""Participants that the API dials: a key they have to press, and a pause before they ring."""

from __future__ import annotations

import pytest

from console.records.models import Cdr
from sandbox.conferences.models import Member
from sandbox.network.models import HandsetCall, HandsetCaption
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import act, ringing_at
from tests.sandbox.conferences.conftest import DID, FRIEND, OTHER, PHONE, there

pytestmark = pytest.mark.django_db
MPC = "<MultiPartyCall role='agent' stayAlone='true'>Support</MultiPartyCall>"
PARTICIPANT = "MultiPartyCall/name_Support/Participant/"


@pytest.fixture
def line(answers, caller, proved):
    """An agent in `Support`."""
    answers(MPC)
    return caller(PHONE)


@pytest.fixture
def add(api, server):
    """Adds whom the body names; the sound before the key is there."""
    server.answers["/press/"] = lambda got: "<Response><Speak>Press 5.</Speak></Response>"

    def post(**body):
        wanted = {"role": "agent", "from": DID, "to": FRIEND, **body}
        return api.post(PARTICIPANT, wanted)

    return post


@pytest.fixture
def confirming(add, line, server):
    """The friend has answered and is to press 5."""
    answer = add(confirm_key="5", confirm_key_sound_url=f"{server.url}/press/")
    assert answer.status_code == 201
    line.live(2)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(2)
    return line


def heard() -> list[str]:
    captions = HandsetCaption.objects.filter(call=ringing_at(FRIEND).pk).order_by("id")
    return [one.text for one in captions]


def test_whoever_answers_is_brought_in_by_the_key(confirming, server):
    assert there() == [PHONE]
    assert heard() == ["Press 5."]
    assert [got.method for got in server.received if got.path == "/press/"] == ["GET"]
    act(ringing_at(FRIEND), Deed.DIGITS, digits="5")
    confirming.live(1)
    assert there() == [PHONE, FRIEND]
    assert "+1 202 555 0143 joined." in confirming.heard


def test_a_wrong_key_brings_nobody_in_and_ends_the_call_with_9110(confirming):
    act(ringing_at(FRIEND), Deed.DIGITS, digits="6")
    confirming.live(5)
    assert Member.objects.count() == 1
    assert Cdr.objects.get(to_number=FRIEND).hangup_code == 9110


def test_no_key_in_time_ends_the_call_with_9110(confirming):
    confirming.live(121)
    assert Cdr.objects.get(to_number=FRIEND).hangup_code == 9110
    assert there() == [PHONE]


def test_the_sound_is_asked_with_the_method_that_is_wanted(add, line, server):
    url = f"{server.url}/press/"
    add(confirm_key="5", confirm_key_sound_url=url, confirm_key_sound_method="POST")
    line.live(2)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(2)
    assert [got.method for got in server.received if got.path == "/press/"] == ["POST"]


def test_a_delayed_participant_rings_that_much_later(add, line):
    assert add(delay_dial=10).status_code == 201
    line.live(9)
    assert not HandsetCall.objects.filter(number=FRIEND, direction="inbound").exists()
    line.live(2)
    assert ringing_at(FRIEND).state == "ringing"


def test_each_of_several_has_a_delay_of_its_own(add, line, account):
    from tests.sandbox.calls.conftest import prove

    prove(account, OTHER)
    assert add(to=f"{FRIEND}<{OTHER}", delay_dial="0<20").status_code == 201
    line.live(5)
    rung = HandsetCall.objects.filter(direction="inbound")
    assert [one.number for one in rung] == [FRIEND]
    line.live(20)
    assert [one.number for one in rung.order_by("started_at")] == [FRIEND, OTHER]


@pytest.mark.parametrize(
    "body",
    [
        {"confirm_key": "x"},
        {"confirm_key": "12"},
        {"confirm_key_sound_url": "ftp://example.com/a"},
        {"confirm_key_sound_method": "PUT"},
        {"delay_dial": "soon"},
        {"delay_dial": "1<2"},
        {"delay_dial": 3601},
        {"delay_dial": -1},
    ],
)
def test_what_cannot_be_meant_is_refused(add, line, body):
    assert add(**body).status_code == 400
