"""Outbound calls: asked for, let through, queued, begun, answered, ended (rest.md, Make a call)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from console.accounts.models import Account, AccountState
from console.core.errors import DomainError, NotFound
from console.core.models import OutboxRow
from console.records.models import Cdr
from sandbox.calls import outbound
from sandbox.calls.models import Call, CallPhase
from sandbox.fence.models import SandboxNumber
from sandbox.network.models import HandsetCall, Permit
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import DID, FRIEND, PHONE, Line, act, prove, ringing_at
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
HELLO = "<Response><Speak>Hello.</Speak></Response>"
MACHINE = "+15005550130"


@pytest.fixture
def call(account, proved, did, server):
    """Asks for calls; what is given overrides. Gives the request UUIDs."""
    server.answers["/answer/"] = lambda got: HELLO
    for path in ("/ring/", "/hangup/", "/machine/"):
        server.answers[path] = lambda got: ""

    def place(to: str = FRIEND, **more) -> list[UUID]:
        asked = {
            "account": account,
            "from_": DID,
            "to": to,
            "answer_url": f"{server.url}/answer/",
            "hangup_url": f"{server.url}/hangup/",
            "ring_url": f"{server.url}/ring/",
            **more,
        }
        return outbound.place_calls(**asked)

    return place


def on(account, frozen, uuids: list[UUID]) -> Line:
    """The one call that was asked for."""
    (uuid,) = uuids
    return Line(account, frozen, uuid)


def test_a_call_rings_is_answered_and_runs_the_document(frozen, account, call, server):
    line = on(account, frozen, call()).live(1)
    phone = ringing_at(FRIEND)
    assert (phone.from_number, phone.call_uuid) == (DID, line.call_uuid)
    act(phone, Deed.ANSWER)
    line.live(30)
    assert line.heard == ["Hello."]
    record = line.cdr
    assert (record.direction, record.leg, record.parent_call_uuid) == ("outbound", "A", None)
    assert (record.state, record.hangup_code, record.rate) == ("ANSWER", 4010, Decimal("0.02"))
    assert (record.stir_verification, record.stir_attestation) == ("Verified", "A")


def test_the_answer_ring_and_hangup_urls_are_told_all_of_an_outbound_call(
    frozen, account, call, server
):
    (uuid,) = call(caller_name="Ada", sip_headers="Order=17,Zone=b")
    drain(frozen, seconds=1)
    act(ringing_at(FRIEND), Deed.ANSWER)
    drain(frozen, seconds=30)
    common = {
        "CallUUID": str(uuid),
        "RequestUUID": str(uuid),
        "ALegUUID": str(uuid),
        "ALegRequestUUID": str(uuid),
        "From": DID,
        "To": FRIEND,
        "Direction": "outbound",
        "CallerName": "Ada",
        "ParentAuthID": account.auth_id,
        "BillRate": "0.02000",
        "STIRVerification": "Verified",
        "STIRAttestation": "A",
        "X-PH-Order": "17",
        "X-PH-Zone": "b",
    }
    told = {
        "/ring/": {"Event": "Ring", "CallStatus": "ringing"},
        "/answer/": {"Event": "StartApp", "CallStatus": "in-progress"},
        "/hangup/": {"Event": "Hangup", "CallStatus": "completed", "HangupCauseCode": "4010"},
    }
    for path, more in told.items():
        (got,) = server.seen(path)
        assert got.params.items() >= {**common, **more}.items()


def test_calls_wait_in_line_and_begin_one_a_second_on_a_trial(frozen, account, call):
    uuids = call(f"{FRIEND}<{PHONE}")
    assert Call.objects.filter(phase=CallPhase.QUEUED).count() == 2
    drain(frozen)
    assert [ringing_at(FRIEND) is not None, ringing_at(PHONE) is not None] == [True, False]
    assert Call.objects.get(phase=CallPhase.QUEUED).call_uuid == uuids[1]
    drain(frozen, seconds=1.1)
    assert ringing_at(PHONE) is not None


def test_a_full_account_begins_two_calls_a_second(frozen, account, call):
    Account.objects.update(state=AccountState.ACTIVE)
    account.refresh_from_db()
    call("<".join([FRIEND] * 6))
    rung = []
    for _ in range(3):
        drain(frozen, seconds=0.99)
        rung.append(HandsetCall.objects.filter(number=FRIEND).count())
    assert rung == [2, 4, 6]


def test_after_a_stop_of_the_workers_calls_still_begin_at_the_accounts_pace(frozen, account, call):
    Account.objects.update(state=AccountState.ACTIVE)
    account.refresh_from_db()
    call("<".join([FRIEND] * 6))
    frozen.advance(seconds=60)
    drain(frozen)
    assert HandsetCall.objects.filter(number=FRIEND).count() == 2


def test_gate_02_one_refused_destination_refuses_the_request(account, call):
    with pytest.raises(DomainError) as refused:
        call(f"{FRIEND}<+12025550199")
    assert (refused.value.code, refused.value.status) == ("trial_destination_not_verified", 400)
    assert not Call.objects.exists()


def test_gate_09_a_trial_asks_for_two_calls_at_a_time_at_most(account, call):
    with pytest.raises(DomainError) as refused:
        call("<".join([FRIEND] * 3))
    assert (refused.value.code, refused.value.status) == ("trial_limit_reached", 429)


def test_gate_02_a_number_removed_meanwhile_is_not_rung(frozen, account, call):
    line = on(account, frozen, call())
    SandboxNumber.objects.filter(e164=FRIEND).update(state="removed", removed_at=frozen.now())
    line.live(5)
    assert ringing_at(FRIEND) is None
    assert (line.cdr.hangup_code, line.cdr.state) == (2040, "FAILED")
    assert not Permit.objects.exists()


@pytest.mark.parametrize("shown", ["+12065550199", "", "sip:nobody1234@phone.ringfence.example"])
def test_gate_06_a_caller_id_must_be_the_accounts_own(account, call, shown):
    with pytest.raises(DomainError) as refused:
        call(from_=shown)
    assert refused.value.code == "caller_id_not_owned"


def test_gate_06_a_number_given_back_meanwhile_ends_the_call_with_3030(frozen, account, call, did):
    line = on(account, frozen, call())
    did.released_at = frozen.now()
    did.save(update_fields=["released_at"])
    line.live(5)
    assert line.cdr.hangup_code == 3030


def test_a_call_without_credit_ends_with_1010(frozen, account, call):
    line = on(account, frozen, call())
    Account.objects.update(credit=0)
    line.live(5)
    assert (line.cdr.hangup_code, line.cdr.hangup_source) == (1010, "Plivo")


def test_each_destination_has_its_own_ring_timeout(frozen, account, call):
    first, second = call(f"{FRIEND}<{PHONE}", ring_timeout="10<20")
    drain(frozen, seconds=12)
    assert Cdr.objects.get(call_uuid=first).hangup_code == 6010
    assert not Cdr.objects.filter(call_uuid=second).exists()
    drain(frozen, seconds=12)
    assert Cdr.objects.get(call_uuid=second).state == "TIMEOUT"


def test_the_time_limit_ends_a_call_and_a_trials_limit_is_the_shorter(
    frozen, account, call, server
):
    server.answers["/answer/"] = lambda got: '<Response><Speak loop="0">On.</Speak></Response>'
    line = on(account, frozen, call(time_limit=7200)).live(1)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(599)
    assert not line.call.is_over
    line.live(5)
    assert (line.cdr.hangup_code, line.cdr.duration) == (6000, 600)


@pytest.mark.parametrize(("seconds", "waits"), [(0, 0.5), (5, 6)])
def test_hangup_on_ring_ends_the_ringing(frozen, account, call, seconds, waits):
    line = on(account, frozen, call(hangup_on_ring=seconds)).live(waits)
    assert (line.cdr.hangup_code, line.cdr.answered) == (6000, False)
    assert ringing_at(FRIEND).state == "ended"


def test_digits_are_sent_when_the_call_is_answered(frozen, account, call):
    line = on(account, frozen, call(send_digits="w12#@250")).live(1)
    assert line.heard == []
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(1)
    assert line.heard[0] == "w12#"


def test_digits_on_preanswer_are_sent_while_it_rings(frozen, account, call):
    line = on(account, frozen, call(send_digits="12", send_on_preanswer=True)).live(1)
    assert line.heard == ["12"]
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(1)
    assert line.heard.count("12") == 1


def test_a_machine_that_answers_is_told_and_the_call_goes_on(frozen, account, call, server):
    url = f"{server.url}/machine/"
    server.answers["/answer/"] = lambda got: '<Response><Wait length="20"/></Response>'
    line = on(account, frozen, call(MACHINE, machine_detection="true", machine_detection_url=url))
    line.live(10)
    (got,) = server.seen("/machine/")
    assert (
        got.params.items()
        >= {
            "Event": "MachineDetection",
            "Machine": "true",
            "IfMachine": "continue",
            "CallStatus": "in-progress",
            "CallUUID": str(line.call_uuid),
        }.items()
    )
    assert not line.call.is_over


def test_a_call_that_is_not_for_machines_ends_with_9100(frozen, account, call, server):
    server.answers["/answer/"] = lambda got: '<Response><Wait length="20"/></Response>'
    line = on(account, frozen, call(MACHINE, machine_detection="hangup")).live(10)
    assert line.cdr.hangup_code == 9100


def test_people_are_no_machines(frozen, account, call, server):
    line = on(account, frozen, call(machine_detection="hangup")).live(1)
    act(ringing_at(FRIEND), Deed.ANSWER)
    line.live(30)
    assert line.cdr.hangup_code == 4010


def test_a_queued_call_is_cancelled_and_never_rings(frozen, account, call, server):
    line = on(account, frozen, call())
    outbound.cancel_request(account=account, request_uuid=line.call_uuid)
    line.live(60)
    assert ringing_at(FRIEND) is None
    assert (line.cdr.hangup_code, line.cdr.hangup_source) == (1000, "API Request")
    (got,) = server.seen("/hangup/")
    assert got.params["HangupCauseCode"] == "1000"


def test_a_ringing_call_is_cancelled_and_the_phone_falls_silent(frozen, account, call):
    line = on(account, frozen, call()).live(1)
    outbound.cancel_request(account=account, request_uuid=line.call_uuid)
    line.live(1)
    assert ringing_at(FRIEND).state == "ended"
    assert line.cdr.state == "CANCEL"


def test_a_call_that_is_over_or_somebody_elses_cannot_be_cancelled(
    frozen, account, other_account, call
):
    (uuid,) = call()
    with pytest.raises(NotFound):
        outbound.cancel_request(account=other_account, request_uuid=uuid)
    outbound.cancel_request(account=account, request_uuid=uuid)
    with pytest.raises(NotFound):
        outbound.cancel_request(account=account, request_uuid=uuid)


def test_bg_05_a_call_that_could_not_begin_in_time_is_not_rung_any_more(frozen, account, call):
    line = on(account, frozen, call())
    frozen.advance(minutes=16)
    line.live(1)
    assert ringing_at(FRIEND) is None
    assert line.cdr.hangup_code == 5000


def test_rel_06_a_start_that_comes_twice_rings_once(frozen, account, call):
    line = on(account, frozen, call())
    row = OutboxRow.objects.get(kind="call.start")
    line.live(1)
    assert outbound.start(line.call_uuid, planned=row.next_at) is False
    assert HandsetCall.objects.filter(number=FRIEND).count() == 1


def test_rel_16_a_line_that_does_not_say_whether_it_rings_is_not_dialled_again(
    frozen, account, call, monkeypatch
):
    from sandbox.network.driver import LineUncertain
    from sandbox.network.simulated import SimulatedDriver

    tries = []

    def accepts_and_hangs(self, **command):
        tries.append(command)
        raise LineUncertain("No answer from the carrier.")

    monkeypatch.setattr(SimulatedDriver, "ring", accepts_and_hangs)
    line = on(account, frozen, call()).live(60)
    assert len(tries) == 1
    assert (line.cdr.hangup_code, line.cdr.hangup_name) == (0, "Unknown")


def test_a_call_keeps_the_parent_that_it_was_given(frozen, account, call):
    parent = on(account, frozen, call())
    parent.live(1)
    act(ringing_at(FRIEND), Deed.REJECT)
    parent.live(5)
    given = {"parent_call_uuid": str(parent.call_uuid), "error_if_parent_not_found": True}
    line = on(account, frozen, call(**given)).live(1)
    act(ringing_at(FRIEND), Deed.REJECT)
    line.live(5)
    assert (line.cdr.parent_call_uuid, line.cdr.leg) == (parent.call_uuid, "A")


def test_a_parent_that_nobody_knows_is_not_found_when_it_must_be_there(account, call):
    unknown = "2f6d0c1e-7a0b-4c3d-9e8f-001122334455"
    with pytest.raises(NotFound):
        call(parent_call_uuid=unknown, error_if_parent_not_found=True)
    assert call(parent_call_uuid=unknown)


@pytest.mark.parametrize(
    "given",
    [
        {"ring_timeout": "10<20<30"},
        {"ring_timeout": "soon"},
        {"time_limit": 0},
        {"send_digits": "12x"},
        {"machine_detection": "maybe"},
        {"machine_detection_time": 1},
        {"caller_name": "x" * 51},
        {"sip_headers": "no header"},
        {"answer_method": "PUT"},
        {"parent_call_uuid": "mother"},
        {"to": ""},
        {"to": "<".join([FRIEND] * 1001)},
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(account, call, given):
    with pytest.raises(DomainError) as refused:
        call(**given)
    assert refused.value.code == "invalid_parameter"
    assert refused.value.field in given or refused.value.field == "to"


@pytest.mark.parametrize("url", ["", "ftp://x.example", "not a url"])
def test_an_answer_url_that_cannot_be_asked_is_refused(account, call, url):
    with pytest.raises(DomainError) as refused:
        call(answer_url=url)
    assert refused.value.field == "answer_url"


def test_a_suspended_account_asks_for_nothing(account, call):
    Account.objects.update(state=AccountState.SUSPENDED)
    with pytest.raises(DomainError) as refused:
        call()
    assert refused.value.status == 401


def test_a_thousand_destinations_are_written_in_a_few_queries(
    frozen, account, call, django_assert_max_num_queries
):
    Account.objects.update(state=AccountState.ACTIVE)
    account.refresh_from_db()
    with django_assert_max_num_queries(120):
        uuids = call("<".join([FRIEND] * 1000))
    assert len(set(uuids)) == 1000
    last = Call.objects.get(call_uuid=uuids[-1])
    assert last.wake_by > frozen.now() + timedelta(seconds=499)


def test_more_than_a_thousand_destinations_are_refused(call):
    with pytest.raises(DomainError) as refused:
        call("<".join([FRIEND] * 1001))
    assert refused.value.field == "to"


def test_gate_05_a_number_of_another_kind_of_person_is_still_held_to_the_trial(account, call):
    prove(account, "+12025550188")
    assert call("sip:12025550188@elsewhere.example")
    assert Call.objects.get().to_number == "+12025550188"
