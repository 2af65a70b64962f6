"""Commands for operators and scripts; upkeep; the call's words."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from console.accounts.models import AuditEvent, MailMessage
from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.network import outgoing
from sandbox.verification import invariants, switches, upkeep
from sandbox.verification.models import Challenge
from tests.sandbox.verification.conftest import NUMBER, codes_on, work

pytestmark = pytest.mark.django_db


def run(*args):
    """A command's output."""
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_verify_number_vouches_and_is_audited(account, frozen):
    facts = json.loads(run("verify_number", account.auth_id, NUMBER, "--json").splitlines()[-1])
    assert (facts["number"], facts["state"]) == (NUMBER, "verified")
    assert SandboxNumber.objects.get().proved_by == "operator"
    assert AuditEvent.objects.get(action="number.vouched").actor_name == "operator"


@pytest.mark.parametrize("number", ["x", "911", "+15005550121", "+449098790123"])
def test_verify_number_refuses_with_a_sentence(account, number):
    with pytest.raises(CommandError, match=r"\.$"):
        run("verify_number", account.auth_id, number)


def test_verify_number_knows_no_other_account(db):
    with pytest.raises(CommandError, match="no account"):
        run("verify_number", "MA000000000000000000", NUMBER)


def test_verify_number_holds_the_cap_of_five(account):
    for area in ("202", "206", "212", "213", "303"):
        run("verify_number", account.auth_id, f"+1{area}5550142")
    with pytest.raises(CommandError, match="5 sandbox numbers"):
        run("verify_number", account.auth_id, "+13055550142")


def test_trust_invariants_hold_after_a_journey(pending, check):
    check(pending, codes_on()[0])
    assert json.loads(run("trust_invariants", "--json")) == {"ok": True, "broken": {}}


def test_trust_invariants_see_a_send_without_a_permit(pending):
    from sandbox.network.models import Permit

    Permit.objects.all().delete()
    assert invariants.broken() == {"every code sent used one permit": 1}
    with pytest.raises(CommandError):
        run("trust_invariants")


def test_num_09_a_verification_ends_after_ninety_days(account, frozen):
    run("verify_number", account.auth_id, NUMBER)
    frozen.advance(days=90)
    assert (upkeep.expire_numbers(), upkeep.expire_numbers()) == (1, 0)
    assert SandboxNumber.objects.get().state == NumberState.EXPIRED


@pytest.mark.parametrize(("day", "words"), [(76, "14 more days"), (87, "3 more days")])
def test_num_09_the_owner_is_reminded_once(account, owner, frozen, day, words):
    run("verify_number", account.auth_id, NUMBER)
    frozen.advance(days=day - 1)
    before = upkeep.remind_owners()
    frozen.advance(days=1)
    assert (upkeep.remind_owners(), upkeep.remind_owners()) == (1, 0)
    assert before == (0 if day == 76 else 1)
    letter = MailMessage.objects.latest("created_at")
    assert letter.to == owner.email
    assert words in letter.subject


def test_num_09_the_owner_is_told_on_the_day_it_ends(account, owner, frozen):
    run("verify_number", account.auth_id, NUMBER)
    frozen.advance(days=90)
    upkeep.expire_numbers()
    assert upkeep.remind_owners() == 1
    assert "has ended" in MailMessage.objects.latest("created_at").subject


def may_contact(account) -> bool:
    """Whether the account may send to the number."""
    return switches.may_contact(NUMBER, account_id=account.auth_id)


def test_otp_19_stop_from_the_handset_ends_sending_and_proof_until_start(account, frozen):
    run("verify_number", account.auth_id, NUMBER)
    outgoing.send_message(account=account, number=NUMBER, to="Ringfence", text=" stop ")
    work()
    assert SandboxNumber.objects.get().state == NumberState.EXPIRED
    assert not may_contact(account)
    outgoing.send_message(account=account, number=NUMBER, to="Ringfence", text="START")
    work()
    assert may_contact(account)


def test_otp_19_a_simulated_phone_stops_the_account_that_holds_it_and_no_other(
    account, other_account, frozen
):
    run("verify_number", other_account.auth_id, NUMBER)
    switches.heed(account_id=account.auth_id, e164=NUMBER, text="STOP")
    assert not may_contact(account)
    assert may_contact(other_account)
    assert SandboxNumber.objects.get().state == NumberState.VERIFIED


def test_otp_19_a_real_phone_stops_all_accounts(account, other_account, frozen, settings):
    run("verify_number", other_account.auth_id, NUMBER)
    settings.SIMULATED_NETWORK = False
    switches.heed(account_id=account.auth_id, e164=NUMBER, text="STOP")
    assert not may_contact(account)
    assert not may_contact(other_account)
    assert SandboxNumber.objects.get().state == NumberState.EXPIRED


def test_retention_a_closed_challenge_is_kept_thirty_days(pending, frozen):
    upkeep.prune()
    frozen.advance(days=31)
    upkeep.expire_challenges()
    upkeep.prune()
    assert not Challenge.objects.exists()
    assert SandboxNumber.objects.exists()
