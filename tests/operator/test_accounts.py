"""Upgrade requests, states and credit (GATE-08, GATE-09, ACC-12)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from console.accounts.models import AccountState, MailMessage, UpgradeRequest
from console.accounts.services import change_state, upgrades
from console.core.errors import DomainError
from tests.conftest import PASSWORD
from tests.operator.conftest import audited

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(owner, account) -> UpgradeRequest:
    return upgrades.ask_upgrade(account=account, actor=owner, wish="A call center.")


def path(account, deed: str = "") -> str:
    return f"/operator/accounts/{account.auth_id}/{deed}"


def test_gate_09_an_owner_asks_on_the_settings_page_and_sees_it_wait(client, owner, account):
    client.force_login(owner)
    assert "Ask for an upgrade" in client.get("/settings/").content.decode()
    assert client.post("/settings/upgrade/", {"wish": "More calls."}).status_code == 302
    assert UpgradeRequest.objects.get().wish == "More calls."
    assert "You have asked for a full account" in client.get("/settings/").content.decode()
    assert audited("account.upgrade_asked")[0].account == account


def test_asking_twice_is_asking_once(owner, account, asked):
    again = upgrades.ask_upgrade(account=account, actor=owner)
    assert again.pk == asked.pk
    assert UpgradeRequest.objects.count() == 1
    assert len(audited("account.upgrade_asked")) == 1


def test_a_full_account_has_nothing_to_ask(client, owner, account):
    change_state(account, AccountState.ACTIVE, "operator", "paid")
    with pytest.raises(DomainError, match="not on trial"):
        upgrades.ask_upgrade(account=account, actor=owner)
    client.force_login(owner)
    assert "Ask for an upgrade" not in client.get("/settings/").content.decode()


def test_a_developer_cannot_ask(client, team_mate, account):
    client.force_login(team_mate)
    assert client.post("/settings/upgrade/").status_code == 403
    assert not UpgradeRequest.objects.exists()


def test_gate_09_staff_approve_and_who_asked_gets_a_letter(at_desk, staff, owner, account, asked):
    assert "A call center." in at_desk.get("/operator/accounts/").content.decode()
    given = {"decision-decision": "approve", "decision-reason": "They paid."}
    assert at_desk.post(path(account, "decide/"), given).status_code == 302
    account.refresh_from_db()
    asked.refresh_from_db()
    assert (account.state, asked.state) == ("active", "approved")
    assert (asked.decided_by, asked.reason) == (staff, "They paid.")
    (event,) = audited("account.upgraded")
    assert (event.actor_name, event.data["reason"]) == ("staff@example.com", "They paid.")
    assert MailMessage.objects.get().to == owner.email


def test_staff_decline_with_a_reason_and_the_account_stays_on_trial(at_desk, account, asked):
    given = {"decision-decision": "decline", "decision-reason": "Not yet."}
    at_desk.post(path(account, "decide/"), given)
    account.refresh_from_db()
    assert (account.state, UpgradeRequest.objects.get().state) == ("trial", "declined")
    assert audited("account.upgrade_declined")
    assert MailMessage.objects.count() == 1


def test_a_request_is_decided_once(staff, account, asked):
    for _ in range(2):
        try:
            upgrades.decide_upgrade(account=account, approve=False, actor=staff, reason="No.")
        except DomainError as error:
            assert error.code == "no_upgrade_request"
    assert MailMessage.objects.count() == 1


def test_gate_08_a_state_changes_with_a_reason_and_never_without(at_desk, account):
    answer = at_desk.post(path(account, "state/"), {"state-to": "suspended", "state-reason": " "})
    assert answer.status_code == 400
    account.refresh_from_db()
    assert account.state == "trial"
    given = {"state-to": "suspended", "state-reason": "Fraud."}
    assert at_desk.post(path(account, "state/"), given).status_code == 302
    account.refresh_from_db()
    assert account.state == "suspended"
    assert audited("account.suspended")[0].data["reason"] == "Fraud."


def test_gate_08_only_named_transitions_are_offered(at_desk, account):
    given = {"state-to": "nonsense", "state-reason": "Because."}
    assert at_desk.post(path(account, "state/"), given).status_code == 400
    change_state(account, AccountState.CLOSED, "operator", "gone")
    html = at_desk.get(path(account)).content.decode()
    assert "Change the state" not in html


def test_credit_is_given_to_the_cent_and_audited(at_desk, account):
    given = {"credit-amount": "12.34567", "credit-reason": "A gift."}
    assert at_desk.post(path(account, "credit/"), given).status_code == 302
    account.refresh_from_db()
    assert account.credit == Decimal("22.34567")
    (event,) = audited("account.credit_changed")
    assert event.data == {"amount": "12.34567", "credit": "22.34567", "reason": "A gift."}


@pytest.mark.parametrize("amount", ["0", "1000000", "x", "NaN", ""])
def test_credit_that_is_no_amount_changes_nothing(at_desk, account, amount):
    given = {"credit-amount": amount, "credit-reason": "A gift."}
    assert at_desk.post(path(account, "credit/"), given).status_code == 400
    account.refresh_from_db()
    assert account.credit == 10


def test_acc_12_a_look_at_an_account_stands_in_its_audit_log(at_desk, client, owner, account):
    at_desk.get(path(account))
    (event,) = audited("staff.account_viewed")
    assert (event.account, event.actor_name) == (account, "staff@example.com")
    client.force_login(owner)
    assert "staff.account_viewed" in client.get("/settings/audit-log/").content.decode()


def test_accounts_are_found_by_name_id_and_state(at_desk, account, other_account):
    for query, found in (
        ("q=Owner", True),
        (f"q={account.auth_id[:8]}", True),
        ("q=Stranger", False),
        ("state=trial", True),
        ("state=closed", False),
        ("state=nonsense", True),
        ("before=0", False),
        ("before=x", True),
    ):
        html = at_desk.get(f"/operator/accounts/?{query}").content.decode()
        assert (account.auth_id in html) is found, query


def test_web_09_a_change_by_staff_asks_for_a_proof_of_the_last_quarter_of_an_hour(
    frozen, at_desk, account
):
    frozen.advance(minutes=16)
    given = {"state-to": "suspended", "state-reason": "Fraud."}
    here = f"http://testserver{path(account)}"
    answer = at_desk.post(path(account, "state/"), given, headers={"Referer": here})
    assert "/reauthenticate/?next=%2Foperator%2Faccounts%2F" in answer.headers["Location"]
    account.refresh_from_db()
    assert account.state == "trial"
    assert at_desk.get(path(account)).status_code == 200


def test_web_09_after_the_proof_it_is_done(frozen, at_desk, account):
    frozen.advance(minutes=16)
    at_desk.post("/accounts/reauthenticate/", {"password": PASSWORD})
    given = {"state-to": "suspended", "state-reason": "Fraud."}
    at_desk.post(path(account, "state/"), given)
    account.refresh_from_db()
    assert account.state == "suspended"
