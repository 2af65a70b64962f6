"""Taking data along, closing an account, keeping it, erasing it (PRIV-01, PRIV-02)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest

from console.accounts.models import (
    Account,
    AuditEvent,
    AuthToken,
    MailMessage,
    Membership,
    User,
)
from console.accounts.services import authenticate_token, issue_token
from console.core import outbox
from console.core.errors import DomainError, Forbidden
from console.core.models import LimitBucket, OutboxRow, Queue
from console.numbers.models import RentedNumber, StockNumber
from console.privacy import erasing, services
from console.privacy.archive import archive
from console.privacy.belongings import belongings
from console.privacy.models import AccountClosure
from console.records.bulk import insert_believable
from sandbox.verification.models import Challenge
from sandbox.webhooks import services as webhooks
from sandbox.webhooks.models import Purpose, WebhookDelivery
from tests.conftest import make_member
from tests.sandbox.verification.conftest import codes_on, work
from tests.tenancy.things import DID, PHONE
from tests.tenancy.world import furnish

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived_in(account, owner, frozen):
    """The owner's account with one of every thing and some calls."""
    furnish(account, owner)
    insert_believable(account=account, rows=30, days=2, seed=1)
    return account


def close(account, owner):
    """The owner closes the account."""
    return services.close_account(account=account, actor=owner, name=account.name)


def unpack(account) -> zipfile.ZipFile:
    """The archive."""
    return zipfile.ZipFile(io.BytesIO(b"".join(archive(account))))


class TestTheArchive:
    def test_priv_01_it_holds_every_table_in_both_forms(self, lived_in):
        packed = unpack(lived_in)
        assert packed.testzip() is None
        names = set(packed.namelist())
        assert {"README.txt", "account.json", "json/records.cdr.jsonl"} <= names
        assert {name[5:-6] for name in names if name.startswith("json/")} == {
            name[4:-4] for name in names if name.startswith("csv/")
        }
        rows = packed.read("json/records.cdr.jsonl").splitlines()
        assert len(rows) == 30
        assert len(list(csv.reader(io.StringIO(packed.read("csv/records.cdr.csv").decode())))) == 31
        assert json.loads(rows[0])["call_uuid"]

    def test_priv_01_no_secret_leaves(self, lived_in, owner):
        token = issue_token(lived_in) if not AuthToken.objects.filter(subaccount=None) else ""
        work()
        packed = unpack(lived_in)
        everything = b"".join(packed.read(name) for name in packed.namelist()).decode()
        secrets = [codes_on(PHONE)[0], owner.password]
        secrets += AuthToken.objects.values_list("token_hash", flat=True)
        secrets += Challenge.objects.exclude(code_hmac="").values_list("code_hmac", flat=True)
        secrets += [token] if token else []
        assert not [one for one in secrets if one in everything]
        assert "$argon2" not in everything

    def test_ten_04_nothing_of_another_account_is_in_it(self, lived_in, other_account, stranger):
        insert_believable(account=other_account, rows=3, days=2, seed=2)
        packed = unpack(other_account)
        everything = b"".join(packed.read(name) for name in packed.namelist()).decode()
        assert lived_in.auth_id not in everything
        assert "owner@example.com" not in everything
        assert len(packed.read("json/records.cdr.jsonl").splitlines()) == 3

    def test_csv_02_a_cell_that_a_spreadsheet_would_run_is_disarmed(self, account, owner):
        User.objects.filter(pk=owner.pk).update(email="=cmd@example.com")
        text = unpack(account).read("csv/accounts.membership.csv").decode()
        assert "'=cmd@example.com" in text

    def test_acc_06_the_page_asks_who_it_is_and_streams(self, client, owner, lived_in):
        client.force_login(owner)
        answer = client.post("/settings/data/archive/")
        assert answer["Content-Type"] == "application/zip"
        packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        assert "account.json" in packed.namelist()
        assert AuditEvent.objects.filter(action="account.archived").count() == 1
        session = client.session
        session["proved_at"] = 0
        session.save()
        assert "reauthenticate" in client.post("/settings/data/archive/").headers["Location"]


class TestClosing:
    def test_priv_02_tokens_are_off_at_once_and_on_again_when_it_is_kept(self, account, owner):
        token = issue_token(account)
        close(account, owner)
        assert authenticate_token(account.auth_id, token) is None
        services.keep_account(account=account, actor=owner)
        assert authenticate_token(account.auth_id, token) is not None
        assert not AccountClosure.objects.exists()

    def test_priv_02_webhooks_are_off_at_once(self, account, owner):
        webhooks.notify(
            account=account, url="https://hooks.example.com/", params={}, purpose=Purpose.HANGUP
        )
        close(account, owner)
        outbox.run(OutboxRow.objects.get(kind=webhooks.NOTIFY).pk)
        assert not WebhookDelivery.objects.exists()

    def test_the_owners_are_told_with_the_way_back(self, account, owner):
        close(account, owner)
        letter = MailMessage.objects.get()
        assert (letter.to, letter.subject) == (owner.email, "Your Ringfence account is closing")

    def test_it_goes_back_to_the_state_it_had(self, account, owner):
        Account.objects.filter(pk=account.pk).update(state="active")
        account.refresh_from_db()
        close(account, owner)
        services.keep_account(account=account, actor=owner)
        account.refresh_from_db()
        assert account.state == "active"

    def test_only_an_owner_who_writes_the_name_can(self, account, owner):
        admin = make_member("admin@example.com", account, "admin")
        with pytest.raises(Forbidden):
            close(account, admin)
        with pytest.raises(DomainError) as refused:
            services.close_account(account=account, actor=owner, name="owner ltd")
        assert refused.value.code == "name_differs"
        account.refresh_from_db()
        assert account.state == "trial"

    def test_closing_twice_is_refused(self, account, owner):
        close(account, owner)
        with pytest.raises(DomainError):
            close(account, owner)
        assert AccountClosure.objects.count() == 1

    def test_after_fourteen_days_it_cannot_be_kept(self, account, owner, frozen):
        close(account, owner)
        frozen.advance(days=14)
        with pytest.raises(DomainError):
            services.keep_account(account=account, actor=owner)

    def test_the_pages_close_and_keep(self, client, owner, account):
        client.force_login(owner)
        assert client.post("/settings/data/close/", {"name": "wrong"}).status_code == 400
        client.post("/settings/data/close/", {"name": account.name})
        assert "This account is closing" in client.get("/settings/data/").content.decode()
        client.post("/settings/data/keep/")
        account.refresh_from_db()
        assert account.state == "trial"

    def test_an_admin_sees_the_page_and_is_refused_the_deed(self, client, account, owner):
        client.force_login(make_member("admin@example.com", account, "admin"))
        assert client.get("/settings/data/").status_code == 200
        answer = client.post("/settings/data/close/", {"name": account.name})
        assert answer.status_code == 400
        assert client.post("/settings/data/archive/").status_code == 302


class TestErasing:
    def erase(self, frozen) -> int:
        """Fourteen days later the job runs until it has nothing to do."""
        frozen.advance(days=14, seconds=1)
        return max(erasing.erase_due() for _ in range(5))

    def test_priv_02_before_the_day_nothing_is_erased(self, lived_in, owner, frozen):
        close(lived_in, owner)
        frozen.advance(days=13)
        assert erasing.erase_due() == 0
        assert Membership.objects.filter(account=lived_in).exists()

    def test_priv_02_afterwards_no_table_has_a_row_of_the_account(self, lived_in, owner, frozen):
        close(lived_in, owner)
        assert self.erase(frozen) == 1
        left = {one.name: one.rows(lived_in).count() for one in belongings(audit=False)}
        assert {name: count for name, count in left.items() if count} == {}
        row = Account.objects.get(pk=lived_in.pk)
        assert (row.name, row.state, row.credit) == ("", "closed", 0)
        assert AccountClosure.objects.get().erased_at is not None

    def test_priv_02_people_without_another_account_go_with_their_letters(
        self, lived_in, owner, stranger, other_account, frozen
    ):
        Membership.objects.create(user=stranger, account=lived_in, role="developer")
        close(lived_in, owner)
        self.erase(frozen)
        assert not User.objects.filter(email="owner@example.com").exists()
        assert not MailMessage.objects.filter(to="owner@example.com").exists()
        assert Membership.objects.get(user=stranger).account == other_account

    def test_its_numbers_can_be_rented_again(self, lived_in, owner, frozen):
        StockNumber.objects.filter(number=DID).update(available=False)
        close(lived_in, owner)
        self.erase(frozen)
        assert StockNumber.objects.get(number=DID).available
        assert not RentedNumber.objects.exists()

    def test_priv_02_deleting_is_no_way_round_the_limits(self, lived_in, owner, frozen):
        before = set(LimitBucket.objects.values_list("key", flat=True))
        close(lived_in, owner)
        self.erase(frozen)
        assert before
        assert before <= set(LimitBucket.objects.values_list("key", flat=True))

    def test_another_account_loses_nothing(self, lived_in, owner, other_account, stranger, frozen):
        insert_believable(account=other_account, rows=5, days=2, seed=2)
        close(lived_in, owner)
        self.erase(frozen)
        assert other_account.memberships.count() == 1
        left = {one.name: one.rows(other_account).count() for one in belongings(audit=False)}
        assert left["records.cdr"] == 5

    def test_its_outbox_rows_go_too(self, account, owner, frozen):
        outbox.enqueue(kind="x", queue=Queue.CALLS, payload={"account": account.auth_id})
        outbox.enqueue(kind="x", queue=Queue.CALLS, payload={"account": account.pk})
        outbox.enqueue(kind="y", queue=Queue.CALLS, payload={"account": "MA" + "X" * 18})
        close(account, owner)
        self.erase(frozen)
        assert not OutboxRow.objects.filter(kind="x").exists()
        assert OutboxRow.objects.filter(kind="y").count() == 1

    def test_a_run_is_short_and_the_next_goes_on(self, lived_in, owner, frozen, monkeypatch):
        monkeypatch.setattr(erasing, "BATCHES_A_RUN", 2)
        monkeypatch.setattr(erasing, "BATCH", 10)
        close(lived_in, owner)
        frozen.advance(days=15)
        runs = 0
        while not AccountClosure.objects.exclude(erased_at=None).exists():
            erasing.erase_due()
            runs += 1
            assert runs < 40
        assert runs > 1

    def test_running_again_does_nothing(self, account, owner, frozen):
        close(account, owner)
        self.erase(frozen)
        frozen.moment += timedelta(days=1)
        assert erasing.erase_due() == 0
