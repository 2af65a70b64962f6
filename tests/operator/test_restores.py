"""Staff decide about a backup that was put back (REL-18)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.accounts.models import Account, Restore
from sandbox.fence import services as fence
from sandbox.fence.models import NumberState, SandboxNumber
from tests.operator.conftest import audited

pytestmark = pytest.mark.django_db
PAGE, DECIDE = "/operator/restores/", "/operator/restores/decide/"
PHONE = "+12025550142"


@pytest.fixture
def restore(frozen, account) -> Restore:
    """One that waits; the account has a proved number."""
    now = frozen.now()
    SandboxNumber.objects.create(
        account=account, e164=PHONE, region="US", number_type="MOBILE",
        state=NumberState.VERIFIED, verified_at=now, expires_at=now + timedelta(days=90),
    )  # fmt: skip
    Account.objects.update(held=True)
    return Restore.objects.create(backup_at=now - timedelta(days=1), seen_at=now)


def press(at_desk, restore: Restore, decision: str):
    return at_desk.post(DECIDE, {"restore": restore.pk, "decision": decision})


def test_rel_18_the_page_and_the_health_page_say_that_one_waits(at_desk, restore):
    html = at_desk.get(PAGE).content.decode()
    assert "waits for you" in html
    assert "2026-03-01 12:00 UTC" in html
    assert "Backups put back" in at_desk.get("/operator/").content.decode()


def test_rel_18_nothing_leaves_while_one_waits(account, restore):
    verdict = fence.dry_run(account=Account.objects.get(), kind="call", from_=PHONE, to=PHONE)
    assert verdict.refused_by.rule == "account_state"
    assert "A backup of this platform was put back" in verdict.refusal.saw


def test_rel_18_kept_everything_counts_again(at_desk, restore):
    assert press(at_desk, restore, "keep").headers["Location"] == PAGE
    assert SandboxNumber.objects.unscoped("test").get().state == NumberState.VERIFIED
    assert not Account.objects.get().held
    assert "kept" in at_desk.get(PAGE).content.decode()


def test_rel_18_without_trust_every_number_is_to_be_proved_again(at_desk, restore):
    press(at_desk, restore, "forget")
    number = SandboxNumber.objects.unscoped("test").get()
    assert number.shown_state == NumberState.EXPIRED
    assert not Account.objects.get().held
    assert audited("restore.decided")[0].data["proofs"] == 1


@pytest.mark.parametrize("given", [{}, {"restore": "x", "decision": "keep"}, {"restore": "1"}])
def test_what_is_no_button_of_the_page_is_refused(at_desk, restore, given):
    assert at_desk.post(DECIDE, given).status_code == 400
    assert Account.objects.get().held
