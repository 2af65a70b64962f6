"""Checking codes: five tries, one success, whatever comes at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections

from console.accounts.models import Account, AuditEvent
from console.core import clock, limits
from console.core.errors import DomainError, LimitReached, Unavailable
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.verification import buckets, services, switches
from sandbox.verification.errors import CannotSend, CodeRefused
from sandbox.verification.models import Challenge, ChallengeState, CodeCheck
from tests.sandbox.verification.conftest import (
    NUMBER,
    challenge_of,
    codes_on,
    skip_without_parallel_writers,
    work,
    wrong,
)

pytestmark = pytest.mark.django_db


def refused(call, *args, **more):
    """The refusal of a check."""
    with pytest.raises(DomainError) as caught:
        call(*args, **more)
    return caught.value


def test_the_right_code_verifies_the_number_for_ninety_days(pending, check, frozen):
    number = check(pending, codes_on()[0])
    assert (number.state, number.network, number.proved_by) == ("verified", "simulated", "code")
    assert number.expires_at == frozen.now() + timedelta(days=90)
    challenge = challenge_of(pending)
    assert (challenge.state, challenge.sealed_code, challenge.code_hmac) == ("verified", None, "")


def test_otp_04_a_wrong_code_is_counted_even_though_the_answer_is_an_error(pending, check):
    error = refused(check, pending, wrong(codes_on()[0]))
    assert isinstance(error, CodeRefused)
    assert (error.status, error.attempts_left) == (400, 4)
    assert challenge_of(pending).attempts == 1
    assert CodeCheck.objects.get().outcome == "wrong"


def test_otp_04_after_five_wrong_codes_the_right_one_is_refused(pending, check):
    code = codes_on()[0]
    left = [refused(check, pending, wrong(code)).attempts_left for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert isinstance(refused(check, pending, code), CodeRefused)
    challenge = challenge_of(pending)
    assert (challenge.state, challenge.attempts, challenge.sealed_code) == ("exhausted", 5, None)
    pending.refresh_from_db()
    assert pending.state == NumberState.PENDING


def test_otp_03_a_code_is_not_accepted_after_ten_minutes(pending, check, frozen):
    code = codes_on()[0]
    frozen.advance(minutes=10)
    assert isinstance(refused(check, pending, code), CodeRefused)
    assert challenge_of(pending).attempts == 0


def test_otp_06_the_right_code_is_accepted_once(pending, check):
    code = codes_on()[0]
    check(pending, code)
    assert isinstance(refused(check, pending, code), CodeRefused)
    assert AuditEvent.objects.filter(action="number.verified").count() == 1


@pytest.mark.parametrize("spelling", ["{0} {1}", "{0}-{1}", " {0}{1} ", "{0} - {1}"])
def test_otp_10_spaces_and_hyphens_are_dropped(pending, check, spelling):
    code = codes_on()[0]
    assert check(pending, spelling.format(code[:3], code[3:])).state == "verified"


@pytest.mark.parametrize(
    "junk",
    ["", "12345", "1234567", "12345a", "１２３４５６", "١٢٣٤٥٦", "123456\n", "123456\0", "1" * 9999,
     "+12345", "-", "12\u202e3456", "123_456", "0x1234"],
)  # fmt: skip
def test_otp_10_a_code_of_the_wrong_shape_is_400_and_no_attempt(pending, check, junk):
    error = refused(check, pending, junk)
    assert (error.code, error.status, error.field) == ("code_malformed", 400, "code")
    assert challenge_of(pending).attempts == 0


def test_otp_10_codes_of_the_wrong_shape_count_against_the_rate(pending, check):
    for _ in range(30):
        refused(check, pending, "x")
    assert isinstance(refused(check, pending, codes_on()[0]), LimitReached)


def test_otp_07_failures_carry_over_a_resend(pending, check, resend, frozen):
    refused(check, pending, wrong(codes_on()[0]))
    frozen.advance(seconds=30)
    resend(pending)
    work()
    assert refused(check, pending, wrong(codes_on()[0])).attempts_left == 3


def start_again(add, account, owner, number, check):
    """Uses up a challenge and begins the next."""
    for _ in range(5):
        refused(check, number, wrong(codes_on()[0]))


def test_otp_09_ten_wrong_codes_for_a_number_lock_it_for_a_day(add, account, owner, check, frozen):
    for _ in range(2):
        number, _ = add()
        work()
        start_again(add, account, owner, number, check)
        services.remove_number(account=account, number=number, actor=owner)
        frozen.advance(minutes=20)
    error = refused(add)
    assert isinstance(error, LimitReached)
    assert 85_000 < error.retry_after < 86_401
    frozen.advance(hours=24)
    add()


def test_a_hundred_wrong_codes_in_a_row_need_staff(pending, check, account, frozen):
    failures = buckets.wrong_codes_of_account(account)
    for _ in range(100):
        limits.take([failures])
        frozen.advance(hours=30)
    error = refused(services.send_code, account=account, number=pending, channel="sms", actor="x")
    assert (error.code, error.retry_after) == ("verification_frozen", None)
    limits.unlock(failures)
    services.send_code(account=account, number=pending, channel="sms", actor="x")


def _asked(account, number):
    return {"account": account, "number": number, "code": "123456", "actor": "x"}


def test_a_right_code_is_no_failure_and_ends_the_streak(pending, check, account):
    refused(check, pending, wrong(codes_on()[0]))
    check(pending, codes_on()[0])
    key = buckets.wrong_codes_of_account(account).key
    from console.core.models import LimitBucket, LimitHit

    assert LimitHit.objects.filter(key=key).count() == 1
    assert LimitBucket.objects.get(key=key).streak == 0


def test_otp_11_wrong_expired_and_unknown_look_alike(pending, check, account, owner, frozen):
    code = codes_on()[0]
    shapes = set()
    frozen.advance(minutes=11)
    expired = refused(check, pending, code)
    shapes.add((type(expired), expired.code, expired.message, expired.status))
    services.cancel_challenge(account=account, number=pending)
    unknown = refused(check, pending, code)
    shapes.add((type(unknown), unknown.code, unknown.message, unknown.status))
    assert len(shapes) == 1


def test_a_code_of_another_number_fits_nothing(add, check):
    first, _ = add()
    add("+12065550142")
    work()
    assert isinstance(refused(check, first, codes_on("+12065550142")[0]), CodeRefused)


def test_otp_18_the_proof_says_over_which_network_it_was_made(pending, check):
    assert check(pending, codes_on()[0]).network == "simulated"


def test_otp_18_on_a_real_network_a_simulated_proof_is_shown_as_expired(pending, check, settings):
    number = check(pending, codes_on()[0])
    assert number.shown_state == "verified"
    settings.SIMULATED_NETWORK = False
    assert number.shown_state == "expired"


def test_num_10_a_fourth_account_cannot_prove_the_number_even_with_its_code(pending, check):
    code = codes_on()[0]
    for index in range(3):
        other = Account.objects.create(name=f"Holder {index}", credit="10")
        services.vouch(account=other, raw=NUMBER, actor="operator")
    assert isinstance(refused(check, pending, code), CannotSend)
    assert SandboxNumber.objects.filter(e164=NUMBER, state="verified").count() == 3


def test_num_09_a_removed_number_cannot_be_verified(pending, check, account, owner):
    code = codes_on()[0]
    services.remove_number(account=account, number=pending, actor=owner)
    assert isinstance(refused(check, pending, code), CodeRefused)


def test_rel_17_a_limiter_that_is_down_leaves_five_tries(pending, check, monkeypatch):
    real = limits.take

    def half_down(wanted, **more):
        if wanted[0].kind.startswith("otp_check"):
            raise Unavailable("down")
        return real(wanted, **more)

    monkeypatch.setattr(limits, "take", half_down)
    for _ in range(7):
        refused(check, pending, wrong(codes_on()[0]))
    assert challenge_of(pending).attempts == 5


def in_parallel(count, call):
    """Runs `call(index)` in threads that start together; gives what each gave."""
    outcomes, start = [None] * count, threading.Barrier(count)

    def one(index):
        start.wait()
        try:
            outcomes[index] = call(index)
        except DomainError as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
class TestParallel:
    """REL-09 and REL-10 in small; the stack's own tests do them in large."""

    @pytest.fixture(autouse=True)
    def _database(self, db):
        skip_without_parallel_writers()

    def test_otp_04_of_sixty_wrong_codes_at_once_five_are_evaluated(
        self, pending, account, monkeypatch
    ):
        bad = wrong(codes_on()[0])
        monkeypatch.setattr(limits, "take", _without_check_rate(limits.take))
        in_parallel(60, lambda _: services.check_code(**_asked(account, pending) | {"code": bad}))
        assert challenge_of(pending).attempts == 5
        assert CodeCheck.objects.count() == 5
        assert challenge_of(pending).state == ChallengeState.EXHAUSTED

    def test_otp_06_of_twenty_right_codes_at_once_one_verifies(self, pending, account):
        code = codes_on()[0]
        asked = _asked(account, pending) | {"code": code}
        outcomes = in_parallel(20, lambda _: services.check_code(**asked))
        assert [type(o) for o in outcomes].count(SandboxNumber) == 1
        assert AuditEvent.objects.filter(action="number.verified").count() == 1
        assert challenge_of(pending).state == ChallengeState.VERIFIED

    def test_ten_additions_at_once_are_one_number_and_one_code(self, account, owner):
        def add(_):
            return services.add_number(
                account=account, raw=NUMBER, channel="sms", actor=owner, ip=""
            )

        in_parallel(10, add)
        work()
        assert (SandboxNumber.objects.count(), Challenge.objects.count()) == (1, 1)
        assert len(codes_on()) == 1

    def test_num_10_parallel_additions_do_not_overrun_the_five(self, account, owner):
        def add(index):
            raw = f"+1{(202, 206, 212, 213, 303, 305, 312, 404)[index]}5550142"
            return services.add_number(account=account, raw=raw, channel="sms", actor=owner, ip="")

        in_parallel(8, add)
        assert SandboxNumber.objects.count() == 5

    def test_parallel_resends_and_checks_end_without_an_error(self, pending, account, owner):
        Challenge.objects.update(next_send_at=clock.now())
        code = codes_on()[0]

        def both(index):
            if index % 2:
                return services.resend_code(
                    account=account, number=pending, channel="sms", actor=owner
                )
            return services.check_code(**_asked(account, pending) | {"code": code})

        outcomes = in_parallel(12, both)
        assert None not in outcomes


def _without_check_rate(real):
    def take(wanted, **more):
        if not wanted[0].kind.startswith("otp_check"):
            real(wanted, **more)

    return take


def test_otp_04_a_resend_that_overtakes_a_check_wins(pending, check, monkeypatch):
    code = codes_on()[0]

    def overtaken(*facts):
        Challenge.objects.unscoped("a resend").filter(number=pending).update(generation=2)
        return True

    monkeypatch.setattr("sandbox.verification.codes.fits", overtaken)
    assert isinstance(refused(check, pending, code), CodeRefused)
    pending.refresh_from_db()
    assert (pending.state, challenge_of(pending).verified_at) == (NumberState.PENDING, None)


def test_a_locked_number_refuses_even_the_right_code(pending, check, account, frozen):
    code = codes_on()[0]
    failures = buckets.wrong_codes(account, e164=NUMBER)
    for _ in range(10):
        limits.take(failures)
    error = refused(check, pending, code)
    assert (error.status, error.code) == (429, "trial_limit_reached")
    assert challenge_of(pending).attempts == 0


class TestPepper:
    """OTP-02: the pepper can be changed without a code or a counter being lost."""

    OLD, NEW = "o" * 40, "n" * 40

    @pytest.fixture
    def rotate(self, settings):
        """Codes are minted under the old pepper until this is called."""
        settings.OTP_PEPPER, settings.OTP_PEPPER_FALLBACKS = self.OLD, []

        def put_new_in_front():
            settings.OTP_PEPPER, settings.OTP_PEPPER_FALLBACKS = self.NEW, [self.OLD]

        return put_new_in_front

    def test_otp_02_a_code_on_its_way_fits_after_the_pepper_was_changed(self, rotate, add, check):
        number, _ = add()
        work()
        rotate()
        assert check(number, codes_on()[0]).state == "verified"

    def test_otp_02_new_codes_do_not_fit_the_old_pepper_alone(self, rotate, add, check, settings):
        rotate()
        number, _ = add()
        work()
        settings.OTP_PEPPER, settings.OTP_PEPPER_FALLBACKS = self.OLD, []
        assert isinstance(refused(check, number, codes_on()[0]), CodeRefused)

    def test_otp_09_changing_the_pepper_resets_no_counter(self, rotate, add, resend, frozen):
        number, _ = add()
        work()
        for _ in range(4):
            frozen.advance(seconds=121)
            resend(number)
        rotate()
        frozen.advance(seconds=121)
        with pytest.raises(LimitReached):
            resend(number)

    def test_otp_19_changing_the_pepper_forgets_no_stop(self, rotate, add):
        switches.opt_out(e164=NUMBER)
        rotate()
        with pytest.raises(CannotSend):
            add()
