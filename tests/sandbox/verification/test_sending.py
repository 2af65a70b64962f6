"""Sending codes: minted in the worker, sealed, one row and one message each."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from console.accounts.models import Account, AccountState, AuditEvent
from console.core import limits, outbox
from console.core.errors import DomainError, LimitReached, Unavailable
from console.core.models import LimitHit, OutboxRow
from sandbox.fence.models import SandboxNumber
from sandbox.network.models import HandsetAccess, HandsetMessage, Permit
from sandbox.verification import buckets, dispatch, services, switches, tasks, upkeep
from sandbox.verification.codes import sms_text
from sandbox.verification.errors import CannotSend, Paused, TooSoon
from sandbox.verification.models import (
    Challenge,
    ChallengeState,
    CodeDelivery,
    DeliveryState,
    KillSwitch,
)
from sandbox.verification.status import status_of
from tests.sandbox.verification.conftest import (
    LINE,
    MOBILE,
    NUMBER,
    challenge_of,
    codes_on,
    rent,
    work,
)

pytestmark = pytest.mark.django_db


def test_a_code_that_was_asked_for_is_on_the_handset(pending):
    assert re.fullmatch("[0-9]{6}", codes_on()[0])
    challenge = challenge_of(pending)
    assert (challenge.state, challenge.sends) == (ChallengeState.SENT, 1)
    assert CodeDelivery.objects.get().state == DeliveryState.HANDED_OVER


def test_adding_a_number_opens_its_handset(pending, account):
    assert HandsetAccess.objects.for_account(account).filter(number=NUMBER).exists()


def test_otp_01_leading_zeros_are_kept(add, monkeypatch):
    monkeypatch.setattr("sandbox.verification.codes.randomness.digits", lambda length: "000042")
    add()
    work()
    assert codes_on() == ["000042"]


def test_otp_02_only_a_keyed_hash_and_a_seal_are_stored(pending):
    code, challenge = codes_on()[0], challenge_of(pending)
    assert re.fullmatch("[0-9a-f]{64}", challenge.code_hmac)
    assert code.encode() not in bytes(challenge.sealed_code)


def test_otp_02_the_hash_of_another_challenge_does_not_fit(pending):
    from sandbox.verification.codes import bound_hmac

    challenge = challenge_of(pending)
    hashes = {bound_hmac(challenge, 1, "123456"), bound_hmac(challenge, 2, "123456")}
    challenge.e164 = MOBILE
    hashes.add(bound_hmac(challenge, 1, "123456"))
    challenge.channel = "call"
    hashes.add(bound_hmac(challenge, 1, "123456"))
    assert len(hashes) == 4


def test_otp_03_nothing_is_minted_before_the_worker_sends(add):
    number, _ = add()
    challenge = challenge_of(number)
    assert (challenge.state, challenge.code_hmac, challenge.sealed_code) == ("queued", "", None)
    assert challenge.expires_at is None


def test_otp_03_the_code_is_in_no_outbox_row_and_no_clear_text(pending):
    code = codes_on()[0]
    rows = " ".join(
        f"{row.payload}{row.dedupe_key}{row.last_error}" for row in OutboxRow.objects.all()
    )
    assert code not in rows
    assert HandsetMessage.objects.get().text == ""


def test_otp_03_ten_minutes_begin_when_the_code_is_minted(add, frozen):
    number, _ = add()
    frozen.advance(minutes=4)
    work()
    assert challenge_of(number).expires_at == frozen.now() + timedelta(minutes=10)


@pytest.fixture
def interrupted(add, monkeypatch):
    """A sending whose worker died after the code was minted and before it was handed over."""
    number, _ = add()
    row = OutboxRow.objects.get(kind="otp.send")

    def die(*args, **kwargs):
        raise SystemError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(dispatch.fence, "authorize", die)
        outbox.run(row.id)
    return number


def test_otp_03_a_retry_by_machine_sends_the_same_code(interrupted, frozen):
    before = challenge_of(interrupted).code_hmac
    frozen.advance(seconds=100)
    work()
    assert len(codes_on()) == 1
    assert challenge_of(interrupted).code_hmac == before


def test_otp_03_a_retry_with_too_little_life_left_mints_again(interrupted, frozen):
    before = challenge_of(interrupted)
    frozen.advance(seconds=130)
    work()
    after = challenge_of(interrupted)
    assert after.code_hmac != before.code_hmac
    assert (after.generation, after.sends) == (before.generation + 1, 1)
    assert after.expires_at == frozen.now() + timedelta(minutes=10)


def test_bg_04_a_delivery_that_runs_twice_is_one_message(pending):
    dispatch.send(CodeDelivery.objects.get().public_id)
    assert HandsetMessage.objects.count() == 1
    assert HandsetMessage.objects.get().repeats == 0


def test_bg_05_a_code_not_sent_in_ten_minutes_is_expired_and_its_budgets_come_back(add, frozen):
    number, _ = add()
    frozen.advance(minutes=10, seconds=1)
    work()
    assert not HandsetMessage.objects.exists()
    assert challenge_of(number).state == ChallengeState.EXPIRED
    assert CodeDelivery.objects.get().state == DeliveryState.EXPIRED
    assert not LimitHit.objects.filter(ref=CodeDelivery.objects.get().public_id).exists()


def test_bg_05_the_sweep_ends_what_no_worker_took(add, frozen):
    number, _ = add()
    frozen.advance(minutes=11)
    assert dispatch.expire_waiting() == 1
    assert challenge_of(number).state == ChallengeState.EXPIRED


def test_otp_03_the_sealed_copy_is_erased_when_the_code_dies(pending, frozen):
    frozen.advance(minutes=10)
    upkeep.expire_challenges()
    challenge = challenge_of(pending)
    assert (challenge.state, challenge.sealed_code) == (ChallengeState.EXPIRED, None)


def test_otp_14_the_text_is_fixed_short_and_bound_to_the_console(settings):
    settings.PUBLIC_HOST = "console.example.com"
    assert sms_text("482913") == (
        "482913 is your Ringfence code to verify this sandbox number. It expires in 10 minutes. "
        "Never share it.\n\n@console.example.com #482913"
    )
    assert len(sms_text("482913")) <= 160


def test_gate_01_the_sms_used_one_permit_of_its_own(pending):
    permit = Permit.objects.get()
    assert (permit.origin, permit.kind, permit.to) == ("otp", "message", NUMBER)
    assert permit.consumed_at is not None


def test_gate_02_a_number_removed_meanwhile_gets_no_code(add, account, owner):
    number, _ = add()
    services.remove_number(account=account, number=number, actor=owner)
    work()
    assert not HandsetMessage.objects.exists()


def test_gate_02_a_suspended_account_gets_no_code_and_its_budgets_back(add):
    number, _ = add()
    Account.objects.update(state=AccountState.SUSPENDED)
    work()
    assert not HandsetMessage.objects.exists()
    assert challenge_of(number).state == ChallengeState.UNDELIVERABLE
    assert not LimitHit.objects.filter(ref=CodeDelivery.objects.get().public_id).exists()


class TestResend:
    """OTP-07, OTP-08, OTP-09."""

    def test_otp_07_within_the_wait_it_is_refused_with_the_seconds_left(
        self, pending, resend, frozen
    ):
        frozen.advance(seconds=10)
        with pytest.raises(TooSoon) as refused:
            resend(pending)
        assert (refused.value.status, refused.value.retry_after) == (429, 20)

    def test_otp_07_the_waits_grow_and_five_sendings_are_all(self, pending, resend, frozen):
        for wait in (30, 60, 120, 120):
            frozen.advance(seconds=wait - 1)
            with pytest.raises(TooSoon):
                resend(pending)
            frozen.advance(seconds=1)
            resend(pending)
            work()
        frozen.advance(seconds=120)
        with pytest.raises(LimitReached) as refused:
            resend(pending)
        assert refused.value.code in {"no_more_codes", "cannot_send_now"}
        assert CodeDelivery.objects.count() == 5

    def test_otp_07_the_old_code_is_dead_at_once(self, pending, resend, check, frozen):
        old = codes_on()[0]
        frozen.advance(seconds=30)
        resend(pending)
        with pytest.raises(DomainError):
            check(pending, old)
        work()
        assert challenge_of(pending).generation == 2
        check(pending, codes_on()[0])

    def test_otp_07_a_superseded_sending_is_not_sent_late(self, add, resend, frozen):
        number, _ = add()
        frozen.advance(seconds=31)
        resend(number)
        work()
        assert len(codes_on()) == 1
        assert CodeDelivery.objects.filter(state=DeliveryState.SUPERSEDED).count() == 1

    def test_otp_08_the_channel_switch_is_a_resend_of_the_same_challenge(
        self, pending, resend, frozen
    ):
        frozen.advance(seconds=30)
        resend(pending, "call")
        challenge = Challenge.objects.get()
        assert (challenge.channel, challenge.generation, challenge.sends) == ("call", 2, 2)

    def test_a_second_press_of_the_first_button_is_one_code(self, add):
        add()
        add()
        work()
        assert (len(codes_on()), Challenge.objects.count()) == (1, 1)


class TestTypes:
    """NUM-03 to NUM-06."""

    def test_num_06_a_fixed_line_is_not_texted(self, add):
        with pytest.raises(DomainError) as refused:
            add(LINE)
        assert refused.value.code == "destination_type_not_supported"
        assert not SandboxNumber.objects.exists()

    def test_num_06_a_fixed_line_is_called(self, add):
        add(LINE, channel="call")
        assert Challenge.objects.get().channel == "call"

    def test_a_mobile_is_called_only_after_an_sms_was_tried(self, add, resend, frozen):
        with pytest.raises(LimitReached):
            add(MOBILE, channel="call")
        number, _ = add(MOBILE)
        frozen.advance(seconds=31)
        resend(number, "call")
        assert challenge_of(number).channel == "call"

    @pytest.mark.parametrize(
        "junk",
        ["", " ", "+", "x" * 5000, "１２０２５５５０１４２", "+1202555\u202e0142", "+12025550142\0",
         "+1 202 555 0142 ext 5", "tel:+12025550142", "+12025550142;5", "+12025550142,1",
         "+12025550142/+12025550143", "0012025550142", "2025550142", "+120255501", "911"],
    )  # fmt: skip
    def test_num_02_junk_is_refused_and_changes_nothing(self, add, junk):
        with pytest.raises(DomainError) as refused:
            add(junk)
        assert (refused.value.status, refused.value.field) == (400, "number")
        assert not SandboxNumber.objects.exists()

    def test_num_04_the_national_form_needs_a_region(self, add):
        number, _ = add("(202) 555-0142", region="US")
        assert number.e164 == NUMBER

    @pytest.mark.parametrize("number", ["+448081570123", "+449098790123"])
    def test_num_06_other_types_are_refused(self, add, number):
        with pytest.raises(DomainError) as refused:
            add(number, channel="call")
        assert refused.value.code == "destination_type_not_supported"

    def test_num_07_a_closed_country_is_refused(self, add):
        with pytest.raises(DomainError) as refused:
            add("+4917139200 11".replace(" ", ""))
        assert (refused.value.code, refused.value.status) == ("geo_not_permitted", 403)

    def test_an_outcome_number_needs_no_proof(self, add):
        with pytest.raises(DomainError) as refused:
            add("+15005550121")
        assert refused.value.code == "outcome_number"

    def test_otp_17_a_number_hosted_here_proves_nothing(self, add, other_account):
        rent(other_account, NUMBER)
        with pytest.raises(DomainError) as refused:
            add()
        assert refused.value.code == "number_hosted_here"


class TestLimits:
    """OTP-12, OTP-13 and the figures of section 2."""

    def test_otp_13_ten_sendings_an_hour_an_account(self, add, account, frozen):
        Account.objects.update(state=AccountState.ACTIVE)
        account.refresh_from_db()
        areas = ("202", "206", "212", "213", "303", "305", "312", "404", "415", "503", "512")
        for area in areas[:10]:
            add(f"+1{area}5550142", ip="")
        with pytest.raises(LimitReached) as refused:
            add(f"+1{areas[10]}5550142", ip="")
        assert refused.value.retry_after == 3601

    def test_otp_12_a_number_busy_because_of_someone_else_tells_nothing(
        self, add, other_account, stranger, frozen
    ):
        for _ in range(5):
            services.add_number(
                account=other_account, actor=stranger, raw=NUMBER, channel="sms", ip=""
            )
            frozen.advance(minutes=3)
        with pytest.raises(CannotSend) as refused:
            add()
        assert (refused.value.message, refused.value.retry_after) == (
            "We can't send to this number right now.",
            3600,
        )
        assert not SandboxNumber.objects.filter(account__name="Owner Ltd").exists()

    def test_otp_12_held_by_three_accounts_is_the_same_answer(self, add, frozen):
        for index in range(3):
            other = Account.objects.create(name=f"Holder {index}", credit="10")
            services.vouch(account=other, raw=NUMBER, actor="operator")
        with pytest.raises(CannotSend):
            add()

    def test_otp_19_a_receiver_who_said_stop_is_the_same_answer(self, add):
        switches.opt_out(e164=NUMBER)
        with pytest.raises(CannotSend):
            add()
        switches.opt_in(e164=NUMBER)
        add()

    def test_otp_13_a_refused_sending_burns_no_other_bucket(self, add):
        switches.opt_out(e164=NUMBER)
        with pytest.raises(CannotSend):
            add()
        assert not LimitHit.objects.exists()

    def test_otp_13_a_limiter_that_is_down_stops_sending(self, add, monkeypatch):
        def down(*args, **kwargs):
            raise Unavailable("down")

        monkeypatch.setattr(limits, "take", down)
        with pytest.raises(Unavailable):
            add()
        assert not CodeDelivery.objects.exists()

    def test_num_10_a_trial_holds_five_numbers(self, add):
        for area in ("202", "206", "212", "213", "303"):
            add(f"+1{area}5550142")
        with pytest.raises(LimitReached) as refused:
            add("+13055550142")
        assert "5 sandbox numbers" in refused.value.message

    def test_otp_09_removing_and_adding_again_resets_nothing(self, add, account, owner, frozen):
        for _ in range(5):
            number, _ = add()
            work()
            services.remove_number(account=account, number=number, actor=owner)
        with pytest.raises(LimitReached):
            add()

    def test_priv_02_deleting_the_account_resets_nothing_for_the_number(self, add, account, frozen):
        other = Account.objects.create(name="Soon gone", credit="10")
        for _ in range(5):
            services.add_number(account=other, actor="x", raw=NUMBER, channel="sms", ip="")
            frozen.advance(minutes=3)
        other.delete()
        with pytest.raises(CannotSend):
            add()

    def test_numbers_are_added_ten_times_in_thirty_days(self, add, account, owner, frozen):
        areas = ("202", "206", "212", "213", "303", "305", "312", "404", "415", "503", "512")
        for area in areas[:10]:
            number, _ = add(f"+1{area}5550142", ip="")
            services.remove_number(account=account, number=number, actor=owner)
            frozen.advance(hours=3)
        with pytest.raises(LimitReached) as refused:
            add(f"+1{areas[10]}5550142", ip="")
        assert "30 days" in refused.value.message

    def test_fifteen_sendings_without_a_success_freeze_a_trial(self, add, account, owner, frozen):
        Account.objects.update(state=AccountState.TRIAL)
        for index in range(15):
            number, _ = add(f"+1{202 + index // 5 * 4}555014{index % 5}", ip="")
            services.remove_number(account=account, number=number, actor=owner)
            LimitHit.objects.all().delete()
            frozen.advance(hours=3)
        with pytest.raises(LimitReached) as refused:
            add("+12125550149", ip="")
        assert refused.value.code == "verification_frozen"
        services.unfreeze(account=account, actor="operator")
        add("+12125550149", ip="")


class TestSwitches:
    """OTP-20 and the breakers."""

    @pytest.mark.parametrize(
        ("scope", "value"), [("all", ""), ("channel", "sms"), ("region", "US")]
    )
    def test_otp_20_a_switch_stops_new_requests(self, add, scope, value):
        switches.throw_switch(actor="operator", scope=scope, value=value)
        with pytest.raises(Paused):
            add()
        switches.lift_switch(actor="operator", scope=scope, value=value)
        add()

    def test_otp_20_a_switch_of_another_region_stops_nothing(self, add):
        switches.throw_switch(actor="operator", scope="region", value="GB")
        add()

    def test_otp_20_what_is_queued_waits_while_the_switch_is_on(self, add, frozen):
        add()
        switches.throw_switch(actor="operator", scope="all")
        work()
        assert not HandsetMessage.objects.exists()
        switches.lift_switch(actor="operator", scope="all")
        frozen.advance(seconds=6)
        work()
        assert len(codes_on()) == 1

    def test_a_region_with_few_successes_is_paused_for_an_hour(self, pending, add, account, frozen):
        challenge = challenge_of(pending)
        CodeDelivery.objects.bulk_create(
            CodeDelivery(
                account=account, challenge=challenge, region="US", channel="sms", generation=1,
                state=DeliveryState.DELIVERED,
            )
            for _ in range(19)
        )  # fmt: skip
        with pytest.raises(Paused):
            add("+12065550142")
        assert KillSwitch.objects.get().automatic
        frozen.advance(minutes=61)
        add("+12065550142")


def test_audit_events_tell_what_happened_without_the_code(pending, check):
    code = codes_on()[0]
    check(pending, code)
    events = AuditEvent.objects.values_list("action", flat=True)
    assert {"number.code_requested", "number.verified"} <= set(events)
    assert all(code not in str(event.data) for event in AuditEvent.objects.all())


def test_bg_12_a_report_that_comes_twice_or_late_changes_nothing(pending, frozen):
    frozen.advance(seconds=5)
    work()
    delivery = CodeDelivery.objects.get()
    dispatch.report(delivery_id=delivery.public_id, delivered=False, error="late")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (DeliveryState.DELIVERED, "")


def test_an_sms_that_is_not_delivered_offers_the_call_at_once(add, resend, frozen):
    number, _ = add(MOBILE)
    work()
    dispatch.report(delivery_id=CodeDelivery.objects.get().public_id, delivered=False)
    Challenge.objects.update(next_send_at=frozen.now())
    resend(number, "call")
    assert challenge_of(number).channel == "call"


def test_a_gateway_that_refuses_ends_the_challenge_and_gives_the_budgets_back(add, monkeypatch):
    def down(to):
        raise Unavailable("No carrier is set up for this destination.")

    monkeypatch.setattr(dispatch, "driver_for", down)
    number, _ = add()
    work()
    delivery = CodeDelivery.objects.get()
    assert (delivery.state, delivery.error) == (
        DeliveryState.FAILED,
        "No carrier is set up for this destination.",
    )
    assert challenge_of(number).state == ChallengeState.UNDELIVERABLE
    assert not LimitHit.objects.filter(ref=delivery.public_id).exists()


def test_otp_13_sixty_sendings_from_one_ipv6_site_are_all(account):
    near = buckets.sending(account, e164=NUMBER, region="US", channel="sms", ip="2001:db8:1:2::3")
    far = buckets.sending(account, e164=NUMBER, region="US", channel="sms", ip="2001:db8:1:9::3")
    subjects = [{b.kind: b.subject for b in wanted} for wanted in (near, far)]
    assert subjects[0]["otp_ip"] != subjects[1]["otp_ip"]
    assert subjects[0]["otp_ip48"] == subjects[1]["otp_ip48"] == "2001:db8:1::/48"


@pytest.mark.parametrize(
    ("channel", "state", "words"),
    [
        ("sms", DeliveryState.FAILED, "The SMS was not delivered."),
        ("call", DeliveryState.FAILED, "The call did not reach the phone."),
        ("call", DeliveryState.HANDED_OVER, "Answer and press 1"),
        ("call", DeliveryState.DELIVERED, "The call has ended."),
        ("sms", DeliveryState.DELIVERED, "Code sent by SMS."),
    ],
)
def test_bg_09_the_status_says_what_became_of_the_sending(channel, state, words):
    challenge = Challenge(channel=channel, state=ChallengeState.SENT)
    assert words in status_of(challenge, [CodeDelivery(channel=channel, state=state)]).text


def test_the_periodic_jobs_may_run_at_any_time(pending, frozen):
    for _ in range(2):
        tasks.expire()
        tasks.remind()
        tasks.prune()
        frozen.advance(minutes=15)
    assert challenge_of(pending).state == ChallengeState.EXPIRED
