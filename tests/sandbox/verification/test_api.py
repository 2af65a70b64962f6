"""Verified caller ids and verify sessions over the API."""

from __future__ import annotations

import pytest

from console.accounts.models import Account, AccountState
from console.api import rate
from console.api.models import ApiRequest
from console.core import clock
from sandbox.network.seeds import seed_network
from sandbox.verification import services
from sandbox.verification.models import Challenge, VerifySession
from tests.sandbox.verification.conftest import LINE, MOBILE, NUMBER, codes_on, work
from tests.sandbox.verification.test_sessions import code_on, other
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still(frozen):
    rate._seen.clear()


@pytest.fixture
def initiated(api):
    """The answer to a request for a code that has reached the phone."""
    answer = api.post("VerifiedCallerId/", {"phone_number": NUMBER, "alias": "desk"})
    work()
    return answer


@pytest.fixture
def verified(api, initiated):
    """The answer to the right code."""
    path = f"VerifiedCallerId/Verification/{initiated.json()['verification_uuid']}"
    return api.post(path, {"otp": codes_on()[0]})


class TestCallerIds:
    def test_initiating_says_the_true_lifetime(self, initiated):
        body = initiated.json()
        assert initiated.status_code == 202
        assert differences(body, fixture("verifyCalleridInitiateResponse")) == []
        assert body["message"] == (
            f"Verification code is sent to number {NUMBER} which is valid for 10 minutes"
        )

    def test_the_code_verifies_it(self, verified):
        body = verified.json()
        assert verified.status_code == 201
        assert differences(body, fixture("verifyCalleridVerifyResponse")) == []
        assert (body["phone_number"], body["alias"], body["channel"]) == (NUMBER, "desk", "sms")

    def test_getting_listing_and_updating_have_the_keys_of_the_fixtures(self, api, verified):
        one = api.get(f"VerifiedCallerId/{NUMBER}/").json()
        assert differences(one, fixture("verifyCalleridGetResponse")) == []
        assert one["subaccount"] == ""
        listed = api.get("VerifiedCallerId/").json()
        assert differences(listed, fixture("verifyCalleridListResponse")) == []
        uri = listed["objects"][0]["resource_uri"]
        assert uri == f"{api.base}VerifiedCallerId/{NUMBER[1:]}"
        assert api.get(uri).status_code == 200
        changed = api.post(f"VerifiedCallerId/{NUMBER[1:]}/", {"alias": "front desk"})
        assert changed.status_code == 202
        assert differences(changed.json(), fixture("verifyCalleridUpdateResponse")) == []
        assert api.get(f"VerifiedCallerId/{NUMBER}/").json()["alias"] == "front desk"

    def test_otp_21_it_is_the_consoles_sandbox_number(self, account, verified):
        number = services.find_number(
            account=account, public_id=verified.json()["verification_uuid"]
        )
        assert (number.state, number.proved_by) == ("verified", "code")

    def test_deleting_ends_it_at_once(self, api, verified):
        assert api.delete(f"VerifiedCallerId/{NUMBER}/").status_code == 204
        assert api.get(f"VerifiedCallerId/{NUMBER}/").status_code == 404
        assert api.delete(f"VerifiedCallerId/{NUMBER}/").status_code == 404

    def test_bare_digits_are_an_international_number(self, api):
        answer = api.post("VerifiedCallerId/", {"phone_number": MOBILE[1:]})
        assert MOBILE in answer.json()["message"]

    def test_a_fixed_line_is_called_unless_told_otherwise(self, api):
        assert api.post("VerifiedCallerId/", {"phone_number": LINE}).status_code == 202
        assert Challenge.objects.get().channel == "call"

    @pytest.mark.parametrize(
        "body", [{}, {"phone_number": "abc"}, {"phone_number": NUMBER, "channel": "fax"}]
    )
    def test_what_is_missing_or_wrong_is_400_with_its_field(self, api, body):
        answer = api.post("VerifiedCallerId/", body)
        assert answer.status_code == 400
        assert answer.json()["field"] in {"phone_number", "channel"}

    def test_otp_04_five_wrong_codes_and_the_right_one_is_refused(self, api, initiated):
        path = f"VerifiedCallerId/Verification/{initiated.json()['verification_uuid']}/"
        code = codes_on()[0]
        answers = [api.post(path, {"otp": other(code)}) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {400}
        assert api.post(path, {"otp": code}).status_code == 400
        assert Challenge.objects.get().attempts == 5

    def test_otp_05_wrong_codes_count_under_an_idempotency_key_too(self, api, initiated):
        path = f"VerifiedCallerId/Verification/{initiated.json()['verification_uuid']}/"
        wrong = other(codes_on()[0])
        for _ in range(3):
            api.post(path, {"otp": wrong}, **{"Idempotency-Key": "the-same"})
        assert Challenge.objects.get().attempts == 3

    def test_a_verified_one_is_400_and_an_unknown_one_404(self, api, verified):
        path = f"VerifiedCallerId/Verification/{verified.json()['verification_uuid']}"
        again = api.post(path, {"otp": "123456"})
        assert (again.status_code, again.json()["error_code"]) == (400, "already_verified")
        for unknown in ("0f978b20-9e2b-4cfe-99fe-f7087c03b8e1", "nonsense"):
            path = f"VerifiedCallerId/Verification/{unknown}"
            assert api.post(path, {"otp": "123456"}).status_code == 404

    @pytest.mark.parametrize("method", ["get", "post", "delete"])
    def test_ten_02_another_accounts_number_looks_like_one_that_never_was(
        self, other_api, verified, method
    ):
        theirs = getattr(other_api, method)(f"VerifiedCallerId/{NUMBER}/", {"alias": "mine"})
        never = getattr(other_api, method)("VerifiedCallerId/+12025550199/", {"alias": "mine"})
        assert theirs.status_code == never.status_code == 404
        assert theirs.json() | {"api_id": ""} == never.json() | {"api_id": ""}

    def test_ten_02_another_accounts_verification_cannot_be_finished(self, other_api, initiated):
        path = f"VerifiedCallerId/Verification/{initiated.json()['verification_uuid']}"
        assert other_api.post(path, {"otp": codes_on()[0]}).status_code == 404
        assert Challenge.objects.get().attempts == 0

    def test_ten_03_a_subaccount_sees_its_own_and_the_main_account_all(
        self, api, sub_api, subaccount, verified
    ):
        assert sub_api.get("VerifiedCallerId/").json()["objects"] == []
        assert sub_api.get(f"VerifiedCallerId/{NUMBER}/").status_code == 404
        made = sub_api.post("VerifiedCallerId/", {"phone_number": MOBILE}).json()
        work()
        path = f"VerifiedCallerId/Verification/{made['verification_uuid']}"
        body = sub_api.post(path, {"otp": codes_on(MOBILE)[0]}).json()
        assert body["subaccount"] == subaccount.auth_id
        assert len(api.get("VerifiedCallerId/").json()["objects"]) == 2
        only = api.get(f"VerifiedCallerId/?subaccount={subaccount.auth_id}").json()["objects"]
        assert [one["phone_number"] for one in only] == [MOBILE]

    def test_gate_07_a_subaccount_cannot_prove_its_parents_number_again(self, sub_api, verified):
        answer = sub_api.post("VerifiedCallerId/", {"phone_number": NUMBER})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "already_verified")

    def test_the_main_account_gives_a_number_to_a_subaccount(
        self, api, sub_api, subaccount, verified
    ):
        answer = api.post(f"VerifiedCallerId/{NUMBER}/", {"subaccount": subaccount.auth_id})
        assert answer.json()["subaccount"] == subaccount.auth_id
        assert sub_api.get(f"VerifiedCallerId/{NUMBER}/").status_code == 200

    def test_otp_16_the_code_is_not_in_the_request_log(self, account, initiated, verified):
        rows = ApiRequest.objects.for_account(account).values_list("sent", "answered", "path")
        assert codes_on()[0] not in str(list(rows))

    def test_a_list_takes_three_queries(self, api, verified, django_assert_num_queries):
        api.get()
        with django_assert_num_queries(3):
            api.get("VerifiedCallerId/")


class TestSessions:
    @pytest.fixture(autouse=True)
    def _pays(self, account, other_account):
        seed_network()
        Account.objects.update(state=AccountState.ACTIVE)

    @pytest.fixture
    def made(self, api):
        """The answer that opened a session whose code has reached the phone."""
        answer = api.post("Verify/Session/", {"recipient": NUMBER[1:], "locale": None})
        work()
        return answer

    def path(self, made) -> str:
        return f"Verify/Session/{made.json()['session_uuid']}/"

    def test_creating_is_202_with_the_sessions_id(self, made):
        body = made.json()
        assert made.status_code == 202
        assert (body["message"], set(body)) == (
            "Session initiated", {"api_id", "message", "session_uuid"},
        )  # fmt: skip

    def test_the_code_validates_it_once(self, api, made):
        code = code_on()
        answer = api.post(self.path(made), {"otp": code})
        assert (answer.status_code, answer.json()["message"]) == (
            200, "session validated successfully.",
        )  # fmt: skip
        assert api.post(self.path(made), {"otp": code}).status_code == 400
        assert api.get(self.path(made)).json()["status"] == "verified"

    def test_getting_and_listing_have_the_keys_of_the_fixtures(self, api, made):
        one = api.get(self.path(made)).json()
        assert differences(one, fixture("sessionGetResponse")) == []
        listed = api.get("Verify/Session/").json()
        assert differences(listed, fixture("sessionListResponse")) == []
        assert set(listed) == {"api_id", "meta", "sessions"}
        assert set(listed["meta"]) == {"limit", "offset", "next", "previous"}

    def test_otp_22_no_answer_holds_the_code(self, api, account, made):
        code = code_on()
        answers = [made, api.get(self.path(made)), api.get("Verify/Session/")]
        assert all(code not in answer.content.decode() for answer in answers)
        api.post(self.path(made), {"otp": code})
        rows = ApiRequest.objects.for_account(account).values_list("sent", "answered")
        assert code not in str(list(rows))

    def test_otp_16_a_tenants_own_code_is_not_in_the_request_log(self, api, account):
        api.post("Verify/Session/", {"recipient": NUMBER, "otp": "86420135"})
        rows = ApiRequest.objects.for_account(account).values_list("sent", "answered")
        assert "86420135" not in str(list(rows))

    def test_pages_follow_each_other_without_a_count(self, api):
        for number in ("+12025550142", "+12065550142", "+12125550142"):
            api.post("Verify/Session/", {"recipient": number})
        first = api.get("Verify/Session/?limit=2&status=in-progress").json()
        assert len(first["sessions"]) == 2
        assert first["meta"]["next"] == (
            f"{api.base}Verify/Session/?status=in-progress&limit=2&offset=2"
        )
        second = api.get(first["meta"]["next"]).json()
        assert len(second["sessions"]) == 1
        assert second["meta"]["next"] is None

    @pytest.mark.parametrize("join", ["__", "_"])
    def test_times_are_taken_in_both_spellings(self, api, made, join):
        for how, there in (("gt", 1), ("lt", 0), ("gte", 1), ("lte", 0)):
            path = f"Verify/Session/?session_time{join}{how}=2026-03-02%2011:59"
            assert len(api.get(path).json()["sessions"]) == there, how

    @pytest.mark.parametrize(
        ("second", "there"), [("11:59:59", 0), ("12:00:00", 1), ("12:00:01", 0)]
    )
    def test_a_plain_time_means_that_whole_second(self, api, made, second, there):
        late = clock.now().replace(hour=12, minute=0, second=0, microsecond=420_000)
        VerifySession.objects.unscoped("a test").update(created_at=late)
        path = f"Verify/Session/?session_time=2026-03-02%20{second}"
        assert len(api.get(path).json()["sessions"]) == there

    @pytest.mark.parametrize("query", ["session_time__gt=soon", "status=lost", "limit=21"])
    def test_filters_that_say_nothing_are_400(self, api, query):
        assert api.get(f"Verify/Session/?{query}").status_code == 400

    def test_the_list_may_be_asked_twenty_times_a_minute(self, api):
        answers = [api.get("Verify/Session/").status_code for _ in range(21)]
        assert answers == [200] * 20 + [429]

    def test_a_closed_country_is_403_as_the_sdks_expect(self, api):
        answer = api.post("Verify/Session/", {"recipient": "+491713920011"})
        assert (answer.status_code, answer.json()["error_code"]) == (403, "geo_not_permitted")

    def test_gate_10_a_trial_gets_400_for_a_number_that_is_not_verified(self, api):
        Account.objects.update(state=AccountState.TRIAL)
        answer = api.post("Verify/Session/", {"recipient": NUMBER})
        assert (answer.status_code, answer.json()["error_code"]) == (
            400, "trial_destination_not_verified",
        )  # fmt: skip
        assert "field" in answer.json()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_ten_02_another_accounts_session_looks_like_one_that_never_was(
        self, other_api, made, method
    ):
        never = "Verify/Session/5c533d15-1975-4f20-80be-40174142ea37/"
        body = {"otp": "123456"} if method == "post" else None
        answers = [getattr(other_api, method)(path, body) for path in (self.path(made), never)]
        assert [answer.status_code for answer in answers] == [404, 404]
        bodies = [answer.json() | {"api_id": ""} for answer in answers]
        assert bodies[0] == bodies[1]
        assert VerifySession.objects.get().validations == 0

    def test_ten_03_a_subaccount_sees_its_own_and_the_main_account_all(
        self, api, sub_api, subaccount, made
    ):
        theirs = sub_api.post("Verify/Session/", {"recipient": MOBILE}).json()["session_uuid"]
        mine = sub_api.get("Verify/Session/").json()["sessions"]
        assert [one["session_uuid"] for one in mine] == [theirs]
        assert sub_api.get(self.path(made)).status_code == 404
        assert len(api.get("Verify/Session/").json()["sessions"]) == 2
        filtered = api.get(f"Verify/Session/?subaccount={subaccount.auth_id}").json()["sessions"]
        assert len(filtered) == 1

    def test_a_list_takes_four_queries(self, api, made, django_assert_num_queries):
        api.get()
        with django_assert_num_queries(4):  # who, sessions, attempts, the log
            api.get("Verify/Session/")
