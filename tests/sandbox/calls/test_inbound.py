"""A phone calls a DID: answer URL, XML, keys, hangup URL, record."""

from __future__ import annotations

from decimal import Decimal

import pytest
from plivo import plivoxml
from plivo.utils import validate_v3_signature

from console.records.models import Cdr
from tests.sandbox.calls.conftest import DID, PHONE, call_in, credit_of

pytestmark = pytest.mark.django_db


def says(text: str):
    """An answer that says one thing."""
    return lambda got: plivoxml.ResponseElement().add_speak(text).to_string()


@pytest.fixture
def menu(server):
    """Asks for a key, says which it was."""

    def answer(got):
        response = plivoxml.ResponseElement()
        keys = plivoxml.GetDigitsElement(
            action=f"{server.url}/keys/", method="POST", num_digits=1, timeout=5
        )
        keys.add_speak("Press a key.")
        return response.add(keys).to_string()

    server.answers["/answer/"] = answer
    server.answers["/keys/"] = lambda got: says(f"You pressed {got.params['Digits']}.")(got)
    return server


def test_a_call_to_a_did_hears_what_the_answer_url_says(frozen, account, did, server):
    server.answers["/answer/"] = says("Hello from the test.")
    line = call_in(account, frozen).live(60)
    assert line.heard == ["Hello from the test."]
    assert line.phone.state == "ended"
    assert line.cdr.hangup_code == 4010
    assert line.cdr.hangup_source == "Plivo"


def test_the_answer_url_is_told_the_standard_set_and_signed(frozen, account, did, server, token):
    server.answers["/answer/"] = says("Hello.")
    line = call_in(account, frozen).live(60)
    (got,) = server.seen("/answer/")
    assert got.params["From"] == PHONE
    assert got.params["To"] == DID
    assert got.params["CallUUID"] == str(line.call_uuid)
    assert got.params["Direction"] == "inbound"
    assert got.params["CallStatus"] == "ringing"
    assert got.params["Event"] == "StartApp"
    assert got.params["BillRate"] == "0.01000"
    assert got.params["ParentAuthID"] == account.auth_id
    assert validate_v3_signature(
        got.method,
        got.url,
        got.headers["X-Plivo-Signature-V3-Nonce"],
        token,
        got.headers["X-Plivo-Signature-V3"],
        got.params,
    )


def test_keys_reach_the_action_url_and_its_document_runs(frozen, account, did, menu):
    line = call_in(account, frozen).live(1).press("7").live(60)
    assert line.heard == ["Press a key.", "You pressed 7."]
    (got,) = menu.seen("/keys/")
    assert got.params["Digits"] == "7"
    assert got.params["Event"] == "Redirect"
    assert got.params["CallStatus"] == "in-progress"


def test_the_hangup_url_is_told_how_it_ended(frozen, account, did, menu):
    line = call_in(account, frozen).live(90)
    (got,) = menu.seen("/hangup/")
    assert got.params["Event"] == "Hangup"
    assert got.params["CallStatus"] == "completed"
    assert got.params["HangupCause"] == "NORMAL_CLEARING"
    assert got.params["HangupCauseName"] == "End Of XML Instructions"
    assert got.params["HangupCauseCode"] == "4010"
    assert got.params["HangupSource"] == "Plivo"
    assert got.params["Duration"] == str(line.cdr.duration)
    assert got.params["BillDuration"] == "60"
    assert got.params["TotalCost"] == "0.01000"
    assert got.params["StartTime"] == "2026-03-02 12:00:00"
    assert got.params["AnswerTime"] == "2026-03-02 12:00:00"


def test_the_record_says_to_the_second_and_the_cent_what_was_billed(frozen, account, did, menu):
    menu.answers["/answer/"] = lambda got: "<Response><Wait length='100'/></Response>"
    line = call_in(account, frozen).live(61).hang_up().live(5)
    record = line.cdr
    assert (record.duration, record.billed_duration) == (61, 120)
    assert (record.rate, record.amount) == (Decimal("0.01"), Decimal("0.02"))
    assert (record.leg, record.direction, record.state) == ("A", "inbound", "ANSWER")
    assert (record.hangup_code, record.hangup_source) == (4000, "Caller")
    assert record.parent_call_uuid is None
    assert record.app_id == did.application.app_id
    assert credit_of(account) == Decimal("9.98")


def test_one_record_however_often_the_end_is_told(frozen, account, did, menu):
    line = call_in(account, frozen).live(1).hang_up().live(90)
    assert Cdr.objects.count() == 1
    assert line.call.is_over
    assert line.call.flow == {}


def test_a_number_without_application_ends_the_call_with_7011(frozen, account, did):
    did.application = None
    did.save(update_fields=["application"])
    line = call_in(account, frozen).live(5)
    assert line.cdr.hangup_code == 7011
    assert "no_application" in line.kinds
    assert line.phone.state == "ended"


def test_a_number_that_nobody_rents_ends_with_3050(frozen, account, did):
    line = call_in(account, frozen, to="+12065550199").live(5)
    assert line.cdr.hangup_code == 3050
    assert line.cdr.state == "FAILED"


def test_an_account_without_credit_gets_1010(frozen, account, did, menu):
    account.credit = 0
    account.save(update_fields=["credit"])
    line = call_in(account, frozen).live(5)
    assert line.cdr.hangup_code == 1010
    assert not menu.seen("/answer/")


def test_a_suspended_account_gets_3040(frozen, account, did, menu):
    account.state = "suspended"
    account.save(update_fields=["state"])
    line = call_in(account, frozen).live(5)
    assert line.cdr.hangup_code == 3040
    assert not menu.seen("/answer/")


def test_gate_09_the_third_call_at_a_time_of_a_trial_gets_5030(frozen, account, did, menu):
    first, second = (call_in(account, frozen).live(1) for _ in range(2))
    third = call_in(account, frozen).live(1)
    assert (first.call.is_over, second.call.is_over) == (False, False)
    assert third.cdr.hangup_code == 5030


def test_gate_09_a_trial_call_ends_after_ten_minutes_with_6000(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: "<Response><Wait length='9999'/></Response>"
    line = call_in(account, frozen).live(700)
    assert line.cdr.hangup_code == 6000
    assert line.cdr.duration == 600


def test_a_caller_who_hangs_up_before_the_answer_is_canceled(frozen, account, did, menu):
    line = call_in(account, frozen).hang_up().live(60)
    assert line.cdr.hangup_code == 1000
    assert line.cdr.hangup_source == "Caller"
    assert line.cdr.state == "CANCEL"
    assert not menu.seen("/answer/")


def test_a_call_that_waited_too_long_in_the_queue_ends_with_5000(frozen, account, did, menu):
    line = call_in(account, frozen)
    frozen.advance(seconds=1000)
    line.live(5)
    assert line.cdr.hangup_code == 5000
