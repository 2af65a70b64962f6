"""Verify sessions: a tenant's own codes, on the same machinery (OTP-22)."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from console.accounts.models import Account, AccountState
from console.accounts.querysets import tenant_guard
from console.core import limits
from console.core.errors import DomainError, LimitReached, NotFound
from console.core.models import OutboxRow
from console.records.models import Cdr
from sandbox.fence.models import FenceDenial
from sandbox.network import services as phones
from sandbox.network.models import HandsetCaption, HandsetMessage, Permit
from sandbox.network.seeds import seed_network
from sandbox.verification import invariants, services, sessions, switches
from sandbox.verification.errors import CannotSend, CodeRefused, Paused
from sandbox.verification.models import SessionAttempt, VerifySession
from sandbox.verification.sessions import closing, dispatch, words
from tests.sandbox.verification.conftest import LINE, MOBILE, NUMBER, rent, work
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
HOOK = "https://hooks.example.com/verify/"


@pytest.fixture
def full(account, frozen):
    """The account, paying: it reaches everybody."""
    seed_network()
    Account.objects.update(state=AccountState.ACTIVE)
    account.refresh_from_db()
    return account


@pytest.fixture
def begin(full):
    """Opens a session, or sends once more."""

    def create(recipient=NUMBER, *, scope=None, owner=None, **more):
        wanted = sessions.Wanted(recipient=recipient, **more)
        with tenant_guard():  # as in a request
            return sessions.create_session(
                account=owner or full, subaccount=scope, wanted=wanted, ip="192.0.2.7"
            )

    return create


@pytest.fixture
def validate(full):
    """Sends a code for validation."""

    def send(session, otp, *, scope=None, owner=None):
        with tenant_guard():
            return sessions.validate_session(
                account=owner or full,
                subaccount=scope,
                session_uuid=session.public_id,
                otp=otp,
            )

    return send


def texts(number=NUMBER) -> list[str]:
    """What the phone has received, newest first."""
    return [one.shown() for one in HandsetMessage.objects.filter(number=number).order_by("-pk")]


def code_on(number=NUMBER) -> str:
    """The newest code on the phone."""
    return re.search(r"[0-9]{4,8}", texts(number)[0])[0]


def other(code: str) -> str:
    """Another code of the same length."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def refused(act, *args, **more) -> DomainError:
    """The refusal of an act."""
    with pytest.raises(DomainError) as caught:
        act(*args, **more)
    return caught.value


def told() -> list[tuple[str, str]]:
    """Channel status and session status of each callback, in order."""
    rows = OutboxRow.objects.filter(kind="webhooks.notify")
    found = sorted((row.payload["params"] for row in rows), key=_as_told)
    return [(one["ChannelStatus"], one["SessionStatus"]) for one in found]


_STATES = ("queued", "ringing", "sent", "in-progress", "delivered", "completed")


def _as_told(params: dict[str, str]) -> tuple[int, bool]:
    # Time may stand still, so rows have no order of their own.
    return _STATES.index(params["ChannelStatus"]), params["SessionStatus"] == "verified"


class TestTheText:
    def test_it_brings_six_digits_and_verifies_the_recipient(self, begin, validate):
        session = begin()
        work()
        assert re.fullmatch(
            r"[0-9]{6} is your verification code\. It expires in 10 minutes\. Never share it\.",
            texts()[0],
        )
        assert validate(session, code_on()).state == "verified"

    def test_it_names_a_brand_and_ends_with_the_apps_hash(self, begin):
        begin(brand_name="Acme & Co", app_hash="FA+9qCX9VSu")
        work()
        assert "is your Acme & Co verification code" in texts()[0]
        assert texts()[0].endswith("\n\nFA+9qCX9VSu")

    @pytest.mark.parametrize("locale", ["en", "es", "fr-FR", "de_AT", "pt-BR"])
    def test_otp_14_the_longest_is_one_segment_in_every_language(self, begin, locale):
        session = begin(brand_name="x" * 30, app_hash="FA+9qCX9VSu", locale=locale, code_length=8)
        assert len(words.text_of(session, "12345678")) <= 160

    @pytest.mark.parametrize(
        "brand",
        ["evil.example", "http://x", "a/b", "call 555 01 42 now", "1234567", "Ringfence",
         "ring fence Team", "R-i-n-g-f-e-n-c-e", "x" * 31, "a\nb", "a\u202eb", "Ａcme", "<b>"],
    )  # fmt: skip
    def test_otp_14_a_brand_that_could_lure_is_refused(self, begin, brand):
        error = refused(begin, brand_name=brand)
        assert (error.code, error.field) == ("invalid_brand_name", "brand_name")
        assert not VerifySession.objects.exists()

    @pytest.mark.parametrize("length", [4, 5, 6, 7, 8])
    def test_otp_22_codes_have_the_length_that_was_asked_for(self, begin, validate, length):
        session = begin(code_length=length)
        work()
        assert len(code_on()) == length
        assert validate(session, code_on()).state == "verified"

    @pytest.mark.parametrize("length", [0, 3, 9, -1])
    def test_otp_22_other_lengths_are_refused(self, begin, length):
        assert refused(begin, code_length=length).field == "code_length"

    def test_otp_22_the_tenants_own_code_is_sent(self, begin, validate):
        session = begin(otp="0042")
        work()
        assert code_on() == "0042"
        assert session.code_length == 4
        assert validate(session, "0042").state == "verified"

    @pytest.mark.parametrize("otp", ["123", "123456789", "12a4", "１２３４", "1234\0"])
    def test_otp_22_an_own_code_is_four_to_eight_ascii_digits(self, begin, otp):
        assert refused(begin, otp=otp).field == "otp"

    def test_otp_22_an_own_code_of_another_length_than_asked_for_is_refused(self, begin):
        assert refused(begin, otp="1234", code_length=6).field == "otp"


class TestWhereTheCodeIsNot:
    def test_otp_03_no_row_of_outbox_or_session_holds_it(self, begin):
        begin(otp="73519246", url=HOOK)
        everything = [str(row.payload) for row in OutboxRow.objects.all()]
        work()
        everything += [str(row.payload) for row in OutboxRow.objects.all()]
        everything.append(str(VerifySession.objects.values()))
        everything.append(str(HandsetMessage.objects.values_list("text", flat=True)))
        assert not [one for one in everything if "73519246" in one]

    def test_otp_03_a_closed_session_keeps_none(self, begin, validate):
        session = begin()
        work()
        validate(session, code_on())
        row = VerifySession.objects.get()
        assert (row.sealed_code, row.code_hmac) == (None, "")

    def test_otp_16_it_makes_no_call_record(self, begin, full):
        begin(LINE, channel="voice")
        work()
        phones_answer_and_listen(full)
        assert not Cdr.objects.exists()


def phones_answer_and_listen(account):
    """Picks the fixed line up, if the account may open its handset."""
    phones.open_handset(account=account, number=LINE)
    phones.answer(account=account, number=LINE)
    work()


class TestTries:
    @pytest.mark.parametrize(("length", "most"), [(4, 3), (5, 3), (6, 10), (8, 10)])
    def test_otp_22_tries_are_three_below_six_digits_else_ten(self, begin, validate, length, most):
        session = begin(code_length=length)
        work()
        code = code_on()
        left = [refused(validate, session, other(code)).attempts_left for _ in range(most)]
        assert left == list(range(most - 1, -1, -1))
        last = refused(validate, session, code)
        assert isinstance(last, CodeRefused | LimitReached)
        assert VerifySession.objects.get().state == "expired"

    def test_otp_06_the_right_code_verifies_once(self, begin, validate):
        session = begin()
        work()
        code = code_on()
        validate(session, code)
        assert isinstance(refused(validate, session, code), CodeRefused)

    def test_otp_22_nothing_is_accepted_after_ten_minutes(self, begin, validate, frozen):
        session = begin()
        work()
        frozen.advance(minutes=10)
        error = refused(validate, session, code_on())
        assert (error.code, error.attempts_left) == ("code_not_accepted", None)

    def test_otp_10_a_code_of_another_shape_is_no_try(self, begin, validate):
        session = begin()
        work()
        for junk in ("", "12345", "1234567", "１２３４５６", "123456\n"):
            assert refused(validate, session, junk).code == "code_malformed"
        assert VerifySession.objects.get().validations == 0

    def test_otp_13_ten_wrong_codes_for_a_recipient_lock_it_for_a_day(
        self, begin, validate, frozen
    ):
        for _ in range(4):
            session = begin(code_length=4)
            work()
            wrong = other(code_on())
            errors = [refused(validate, session, wrong) for _ in range(3)]
            frozen.advance(minutes=25)
            closing.expire_sessions()
        assert isinstance(errors[-1], LimitReached)
        assert refused(begin).status == 429
        frozen.advance(days=1)
        begin()

    def test_before_the_code_is_minted_nothing_is_compared(self, begin, validate):
        session = begin()
        assert isinstance(refused(validate, session, "000000"), CodeRefused)
        assert VerifySession.objects.get().validations == 0


class TestAgain:
    def test_posting_again_within_the_life_uses_the_session_again(self, begin):
        one = begin()
        work()
        two = begin()
        work()
        assert one.public_id == two.public_id
        assert [a.sequence for a in SessionAttempt.objects.all()] == [1, 2]
        assert len(texts()) == 2

    def test_otp_07_the_newest_code_alone_fits_and_tries_carry_over(self, begin, validate):
        session = begin()
        work()
        first = code_on()
        refused(validate, session, other(first))
        begin()
        work()
        assert refused(validate, session, first if first != code_on() else other(first))
        assert VerifySession.objects.get().validations == 2
        assert validate(session, code_on()).state == "verified"

    def test_otp_22_posting_again_does_not_lengthen_the_life(self, begin, frozen):
        ends = begin().expires_at
        frozen.advance(minutes=5)
        assert begin().expires_at == ends
        work()
        assert "expires in 5 minutes" in texts()[0]

    def test_a_session_that_is_nearly_over_is_replaced(self, begin, frozen):
        one = begin()
        frozen.advance(minutes=9)
        two = begin()
        assert one.public_id != two.public_id
        one.refresh_from_db()
        assert one.state == "expired"

    def test_otp_22_a_shorter_code_does_not_give_more_tries(self, begin, validate):
        session = begin()
        work()
        for _ in range(3):
            refused(validate, session, other(code_on()))
        assert isinstance(refused(begin, code_length=4), LimitReached)

    def test_ten_03_a_subaccount_has_a_session_of_its_own(self, begin, subaccount, full):
        parents, subs = begin(), begin(scope=subaccount)
        assert parents.public_id != subs.public_id
        with pytest.raises(NotFound):
            sessions.find_session(
                account=full, subaccount=subaccount, session_uuid=parents.public_id
            )
        assert sessions.find_session(account=full, session_uuid=subs.public_id) == subs

    def test_the_database_refuses_a_second_open_session(self, begin, full):
        row = begin()
        row.pk, row.public_id = None, None
        row.public_id = VerifySession._meta.get_field("public_id").get_default()
        row.code_hmac = ""
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)

    def test_ten_02_another_accounts_session_is_not_found(self, begin, validate, other_account):
        session = begin()
        work()
        with pytest.raises(NotFound):
            validate(session, code_on(), owner=other_account)


class TestTheFence:
    def test_gate_04_a_trial_reaches_its_verified_numbers_only(self, begin, full, account):
        Account.objects.update(state=AccountState.TRIAL)
        account.refresh_from_db()
        error = refused(begin, owner=account)
        assert (error.status, error.code, error.field) == (
            400, "trial_destination_not_verified", "recipient",
        )  # fmt: skip
        assert FenceDenial.objects.get().origin == "verify"
        services.vouch(account=account, raw=NUMBER, actor="operator")
        begin(owner=account)
        work()
        assert len(texts()) == 1
        assert Permit.objects.get().origin == "verify"

    def test_gate_02_a_number_that_was_removed_before_the_sending_gets_nothing(
        self, begin, full, account, owner
    ):
        Account.objects.update(state=AccountState.TRIAL)
        account.refresh_from_db()
        number = services.vouch(account=account, raw=NUMBER, actor="operator")
        begin(owner=account)
        services.remove_number(account=account, number=number, actor=owner)
        work()
        attempt = SessionAttempt.objects.get()
        assert (attempt.state, attempt.error) == ("failed", "trial_destination_not_verified")
        assert texts() == []

    def test_gate_02_a_trials_call_asks_the_fence_again_when_it_dials(
        self, begin, full, account, owner, frozen
    ):
        Account.objects.update(state=AccountState.TRIAL)
        account.refresh_from_db()
        number = services.vouch(account=account, raw=LINE, actor="operator")
        begin(LINE, channel="voice", owner=account)
        row = OutboxRow.objects.get(kind="verify.send")
        dispatch.send(SessionAttempt.objects.get().public_id)
        services.remove_number(account=account, number=number, actor=owner)
        work()
        assert row.kind
        assert SessionAttempt.objects.get().state == "failed"
        assert not Permit.objects.exists()

    def test_num_07_a_closed_country_is_403(self, begin):
        assert refused(begin, "+4917139200 11".replace(" ", "")).status == 403

    def test_otp_17_a_number_hosted_here_is_refused(self, begin, other_account):
        rent(other_account, "+12065550150")
        assert refused(begin, "+12065550150").code == "number_hosted_here"

    def test_an_account_without_credit_sends_nothing(self, begin, full):
        Account.objects.update(credit=0)
        assert refused(begin).code == "insufficient_credit"

    def test_otp_19_a_receiver_who_said_stop_gets_no_sessions_either(self, begin):
        switches.opt_out(e164=NUMBER)
        with pytest.raises(CannotSend):
            begin()

    @pytest.mark.parametrize(
        ("scope", "value"), [("all", ""), ("channel", "sms"), ("region", "US")]
    )
    def test_otp_20_kill_switches_stop_sessions(self, begin, scope, value):
        switches.throw_switch(actor="operator", scope=scope, value=value)
        with pytest.raises(Paused):
            begin()


class TestBudgets:
    def test_otp_13_a_number_gets_five_codes_an_hour_whichever_way(
        self, begin, full, owner, frozen
    ):
        services.add_number(account=full, raw=NUMBER, channel="sms", actor=owner, ip="192.0.2.7")
        for _ in range(4):
            begin()
        assert isinstance(refused(begin), LimitReached)
        frozen.advance(hours=1)
        closing.expire_sessions()
        begin()

    def test_otp_13_another_accounts_sessions_use_the_same_budget(
        self, begin, full, other_account, frozen
    ):
        Account.objects.update(state=AccountState.ACTIVE)
        other_account.refresh_from_db()
        for index in range(5):
            begin(owner=(full, other_account)[index % 2])
        error = refused(begin)
        assert (error.status, error.message) == (429, "We can't send to this number right now.")

    def test_otp_13_three_calls_a_day(self, begin, frozen):
        for _ in range(3):
            begin(LINE, channel="voice")
            frozen.advance(minutes=30)
            closing.expire_sessions()
        assert refused(begin, LINE, channel="voice").status == 429

    def test_otp_13_a_refused_request_takes_nothing(self, begin):
        switches.opt_out(e164=NUMBER)
        refused(begin)
        assert not limits.LimitHit.objects.exists()

    def test_bg_05_what_was_not_sent_in_time_gives_its_budget_back(self, begin, frozen):
        begin()
        frozen.advance(minutes=11)
        dispatch.expire_waiting()
        closing.expire_sessions()
        for _ in range(5):
            begin()


class TestChargesAndCallbacks:
    def test_a_delivered_text_and_a_validation_are_charged_once(
        self, begin, validate, full, frozen
    ):
        session = begin()
        work()
        frozen.advance(seconds=5)
        work()
        attempt = SessionAttempt.objects.get()
        assert (attempt.state, attempt.charge > 0) == ("delivered", True)
        dispatch.report(attempt_id=attempt.public_id, delivered=True)
        validate(session, code_on())
        full.refresh_from_db()
        assert full.credit == Decimal(10) - attempt.charge - Decimal("0.05")

    def test_callbacks_tell_every_state_and_never_the_code(self, begin, validate, frozen):
        session = begin(url=HOOK, otp="135790")
        work()
        frozen.advance(seconds=5)
        work()
        validate(session, "135790")
        assert told() == [
            ("queued", "in-progress"),
            ("sent", "in-progress"),
            ("delivered", "in-progress"),
            ("delivered", "verified"),
        ]
        rows = OutboxRow.objects.filter(kind="webhooks.notify")
        params = rows.first().payload["params"]
        assert set(params) == {
            "AttemptSequence", "AttemptUUID", "Channel", "ChannelStatus", "Recipient",
            "RequestTime", "SessionStatus", "SessionUUID",
        }  # fmt: skip
        assert params["Recipient"] == NUMBER[1:]
        assert "135790" not in str([row.payload for row in rows])

    def test_expiry_is_told_once(self, begin, frozen):
        begin(url=HOOK)
        work()
        frozen.advance(seconds=5)
        work()
        frozen.advance(minutes=10)
        closing.expire_sessions()
        closing.expire_sessions()
        assert [state for state in told() if state[1] == "expired"] == [("delivered", "expired")]

    def test_a_url_that_is_none_is_refused(self, begin):
        assert refused(begin, url="ftp://example.com/").field == "url"


class TestTheCall:
    @pytest.fixture
    def ringing(self, begin, full, frozen):
        """A fixed line that rings with a session's code."""
        phones.open_handset(account=full, number=LINE)
        session = begin(LINE, channel="voice", dtmf="5", brand_name="Acme", url=HOOK)
        self.live(frozen)
        return session

    @staticmethod
    def live(frozen, seconds=1):
        """Lets telephone time pass."""
        for _ in range(seconds * 2):
            frozen.advance(seconds=0.5)
            work()

    @staticmethod
    def heard() -> list[str]:
        return [caption.shown() for caption in HandsetCaption.objects.order_by("id")]

    def test_otp_15_the_tenants_key_says_the_code(self, ringing, full, frozen, validate):
        phones.answer(account=full, number=LINE)
        self.live(frozen, 14)
        assert "Acme verification code" in self.heard()[0]
        assert "Press 5 to hear" in self.heard()[0]
        phones.press_digits(account=full, number=LINE, digits="5")
        self.live(frozen, 34)
        said = [text for text in self.heard() if text.isdigit()]
        assert len(said) == 18
        assert validate(ringing, "".join(said[:6])).state == "verified"

    def test_a_call_tells_its_states_and_costs_one_minute(self, ringing, full, frozen):
        phones.answer(account=full, number=LINE)
        self.live(frozen, 2)
        phones.hang_up(account=full, number=LINE)
        self.live(frozen, 2)
        states = [state for state, _ in told()]
        assert states == ["queued", "ringing", "in-progress", "completed"]
        assert SessionAttempt.objects.get().charge > 0

    def test_a_call_that_nobody_answers_fails_and_costs_nothing(self, ringing, full, frozen):
        phones.reject(account=full, number=LINE)
        self.live(frozen, 2)
        attempt = SessionAttempt.objects.get()
        assert (attempt.state, attempt.charge) == ("failed", 0)
        full.refresh_from_db()
        assert full.credit == 10

    def test_otp_19_pressing_9_stops_the_tenants_codes(self, ringing, begin, full, frozen):
        phones.answer(account=full, number=LINE)
        self.live(frozen, 14)
        phones.press_digits(account=full, number=LINE, digits="9")
        self.live(frozen, 6)
        with pytest.raises(CannotSend):
            begin(LINE, channel="voice")


class TestTheList:
    def test_filters_narrow_and_scopes_hold(self, begin, full, subaccount, other_account):
        one = begin(brand_name="Acme")
        two = begin(MOBILE, scope=subaccount)

        def found(scope=None, owner=full, **more):
            wanted = sessions.Filters(**more)
            rows = sessions.list_sessions(account=owner, subaccount=scope, filters=wanted)
            return {row.public_id for row in rows}

        both = {one.public_id, two.public_id}
        assert found() == both
        assert found(scope=subaccount) == {two.public_id}
        assert found(owner=other_account) == set()
        assert found(country="gb") == {two.public_id}
        assert found(brand_name="Acme") == {one.public_id}
        assert found(recipient=MOBILE) == {two.public_id}
        assert found(alias="default") == both
        assert found(alias="shop") == set()
        assert found(app_uuid=one.app_uuid) == both
        assert found(status="in-progress") == both
        assert found(status="expired") == found(status="verified") == set()
        assert found(times=(("gt", one.created_at),)) == set()

    def test_an_expired_one_is_listed_as_expired_before_the_job_runs(self, begin, full, frozen):
        begin()
        frozen.advance(minutes=10)
        rows = sessions.list_sessions(account=full, filters=sessions.Filters(status="expired"))
        assert [row.shown_state for row in rows] == ["expired"]

    def test_priv_03_sessions_are_kept_ninety_days(self, begin, frozen):
        begin()
        frozen.advance(days=89)
        closing.expire_sessions()
        assert closing.prune() == 0
        frozen.advance(days=2)
        assert closing.prune() == 1


def test_the_invariants_hold_after_sessions(begin, frozen):
    begin()
    work()
    frozen.advance(seconds=5)
    work()
    assert invariants.broken() == {}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def account(self, db):
        seed_network()
        return Account.objects.create(name="Full Ltd", credit="10", state=AccountState.ACTIVE)

    @pytest.fixture
    def session(self, account):
        made = sessions.create_session(
            account=account, wanted=sessions.Wanted(recipient=NUMBER, code_length=4, otp="2468")
        )
        work()
        return made

    def test_rel_09_of_many_wrong_codes_at_once_three_are_compared(self, account, session):
        def guess():
            sessions.validate_session(account=account, session_uuid=session.public_id, otp="1357")

        outcomes = at_once(*[guess] * 24)
        assert all(isinstance(one, DomainError) for one in outcomes)
        compared = [one for one in outcomes if getattr(one, "attempts_left", None) is not None]
        assert len(compared) <= 3
        assert VerifySession.objects.get().validations == 3

    def test_rel_10_of_many_right_codes_at_once_one_verifies_and_is_charged(self, account, session):
        def right():
            return sessions.validate_session(
                account=account, session_uuid=session.public_id, otp="2468"
            )

        outcomes = at_once(*[right] * 16)
        assert len([one for one in outcomes if isinstance(one, VerifySession)]) == 1
        account.refresh_from_db()
        assert account.credit >= Decimal("9.94")

    def test_two_requests_at_once_are_one_session(self, account):
        def create():
            return sessions.create_session(
                account=account, wanted=sessions.Wanted(recipient=MOBILE)
            )

        outcomes = at_once(*[create] * 6)
        made = {one.public_id for one in outcomes if isinstance(one, VerifySession)}
        assert len(made) == 1
        refusals = [one for one in outcomes if not isinstance(one, VerifySession)]
        assert all(isinstance(one, DomainError) for one in refusals)
        assert SessionAttempt.objects.count() == 5


def test_a_session_lives_ten_minutes(begin):
    session = begin()
    assert session.expires_at - session.created_at == timedelta(minutes=10)
