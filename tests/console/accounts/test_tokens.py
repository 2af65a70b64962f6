"""Auth tokens (ACC-07 to ACC-11)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from console.accounts.models import AccountState, AuthToken
from console.accounts.services import (
    authenticate_api,
    authenticate_token,
    change_state,
    issue_token,
    revoke_token,
    rotate_token,
    signing_tokens,
)
from console.core import ids
from console.core.errors import DomainError, LimitReached, NotFound


def _row(token: str) -> AuthToken:
    return AuthToken.objects.get(hint=f"{token[:4]}…{token[-4:]}")


def test_acc_08_a_token_has_forty_characters_and_a_checksum(account):
    token = issue_token(account)
    assert len(token) == 40
    assert token.startswith("rfm_")
    assert ids.is_token(token)


def test_acc_08_a_subaccounts_token_says_so(account, subaccount):
    assert issue_token(account, subaccount).startswith("rfs_")


def test_acc_09_the_clear_token_is_nowhere_in_its_row(account):
    token = issue_token(account)
    row = _row(token)
    assert token not in row.token_hash
    assert token.encode() not in bytes(row.sealed)


def test_a_second_token_is_refused_until_the_first_is_rotated(account):
    issue_token(account)
    with pytest.raises(DomainError) as refused:
        issue_token(account)
    assert refused.value.code == "token_exists"


def test_acc_11_the_right_id_and_token_give_the_account(account):
    found = authenticate_token(account.auth_id, issue_token(account))
    assert found is not None
    assert (found.account, found.subaccount) == (account, None)


def test_acc_11_a_subaccounts_token_gives_the_subaccount(account, subaccount):
    token = issue_token(account, subaccount)
    found = authenticate_token(subaccount.auth_id, token)
    assert found is not None
    assert found.subaccount == subaccount
    assert found.auth_id == subaccount.auth_id


def test_acc_11_a_subaccounts_token_does_not_open_the_account(account, subaccount):
    assert authenticate_token(account.auth_id, issue_token(account, subaccount)) is None


def test_acc_11_a_wrong_token_gives_nobody(account):
    issue_token(account)
    assert authenticate_token(account.auth_id, ids.new_token()) is None


def test_acc_11_another_accounts_token_gives_nobody(account, other_account):
    issue_token(account)
    assert authenticate_token(account.auth_id, issue_token(other_account)) is None


def test_acc_11_unknown_id_and_wrong_token_cost_the_same_queries(
    account, django_assert_num_queries
):
    issue_token(account)
    with django_assert_num_queries(1):
        authenticate_token(account.auth_id, ids.new_token())
    with django_assert_num_queries(1):
        authenticate_token(ids.new_account_id(), ids.new_token())


def test_acc_11_a_text_that_is_no_token_gives_nobody(account):
    assert authenticate_token(account.auth_id, "") is None
    assert authenticate_token("", "") is None
    assert authenticate_token("МА\u202e", "é" * 5000) is None


def test_a_suspended_accounts_token_gives_nobody(account):
    token = issue_token(account)
    change_state(account, AccountState.SUSPENDED, "operator", "test")
    assert authenticate_token(account.auth_id, token) is None


def test_a_disabled_subaccounts_token_gives_nobody(account, subaccount):
    token = issue_token(account, subaccount)
    subaccount.enabled = False
    subaccount.save(update_fields=["enabled"])
    assert authenticate_token(subaccount.auth_id, token) is None


def test_acc_10_the_last_use_is_noted_with_its_address(account, frozen):
    token = issue_token(account)
    authenticate_token(account.auth_id, token, ip="192.0.2.9")
    row = _row(token)
    assert (row.last_used_at, row.last_used_ip) == (frozen.now(), "192.0.2.9")


def test_acc_10_the_last_use_is_written_at_most_once_a_minute(
    account, frozen, django_assert_num_queries
):
    token = issue_token(account)
    authenticate_token(account.auth_id, token)
    frozen.advance(seconds=59)
    with django_assert_num_queries(1):
        authenticate_token(account.auth_id, token)


def test_acc_10_a_rotated_token_signs_and_signs_in_until_its_grace_ends(account, frozen):
    old = issue_token(account)
    frozen.advance(seconds=1)
    new = rotate_token(account=account, grace_hours=24, actor="system")
    assert signing_tokens(account).main == [new, old]
    assert authenticate_token(account.auth_id, old) is not None
    frozen.advance(hours=24)
    assert signing_tokens(account).main == [new]
    assert authenticate_token(account.auth_id, old) is None
    assert authenticate_token(account.auth_id, new) is not None


def test_acc_10_without_grace_the_old_token_ends_at_once(account):
    old = issue_token(account)
    new = rotate_token(account=account, grace_hours=0, actor="system")
    assert authenticate_token(account.auth_id, old) is None
    assert signing_tokens(account).main == [new]


@pytest.mark.parametrize("hours", [-1, 73])
def test_acc_10_a_grace_outside_three_days_is_refused(account, hours):
    token = issue_token(account)
    with pytest.raises(DomainError) as refused:
        rotate_token(account=account, grace_hours=hours, actor="system")
    assert refused.value.field == "grace_hours"
    assert authenticate_token(account.auth_id, token) is not None


def test_acc_10_revoking_ends_a_token_and_its_sealed_copy(account, owner):
    token = issue_token(account)
    revoke_token(account=account, token_id=_row(token).public_id, actor=owner)
    assert authenticate_token(account.auth_id, token) is None
    assert signing_tokens(account).main == []


def test_ten_02_a_strangers_token_cannot_be_revoked(account, other_account, owner):
    token = issue_token(other_account)
    with pytest.raises(NotFound):
        revoke_token(account=account, token_id=_row(token).public_id, actor=owner)
    assert authenticate_token(other_account.auth_id, token) is not None


def test_a_subaccounts_callback_is_signed_with_its_own_and_the_main_token(account, subaccount):
    main, own = issue_token(account), issue_token(account, subaccount)
    assert signing_tokens(account, subaccount).main == [main]
    assert signing_tokens(account, subaccount).own == [own]


def test_the_main_accounts_own_tokens_are_its_main_tokens(account, subaccount):
    main = issue_token(account)
    issue_token(account, subaccount)
    assert signing_tokens(account).own == signing_tokens(account).main == [main]


def test_rotating_the_main_token_leaves_the_subaccounts_alone(account, subaccount):
    issue_token(account)
    own = issue_token(account, subaccount)
    rotate_token(account=account, grace_hours=0, actor="system")
    assert signing_tokens(account, subaccount).own == [own]


def test_a_token_whose_grace_is_over_is_forgotten(account, frozen):
    from console.accounts.services.tokens import forget_expired_tokens

    issue_token(account)
    rotate_token(account=account, grace_hours=1, actor="system")
    frozen.advance(hours=2)
    assert forget_expired_tokens() == 1
    assert AuthToken.objects.for_account(account).count() == 1


def test_acc_10_grace_is_counted_from_the_rotation(account, frozen):
    old = issue_token(account)
    rotate_token(account=account, grace_hours=5, actor="system")
    assert _row(old).expires_at == frozen.now() + timedelta(hours=5)


def test_the_command_creates_an_account_whose_token_works(db, capsys):
    import json

    call_command("create_account", "--email", "new@example.com", "--json")
    facts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(facts) == {"email", "auth_id", "auth_token"}
    assert authenticate_token(facts["auth_id"], facts["auth_token"]) is not None


def _fail(times: int, *, auth_id: str = "MA" + "X" * 18, ip: str = "192.0.2.1") -> None:
    for _ in range(times):
        assert authenticate_api(auth_id=auth_id, token="wrong", ip=ip) is None


def test_acc_11_the_twenty_first_failure_of_an_address_is_too_many(account):
    for number in range(20):
        _fail(1, auth_id=f"MA{number:018}")
    with pytest.raises(LimitReached) as refused:
        _fail(1, auth_id=account.auth_id)
    assert refused.value.status == 429
    assert refused.value.retry_after


def test_acc_11_the_twenty_first_failure_of_an_id_is_too_many(account):
    for number in range(20):
        _fail(1, auth_id=account.auth_id, ip=f"192.0.2.{number}")
    with pytest.raises(LimitReached):
        _fail(1, auth_id=account.auth_id, ip="198.51.100.1")


def test_acc_11_the_right_token_works_whatever_others_tried(account):
    token = issue_token(account)
    _fail(20, auth_id=account.auth_id)
    assert authenticate_api(auth_id=account.auth_id, token=token, ip="198.51.100.1")


def test_acc_11_a_whole_ipv6_network_is_one_address(account):
    for number in range(20):
        _fail(1, auth_id=f"MA{number:018}", ip=f"2001:db8::{number + 1:x}")
    with pytest.raises(LimitReached):
        _fail(1, auth_id=account.auth_id, ip="2001:db8::ffff")
