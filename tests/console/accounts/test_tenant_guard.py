"""Tenants' rows are read scoped or not at all while a request runs (TEN-01, TEN-03)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import RequestFactory

from console.accounts.middleware import AccountScope
from console.accounts.models import Account, AuthToken, Subaccount
from console.accounts.querysets import TenantQuerySet, UnscopedQuery, tenant_guard
from console.accounts.services import issue_token

READS = {
    "list": list,
    "len": len,
    "bool": bool,
    "count": lambda rows: rows.count(),
    "first": lambda rows: rows.first(),
    "get": lambda rows: rows.get(),
    "exists": lambda rows: rows.exists(),
    "in_bulk": lambda rows: rows.in_bulk(),
    "values": lambda rows: list(rows.values("pk")),
    "values_list": lambda rows: list(rows.values_list("pk", flat=True)),
    "iterator": lambda rows: list(rows.iterator()),
    "update": lambda rows: rows.update(hint="x"),
    "delete": lambda rows: rows.delete(),
    "slice": lambda rows: list(rows[:5]),
}


@pytest.mark.parametrize("read", READS)
def test_ten_01_an_unscoped_read_is_refused_in_a_request(account, read):
    issue_token(account)
    with tenant_guard(), pytest.raises(UnscopedQuery):
        READS[read](AuthToken.objects.filter(hint__contains="rfm"))


@pytest.mark.parametrize("read", READS)
def test_ten_01_a_scoped_read_sees_the_accounts_own_rows_only(account, other_account, read):
    issue_token(other_account)
    with tenant_guard():
        rows = AuthToken.objects.for_account(account).filter(hint__contains="rfm")
        if read == "get":
            with pytest.raises(AuthToken.DoesNotExist):
                rows.get()
        else:
            READS[read](rows)
    assert AuthToken.objects.for_account(other_account).count() == 1


def test_ten_01_outside_a_request_the_platform_reads_freely(account):
    issue_token(account)
    assert AuthToken.objects.count() == 1


def test_ten_01_the_middleware_puts_the_guard_on_and_takes_it_off(account, owner):
    def view(request):
        with pytest.raises(UnscopedQuery):
            AuthToken.objects.count()
        return HttpResponse("seen")

    request = RequestFactory().get("/")
    request.user = owner
    request.session = type("Session", (dict,), {"session_key": None})()
    assert AccountScope(view)(request).content == b"seen"
    assert AuthToken.objects.count() == 0


def test_ten_03_a_subaccounts_scope_shows_neither_parent_nor_siblings(account, subaccount):
    sibling = Subaccount.objects.create(account=account, name="Sibling")
    for sub in (None, subaccount, sibling):
        issue_token(account, sub)
    assert AuthToken.objects.for_account(account).count() == 3
    own = AuthToken.objects.for_account(account, subaccount)
    assert [row.subaccount for row in own] == [subaccount]


def test_ten_01_every_model_with_an_account_has_the_guarded_manager():
    """Membership is read by its person, requests in flight by the client that counts them."""
    free = {"Membership", "InFlight"}
    bare = [
        model.__name__
        for model in apps.get_models()
        if any(
            field.related_model is Account and not field.auto_created
            for field in model._meta.get_fields()
            if field.is_relation
        )
        and not isinstance(model._default_manager.get_queryset(), TenantQuerySet)
        and model.__name__ not in free
    ]
    assert bare == []
