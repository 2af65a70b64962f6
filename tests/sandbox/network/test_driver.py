"""The simulated line: what it writes, once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection, transaction

from console.core.errors import DomainError, Unavailable
from console.core.models import OutboxRow
from sandbox.network.driver import driver_for
from sandbox.network.models import HandsetCall, HandsetCaption, HandsetMessage
from sandbox.network.permits import PermitRefused
from tests.sandbox.network.conftest import CALLER, PHONE, permit_for, ring

SECRET = "482913 is your code"


def test_a_ring_is_a_ringing_call_on_the_phone(account):
    call = ring(account, caller_name="Front desk")
    assert (call.state, call.from_number, call.caller_name) == ("ringing", CALLER, "Front desk")


def test_a_second_ring_of_the_same_call_is_nothing_and_needs_no_permit(account, driver):
    call, spare = ring(account), permit_for(account)
    assert not driver.ring(permit=spare, call_uuid=call.pk, from_=CALLER)
    spare.refresh_from_db()
    assert spare.consumed_at is None
    assert HandsetCall.objects.count() == 1


def test_gate_01_a_used_permit_rings_nothing(account, driver):
    permit = permit_for(account)
    driver.ring(permit=permit, call_uuid=uuid4(), from_=CALLER)
    with pytest.raises(PermitRefused):
        driver.ring(permit=permit, call_uuid=uuid4(), from_=CALLER)
    assert HandsetCall.objects.count() == 1


def test_a_command_that_its_caller_rolls_back_never_happened(account, driver):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        driver.ring(permit=permit_for(account), call_uuid=uuid4(), from_=CALLER)
        raise ZeroDivisionError
    assert HandsetCall.objects.count() == 0


@pytest.mark.parametrize("to", ["sip:desk@phone.example.com", "2025550142", "+1202555014a"])
def test_only_numbers_of_the_public_network_ring(account, driver, to):
    with pytest.raises(DomainError):
        driver.ring(permit=permit_for(account, to), call_uuid=uuid4(), from_=CALLER)


def test_otp_03_own_words_of_a_platform_call_are_sealed_at_rest(account, driver):
    call = ring(account, platform=True)
    driver.said(call_uuid=call.pk, text="four two", key="1", secret=True)
    caption = HandsetCaption.objects.get()
    assert (caption.text, caption.shown()) == ("", "four two")


def test_nobody_says_anything_into_a_phone_that_hung_up(account, driver):
    call = ring(account)
    driver.hang_up(call_uuid=call.pk, cause="NORMAL_CLEARING")
    assert not driver.said(call_uuid=call.pk, text="Hello?", key="1")
    assert not HandsetCaption.objects.exists()


def test_captions_are_kept_in_order_and_a_repeated_one_once(account, driver):
    call = ring(account)
    for key, text in (("1", "Hello"), ("2", "Press one"), ("1", "Hello")):
        assert driver.speak(call_uuid=call.pk, text=text, key=key)
    driver.play(call_uuid=call.pk, url="https://example.com/a.mp3", key="3")
    driver.tone(call_uuid=call.pk, tone="beep", key="4")
    heard = [(caption.kind, caption.text) for caption in call.captions.all()]
    assert heard == [
        ("speak", "Hello"),
        ("speak", "Press one"),
        ("play", "https://example.com/a.mp3"),
        ("tone", "beep"),
    ]


def test_otp_03_a_secret_caption_is_sealed_at_rest_and_opens_on_the_phone(account, driver):
    call = ring(account)
    driver.speak(call_uuid=call.pk, text=SECRET, key="1", secret=True)
    caption = HandsetCaption.objects.get()
    assert caption.text == ""
    assert b"482913" not in bytes(caption.sealed)
    assert caption.shown() == SECRET


def test_nobody_hears_what_is_said_after_the_end(account, driver):
    call = ring(account)
    assert driver.hang_up(call_uuid=call.pk, cause="NORMAL_CLEARING")
    assert not driver.speak(call_uuid=call.pk, text="Hello?", key="1")
    assert not driver.hang_up(call_uuid=call.pk, cause="NORMAL_CLEARING")


def test_commands_to_a_call_that_no_phone_has_are_refused_quietly(db, driver):
    gone = uuid4()
    assert not driver.speak(call_uuid=gone, text="Hello", key="1")
    assert not driver.answered(call_uuid=gone)
    driver.stop(call_uuid=gone)


def test_stopping_silences_what_is_being_heard(account, driver, frozen):
    call = ring(account)
    driver.speak(call_uuid=call.pk, text="A long story", key="1")
    driver.stop(call_uuid=call.pk)
    assert call.captions.get().stopped_at == frozen.moment


def _deliver(driver, account, **fields):
    fields.setdefault("key", "k1")
    to = fields.pop("to", PHONE)
    permit = permit_for(account, to, "message")
    return driver.deliver(
        permit=permit, message_uuid=uuid4(), from_=CALLER, **{"text": "Hello", **fields}
    )


def test_a_message_with_the_same_key_is_shown_once_and_counted(account, driver):
    assert _deliver(driver, account)
    assert not _deliver(driver, account, text="Other words")
    message = HandsetMessage.objects.get()
    assert (message.text, message.repeats) == ("Hello", 1)


def test_otp_03_a_message_with_a_code_is_nowhere_readable_in_the_database(account, driver):
    _deliver(driver, account, text=SECRET, secret=True, platform=True, report_kind="otp.report")
    with connection.cursor() as cursor:
        for table in ("network_handsetmessage", "core_outboxrow"):
            cursor.execute(f"SELECT * FROM {table}")
            assert "482913" not in str(cursor.fetchall())
    assert HandsetMessage.objects.get().shown() == SECRET


def test_a_delivery_report_comes_after_the_time_that_the_number_stands_for(
    account, driver, frozen, settings
):
    settings.TIME_SCALE = 10
    _deliver(driver, account, to="+15005550173", report_kind="sms.report")
    row = OutboxRow.objects.get(kind="sms.report")
    assert row.payload["state"] == "delivered"
    assert (row.next_at - frozen.moment).total_seconds() == 3


def test_an_undelivered_message_is_reported_with_its_error_and_not_shown(account, driver):
    _deliver(driver, account, to="+15005550182", report_kind="sms.report")
    report = OutboxRow.objects.get(kind="sms.report").payload
    assert (report["state"], report["error"]) == ("undelivered", 30)
    assert HandsetMessage.objects.count() == 0


def test_a_number_that_never_reports_gets_no_report(account, driver):
    _deliver(driver, account, to="+15005550199", report_kind="sms.report")
    assert not OutboxRow.objects.filter(kind="sms.report").exists()


def test_otp_18_with_real_carriers_no_simulated_phone_is_reached(settings):
    settings.SIMULATED_NETWORK = False
    with pytest.raises(Unavailable):
        driver_for(PHONE)
