"""OTP-15: the call that says the code, by the real engine to the simulated phone."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.db.models import Min

from console.core import outbox
from console.core.models import OutboxRow, OutboxState
from console.records.models import Cdr
from sandbox.calls.models import Call, CallEvent
from sandbox.network import services as phones
from sandbox.network.models import HandsetCall, HandsetCaption, Permit
from sandbox.network.seeds import seed_network
from sandbox.verification import switches, voice
from sandbox.verification.errors import CannotSend
from sandbox.verification.models import Challenge, ChallengeState, CodeDelivery, DeliveryState
from sandbox.verification.prompts import language_for
from tests.sandbox.verification.conftest import LINE, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(frozen):
    """Lets telephone time pass, from one thing that is due to the next."""
    seed_network()

    def pass_time(seconds=1):
        until = frozen.moment + timedelta(seconds=seconds)
        while True:
            work()
            waiting = OutboxRow.objects.filter(state=OutboxState.PENDING)
            due = waiting.aggregate(first=Min("next_at"))["first"]
            if due is None or due > until:
                break
            frozen.moment = max(frozen.moment, due)
        frozen.moment = until

    return pass_time


@pytest.fixture
def ringing(add, live):
    """A fixed line that rings with its code."""
    number, _ = add(LINE, channel="call")
    live()
    return number


def spoken():
    """What the phone has heard so far."""
    return [caption.shown() for caption in HandsetCaption.objects.order_by("id")]


def digits():
    """The digits that were said one by one."""
    return [text for text in spoken() if text.isdigit()]


def pick_up(account, live):
    """Answers and hears the greeting."""
    phones.answer(account=account, number=LINE)
    live(12)


def press(account, key="1"):
    """Presses a key."""
    phones.press_digits(account=account, number=LINE, digits=key)


def test_otp_15_the_whole_call_says_the_code_three_times_and_proves_the_number(
    ringing, account, live, check
):
    pick_up(account, live)
    assert "This is Ringfence" in spoken()[0] or "this is Ringfence" in spoken()[0]
    assert "Press 1 to hear your code" in spoken()[0]
    assert digits() == []
    press(account)
    live(30)
    said = digits()
    assert len(said) == 18
    assert said[:6] == said[6:12] == said[12:]
    assert check(ringing, "".join(said[:6])).state == "verified"


def test_otp_15_digits_are_a_second_apart(ringing, account, live):
    pick_up(account, live)
    press(account)
    live(30)
    moments = [c.at for c in HandsetCaption.objects.order_by("id") if c.shown().isdigit()]
    gaps = {round((after - before).total_seconds()) for before, after in pairwise(moments)}
    assert gaps == {1}


def test_otp_15_without_a_key_it_hangs_up_within_the_minute_and_says_no_digit(
    ringing, account, live
):
    pick_up(account, live)
    live(14)
    assert HandsetCall.objects.get().state == "ended"
    assert (digits(), len(spoken())) == ([], 1)


def test_otp_15_another_key_ends_the_call_without_a_digit(ringing, account, live):
    pick_up(account, live)
    press(account, "2")
    live(3)
    assert (HandsetCall.objects.get().state, digits()) == ("ended", [])


def test_otp_19_pressing_9_stops_all_such_calls_of_the_account(ringing, account, live, resend):
    pick_up(account, live)
    press(account, "9")
    live(8)
    assert "not call or text this number again" in spoken()[-1]
    assert (HandsetCall.objects.get().state, digits()) == ("ended", [])
    assert not switches.may_contact(LINE, account_id=account.auth_id)
    live(120)
    with pytest.raises(CannotSend):
        resend(ringing, channel="call")


@pytest.mark.parametrize(
    ("wanted", "region_default", "says"),
    [("de-DE", False, "Drücken Sie 1"), ("fr", False, "Tapez 1"), ("xx", True, "Press 1")],
)
def test_otp_15_the_prompts_speak_the_chosen_language(
    add, account, live, wanted, region_default, says
):
    add(LINE, channel="call", language=wanted)
    live()
    pick_up(account, live)
    assert says in spoken()[0]
    assert HandsetCaption.objects.first().language == (
        "en-US" if region_default else {"de-DE": "de-DE", "fr": "fr-FR"}[wanted]
    )


def test_otp_15_the_language_is_by_default_the_countrys():
    assert [language_for("", region=region) for region in ("MX", "AT", "CA", "JP")] == [
        "es-ES", "de-DE", "en-US", "en-US",
    ]  # fmt: skip


def test_otp_15_pressing_1_again_repeats_the_code(ringing, account, live):
    pick_up(account, live)
    press(account)
    live(22)
    press(account)
    live(8)
    assert len(digits()) > 18


def test_otp_15_the_call_lasts_a_minute_at_most(ringing, account, live):
    pick_up(account, live)
    for _ in range(8):
        if HandsetCall.objects.get().state != "ended":
            press(account)
        live(9)
    call = HandsetCall.objects.get()
    assert call.state == "ended"
    assert (call.ended_at - call.answered_at).total_seconds() <= 61


def test_otp_16_the_call_is_in_no_record_story_or_clear_text(ringing, account, live):
    pick_up(account, live)
    press(account)
    live(45)
    code = "".join(digits()[:6])
    assert not Cdr.objects.unscoped("test").exists()
    assert all(not event.data for event in CallEvent.objects.all())
    assert all(caption.text == "" for caption in HandsetCaption.objects.all())
    call = Call.objects.unscoped("test").get()
    assert (call.flow, account.credit) == ({}, account.credit)
    rows = " ".join(f"{row.payload}{row.last_error}" for row in OutboxRow.objects.all())
    assert code not in rows
    account.refresh_from_db()
    assert account.credit == 10


def test_gate_01_the_call_used_a_permit_of_its_own(ringing):
    permit = Permit.objects.get()
    assert (permit.origin, permit.kind, permit.to) == ("otp", "call", LINE)
    assert permit.consumed_at is not None


def test_a_call_that_is_rejected_tells_the_user_and_keeps_the_challenge_open(
    ringing, account, live
):
    phones.reject(account=account, number=LINE)
    live()
    delivery = CodeDelivery.objects.get()
    assert (delivery.state, delivery.error) == (DeliveryState.FAILED, "Rejected")
    assert Challenge.objects.get().state == ChallengeState.SENT


def test_bg_04_a_repeated_row_places_no_second_call(ringing):
    row = OutboxRow.objects.get(kind="otp.send")
    OutboxRow.objects.filter(pk=row.pk).update(state=OutboxState.PENDING)
    outbox.run(row.id)
    assert HandsetCall.objects.count() == 1


def test_no_worker_row_has_died(ringing, account, live):
    pick_up(account, live)
    press(account)
    live(50)
    assert not OutboxRow.objects.filter(state=OutboxState.DEAD).exists()


class TestDocument:
    """What the engine is given to play."""

    def ask(self, **params):
        xml = voice.document(str(CodeDelivery.objects.get().public_id), params)
        return ElementTree.fromstring(xml)

    def test_otp_15_the_greeting_waits_ten_seconds_for_one_key(self, ringing):
        asked = self.ask().find("GetDigits")
        assert (asked.get("numDigits"), asked.get("timeout")) == ("1", "10")

    def test_otp_15_after_the_greeting_there_is_only_a_hangup(self, ringing):
        assert [element.tag for element in list(self.ask())[1:]] == ["Hangup"]

    def test_a_code_that_is_no_longer_good_is_not_said(self, ringing, frozen):
        frozen.advance(minutes=11)
        assert "no longer good" in self.ask(Digits="1").find("Speak").text
