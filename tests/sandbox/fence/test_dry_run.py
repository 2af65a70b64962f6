"""The dry run: the same rules, and nothing comes of it."""

from __future__ import annotations

import pytest

from console.core.models import LimitHit
from sandbox.fence import services
from sandbox.fence.models import FenceDenial
from sandbox.fence.policy import seed_policy
from sandbox.network.models import Permit
from tests.sandbox.fence.conftest import DID, UNVERIFIED, VERIFIED, rent

pytestmark = pytest.mark.django_db


def dry(account, to, from_=DID, kind="call"):
    return services.dry_run(account=account, kind=kind, from_=from_, to=to)


def test_it_writes_nothing_at_all(account, did, verified, frozen):
    for to in (VERIFIED, UNVERIFIED):
        dry(account, to)
    counts = [model.objects.count() for model in (Permit, FenceDenial, LimitHit)]
    assert counts == [0, 0, 0]


def test_it_may_be_asked_again_within_the_second(account, did, verified, frozen):
    assert dry(account, VERIFIED).allowed
    assert dry(account, VERIFIED).allowed


def test_its_json_is_that_of_the_sandbox_api(account, did, verified, frozen):
    answer = dry(account, UNVERIFIED).as_json()
    assert answer["allowed"] is False
    assert {key for rule in answer["rules"] for key in rule} == {
        "rule", "outcome", "saw", "fix", "fix_url",
    }  # fmt: skip
    failed = [rule for rule in answer["rules"] if rule["outcome"] == "fail"]
    assert failed == [
        {
            "rule": "destination",
            "outcome": "fail",
            "saw": "+1 202 555 0177 is not a sandbox number of this account.",
            "fix": "Verify +1 202 555 0177",
            "fix_url": "/sandbox-numbers/?number=%2B12025550177",
        }
    ]


def test_an_unknown_kind_is_an_answer_and_not_an_error(account, did, frozen):
    assert not dry(account, VERIFIED, kind="fax").allowed


def test_the_caller_id_may_be_left_out(account, did, verified, frozen):
    assert dry(account, VERIFIED, from_="").allowed


class TestPage:
    """`/fence/`."""

    def test_it_answers_with_the_rule_and_the_fix(self, client, owner, account, frozen):
        client.force_login(owner)
        page = client.get("/fence/", {"kind": "call", "to": UNVERIFIED}).content.decode()
        assert "is not a sandbox number of this account." in page
        assert "/sandbox-numbers/?number=%2B12025550177" in page

    def test_it_shows_the_owners_refusals_and_nobody_elses(
        self, client, owner, account, other_account, frozen
    ):
        for who, last in ((account, "+12025550177"), (other_account, "+12025550188")):
            rent(who, f"+120255501{'10' if who is account else '11'}")
            services.authorize(account=who, kind="call", from_="", to=last, origin="api_call")
        client.force_login(owner)
        page = client.get("/fence/").content.decode()
        assert "+12…77" in page
        assert "+12…88" not in page

    def test_junk_in_the_form_is_an_answer(self, client, owner, frozen):
        client.force_login(owner)
        for to in ("+1" * 200, "<script>", "１２３", "+12025550142\u202e"):
            response = client.get("/fence/", {"kind": "call", "to": to})
            assert response.status_code == 200
            assert "<script>" + "<" not in response.content.decode()

    def test_it_costs_at_most_eight_queries(
        self, client, owner, account, django_assert_max_num_queries
    ):
        client.force_login(owner)
        client.get("/fence/")
        with django_assert_max_num_queries(8):
            client.get("/fence/")

    def test_signed_out_goes_to_sign_in(self, client, db):
        assert client.get("/fence/").status_code == 302


@pytest.mark.parametrize("kind", ["call", "message"])
def test_the_page_with_an_answer_takes_eight_queries(
    client, owner, did, verified, kind, django_assert_max_num_queries
):
    seed_policy()
    client.force_login(owner)
    client.get("/fence/")
    with django_assert_max_num_queries(8):
        page = client.get(f"/fence/?kind={kind}&to=%2B12025550142&from=%2B12025550100")
    assert "It would go through" in page.content.decode() or page.context["verdict"].allowed
