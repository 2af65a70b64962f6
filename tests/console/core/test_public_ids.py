"""What may stand in a URL: nothing that can be counted (ACC-07)."""

from __future__ import annotations

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import given
from hypothesis import strategies as st

from console.accounts.models import Account, Subaccount
from console.core import ids
from console.core.veil import unveiled, veiled


@given(st.integers(0, 2**63 - 1))
def test_acc_07_a_row_number_comes_back_from_its_veil(number):
    assert unveiled(veiled(number)) == number


def test_acc_07_neighbours_do_not_look_like_neighbours():
    # Two of 32 digits are the same by chance; half of them, whatever the secret is, never.
    one, other = veiled(41), veiled(42)
    assert sum(a == b for a, b in zip(one, other, strict=True)) < 16


@pytest.mark.parametrize("text", ["", "1", "zz", "0" * 32, "f" * 32, "ab" * 17, "１" * 32])
def test_acc_07_what_was_never_veiled_is_no_number(text):
    assert unveiled(text) is None


def test_acc_07_accounts_and_subaccounts_have_ids_that_the_sdks_take(account, subaccount):
    assert re.fullmatch(r"MA[A-Z0-9]{18}", account.auth_id)
    assert re.fullmatch(r"SA[A-Z0-9]{18}", subaccount.auth_id)
    assert ids.AUTH_ID.fullmatch(Account.objects.get().auth_id)
    assert Subaccount.objects.for_account(account).get().auth_id != account.auth_id


def _routes(resolver: URLResolver, before: str = "") -> list[str]:
    found = []
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        found += [path] if isinstance(one, URLPattern) else _routes(one, path)
    return found


def test_acc_07_no_path_of_a_tenant_holds_a_row_number():
    counted = [path for path in _routes(get_resolver()) if "<int:" in path]
    library = ("accounts/2fa/",)  # one's own passkeys, found by their owner alone
    assert [p for p in counted if not p.startswith(("operator/", *library))] == []
