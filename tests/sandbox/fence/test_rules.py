"""Each rule of the fence, by what it refuses and with which code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from console.accounts.models import Account, AccountState
from console.core.fiction import FICTION
from console.endpoints.models import Endpoint
from console.numbers.models import RentedNumber
from sandbox.fence import facts, services
from sandbox.fence.kinds import Origin
from sandbox.fence.models import FenceDenial, HighRiskPrefix, NumberState, SandboxNumber
from sandbox.fence.policy import current_policy, seed_policy
from sandbox.fence.ranges import seed_ranges
from sandbox.network.models import Permit
from tests.sandbox.fence.conftest import ABROAD, DID, UNVERIFIED, VERIFIED, rent, sandbox_number

pytestmark = pytest.mark.django_db


def refused(verdict):
    """Rule, code and status of a refusal."""
    assert verdict.refused_by is not None
    return verdict.refused_by.rule, verdict.refusal.code, verdict.refusal.status


def test_gate_01_an_allowed_attempt_gets_a_permit_for_a_minute(ask, verified, frozen):
    verdict = ask()
    permit = Permit.objects.get()
    assert verdict.permit == permit
    assert (permit.to, permit.kind, permit.network) == (VERIFIED, "call", "simulated")
    assert permit.expires_at == frozen.now() + timedelta(seconds=60)


def test_gate_01_a_refused_attempt_gets_no_permit(ask):
    assert ask(UNVERIFIED).permit is None
    assert not Permit.objects.exists()


def test_gate_02_the_first_look_makes_no_permit(account, did, verified, frozen):
    verdict = services.check(
        account=account, kind="call", from_=DID, to=VERIFIED, origin="api_call"
    )
    assert verdict.allowed
    assert not Permit.objects.exists()


def test_gate_02_a_number_removed_after_the_first_look_is_refused_at_the_second(ask, verified):
    assert ask().allowed
    SandboxNumber.objects.update(state=NumberState.REMOVED)
    assert refused(ask(again=True))[0] == "destination"


def test_gate_02_a_suspension_that_the_caller_has_not_seen_is_seen(ask, verified):
    Account.objects.update(state=AccountState.SUSPENDED)
    assert refused(ask()) == ("account_state", "account_suspended", 401)


@pytest.mark.parametrize("change", [{"kind": "fax"}, {"origin": "side_door"}])
def test_gate_03_an_unknown_kind_or_path_is_refused(ask, verified, change):
    assert refused(ask(**change))[:2] == ("known_path", "kind_not_permitted")


def test_gate_03_an_error_inside_the_gate_refuses(ask, verified):
    def broken(account):
        raise RuntimeError("boom")

    before = facts._live_calls[0]
    facts.register_live_calls(broken)
    try:
        verdict = ask()
    finally:
        facts.register_live_calls(before)
    assert refused(verdict) == ("fence", "unavailable", 503)
    assert verdict.permit is None


CALL_ORIGINS = sorted(set(Origin.values) - {"otp", "dry_run"})


@pytest.mark.parametrize("origin", CALL_ORIGINS)
@pytest.mark.parametrize("kind", ["call", "message"])
def test_gate_04_every_path_refuses_what_is_not_verified(ask, verified, kind, origin):
    outcomes = [ask(to, kind=kind, origin=origin).allowed for to in (VERIFIED, UNVERIFIED, ABROAD)]
    assert outcomes == [True, False, False]
    assert Permit.objects.count() == 1


def test_gate_04_a_pending_number_is_not_verified(ask, account):
    sandbox_number(account, UNVERIFIED, NumberState.PENDING, verified_at=None, expires_at=None)
    assert refused(ask(UNVERIFIED)) == ("destination", "trial_destination_not_verified", 400)


def test_gate_04_another_accounts_verified_number_is_not_ours(ask, other_account, frozen):
    sandbox_number(other_account, VERIFIED)
    assert not ask().allowed


def test_num_09_a_verification_that_has_run_out_counts_nothing(ask, verified, frozen):
    frozen.advance(days=91)
    assert refused(ask())[0] == "destination"


def test_otp_18_a_proof_over_the_simulated_network_permits_nothing_real(ask, verified, settings):
    settings.SIMULATED_NETWORK = False
    assert refused(ask())[0] == "destination"


def test_a_full_account_may_call_any_open_number(ask):
    Account.objects.update(state=AccountState.ACTIVE)
    assert ask(UNVERIFIED).allowed


def test_outcome_numbers_pass_whatever_their_type_and_country(ask):
    assert ask("+15005550121").allowed
    assert ask("+15005550180", kind="message").allowed


def test_the_accounts_own_did_may_be_called(ask, account):
    rent(account, "+12025550101")
    assert ask("+12025550101").allowed


def test_num_04_bare_digits_mean_a_plus(ask, verified):
    assert ask(VERIFIED[1:]).to == VERIFIED


@pytest.mark.parametrize(
    "junk",
    ["", "x", "+1202555014２", "+1202555\u202e0142", "+12025550142\0", "+1" + "2" * 500, "sip:",
     "+12025550142<+12025550143", "+12025550142;ext=5", "tel:+12025550142", "911"],
)  # fmt: skip
def test_num_02_what_is_no_number_is_refused_and_never_an_error(ask, junk):
    assert refused(ask(junk)) == ("number_form", "invalid_number", 400)


@pytest.mark.parametrize("number", ["+448081570123", "+449098790123", "+881612345678"])
def test_num_06_types_that_are_not_served_are_refused(ask, number):
    Account.objects.update(state=AccountState.ACTIVE)
    assert refused(ask(number)) == ("number_type", "destination_type_not_supported", 400)


def test_num_06_a_fixed_line_is_called_but_not_texted(ask):
    Account.objects.update(state=AccountState.ACTIVE)
    line = "+442079460123"
    assert ask(line).allowed
    assert refused(ask(line, kind="message"))[0] == "number_type"


def test_num_07_a_region_that_is_not_open_is_403(ask):
    assert refused(ask(ABROAD)) == ("region", "geo_not_permitted", 403)


def test_num_07_the_caribbean_is_not_the_united_states(ask):
    assert refused(ask("+18765550123"))[0] == "region"


def test_num_07_the_accounts_own_country_is_open(ask):
    Account.objects.update(state=AccountState.ACTIVE, region="DE")
    assert ask(ABROAD).allowed


def test_num_08_the_longest_prefix_decides(ask, verified):
    HighRiskPrefix.objects.create(prefix="+1202", reason="test")
    assert refused(ask()) == ("high_risk_prefix", "geo_not_permitted", 403)
    HighRiskPrefix.objects.create(prefix="+120255501", reason="fiction", open=True)
    assert ask().allowed


def test_num_08_a_closure_that_has_run_out_is_open(ask, verified, frozen):
    HighRiskPrefix.objects.create(prefix="+1202", reason="test", until=frozen.now())
    assert ask().allowed


@pytest.fixture
def endpoint(account):
    return Endpoint.objects.create(account=account, username="desk123456789012", ha1="0" * 32)


def test_gate_05_a_trial_calls_its_own_endpoint(ask, endpoint):
    assert ask(f"sip:{endpoint.username}@{settings.SIP_DOMAIN}").allowed


def test_gate_05_another_accounts_endpoint_is_refused(ask, other_account, endpoint):
    Endpoint.objects.update(account=other_account)
    assert refused(ask(f"sip:{endpoint.username}@{settings.SIP_DOMAIN}"))[0] == "sip"


def test_gate_05_external_sip_is_closed_to_a_trial(ask):
    assert refused(ask("sip:someone@sip.example.com"))[0] == "sip"


def test_gate_05_a_sip_user_that_looks_like_a_number_is_that_number(ask, verified):
    assert ask(f"sip:{VERIFIED}@sip.example.com").to == VERIFIED
    assert refused(ask(f"sip:{UNVERIFIED}@sip.example.com"))[0] == "destination"


@pytest.mark.parametrize("caller", ["", "+12025550199", "RINGFENCE", "sip:x@example.com"])
def test_gate_06_a_caller_id_that_is_not_ours_is_refused(ask, verified, caller):
    assert refused(ask(from_=caller)) == ("caller_id", "caller_id_not_owned", 400)


def test_gate_06_a_verified_number_may_be_shown(ask, account, verified):
    sandbox_number(account, "+12025550143")
    assert ask(from_="+12025550143").allowed


def test_gate_07_a_disabled_subaccount_is_refused(ask, verified, subaccount):
    type(subaccount).objects.update(enabled=False)
    assert refused(ask(subaccount=subaccount))[0] == "account_state"


def test_gate_07_a_subaccount_of_another_account_is_refused(ask, verified, subaccount, account):
    subaccount.account_id = account.pk + 1000
    assert refused(ask(subaccount=subaccount))[0] == "account_state"


def test_an_account_without_credit_is_refused(ask, verified):
    Account.objects.update(credit=0)
    assert refused(ask())[:2] == ("credit", "insufficient_credit")


@pytest.fixture
def living():
    """How many calls live; the test may change it."""
    count = [0]
    before = facts._live_calls[0]
    facts.register_live_calls(lambda account: count[0])
    yield count
    facts.register_live_calls(before)


def test_gate_09_a_third_call_at_the_same_time_is_refused(ask, verified, living):
    living[0] = 2
    verdict = ask()
    assert refused(verdict) == ("concurrent_calls", "trial_limit_reached", 429)
    assert verdict.error.retry_after == 10


def test_gate_09_at_the_second_look_a_call_does_not_stand_in_its_own_way(ask, verified, living):
    living[0] = 2
    assert ask(again=True).allowed


def test_gate_09_a_further_leg_is_not_a_further_call(ask, verified, living):
    living[0] = 2
    assert ask(origin="xml_number").allowed


def test_gate_09_a_trial_begins_one_call_a_second(ask, verified, living, frozen):
    assert ask().allowed
    assert refused(ask())[0] == "calls_a_second"
    frozen.advance(seconds=2)
    assert ask().allowed


def test_gate_11_a_refusal_is_recorded_with_the_number_masked(ask, account):
    ask(UNVERIFIED)
    denial = FenceDenial.objects.for_account(account).get()
    assert (denial.rule, denial.origin, denial.to) == ("destination", "api_call", "+12…77")


def test_gate_11_twenty_refusals_in_ten_minutes_shut_the_fence(ask, verified, frozen):
    for _ in range(20):
        ask(UNVERIFIED)
    assert refused(ask()) == ("denial_rate", "trial_limit_reached", 429)
    frozen.advance(minutes=11)
    assert ask().allowed


def test_rules_after_the_refusal_are_skipped(ask):
    outcomes = [rule.outcome for rule in ask(UNVERIFIED).rules]
    assert outcomes.count("fail") == 1
    assert outcomes[-4:] == ["skipped"] * 4


def test_a_code_may_go_to_a_number_that_is_not_verified_yet(ask):
    assert ask(UNVERIFIED, kind="message", origin="otp", from_="").allowed


def test_the_first_seed_is_the_shipped_policy(db):
    assert (seed_policy(), seed_policy()) == ("version 1", "kept")
    assert (current_policy().verified_numbers, current_policy().concurrent_calls) == (5, 2)


def test_num_08_the_shipped_ranges_close_no_number_of_fiction(db):
    assert (seed_ranges(), seed_ranges()) == ("10 added", "0 added")
    closed = tuple(HighRiskPrefix.objects.values_list("prefix", flat=True))
    assert [row.prefix for row in FICTION if row.prefix.startswith(closed)] == []


def test_ten_03_a_subaccount_shows_no_number_of_its_parent(ask, verified, subaccount):
    assert refused(ask(subaccount=subaccount))[0] == "caller_id"
    RentedNumber.objects.update(subaccount=subaccount)
    assert ask(subaccount=subaccount).allowed


def test_ten_03_a_subaccount_does_not_learn_which_numbers_its_parent_rents(
    account, did, verified, subaccount, frozen
):
    told = [
        services.dry_run(account=account, subaccount=subaccount, kind="call", from_="", to=to)
        for to in (DID, "+12025550101")
    ]
    assert [one.refusal.code for one in told] == ["trial_destination_not_verified"] * 2
    assert "own numbers" not in str([one.as_json() for one in told])


def test_gate_07_a_subaccount_reaches_the_numbers_that_its_parent_has_verified(
    account, verified, subaccount, frozen
):
    verdict = services.dry_run(
        account=account, subaccount=subaccount, kind="call", from_=VERIFIED, to=VERIFIED
    )
    assert verdict.allowed
