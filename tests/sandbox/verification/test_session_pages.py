"""Pages of verify sessions."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from console.core import clock
from sandbox.verification import sessions
from sandbox.verification.models import VerifySession
from tests.sandbox.verification.conftest import NUMBER, work
from tests.sandbox.verification.test_sessions import begin, code_on, full

__all__ = ["begin", "full"]
pytestmark = pytest.mark.django_db
URL = "/sandbox-numbers/sessions/"
NOBODY = "7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e"


@pytest.fixture
def as_owner(client, owner, full):
    """The owner's browser."""
    client.force_login(owner)
    return client


def test_the_empty_page_shows_how_a_program_begins(as_owner, account):
    page = as_owner.get(URL).content.decode()
    assert f"/v1/Account/{account.auth_id}/Verify/Session/" in page


def test_otp_16_neither_page_shows_the_code(as_owner, begin, full):
    session = begin(brand_name="Acme", url="https://hooks.example.com/v/")
    work()
    code = code_on()
    listed = as_owner.get(URL).content.decode()
    one = as_owner.get(f"{URL}{session.public_id}/").content.decode()
    assert "+1 202 555 0142" in listed
    assert "Acme" in one
    assert code not in listed + one


def test_the_state_narrows_the_list(as_owner, begin, full):
    session = begin()
    work()
    sessions.validate_session(account=full, session_uuid=session.public_id, otp=code_on())
    assert "+1 202 555 0142" in as_owner.get(f"{URL}?status=verified").content.decode()
    assert "+1 202 555 0142" not in as_owner.get(f"{URL}?status=expired").content.decode()


@pytest.mark.parametrize("query", ["?before=nonsense", "?status=lost", f"?before={NOBODY}"])
def test_what_makes_no_sense_in_the_address_is_passed_over(as_owner, begin, query):
    begin()
    assert as_owner.get(f"{URL}{query}").status_code == 200


def test_many_sessions_come_in_pages_for_the_same_queries(
    as_owner, account, django_assert_max_num_queries
):
    now = clock.now()
    VerifySession.objects.bulk_create(
        VerifySession(
            account=account, app_uuid=uuid4(), e164=NUMBER, region="US", channel="sms",
            state="expired", created_at=now - timedelta(minutes=i), expires_at=now,
        )
        for i in range(60)
    )  # fmt: skip
    with django_assert_max_num_queries(8):
        first = as_owner.get(URL)
    assert first.content.decode().count("row-link") == 50
    older = as_owner.get(f"{URL}{first.context['older']}")
    assert older.content.decode().count("row-link") == 10


def test_ten_02_a_strangers_session_is_404(client, stranger, begin):
    session = begin()
    client.force_login(stranger)
    assert client.get(f"{URL}{session.public_id}/").status_code == 404
