"""Querysets of tenants' objects: every query starts at `for_account` (TEN-01, law 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from console.accounts.models import Account, Subaccount

M = TypeVar("M", bound=models.Model)
_guarded: ContextVar[bool] = ContextVar("tenant_guard", default=False)


class UnscopedQuery(RuntimeError):
    """Request code asked for tenants' rows without saying whose."""


@contextmanager
def tenant_guard() -> Iterator[None]:
    """While it lasts (a request), reading a tenant's model unscoped raises UnscopedQuery."""
    token = _guarded.set(True)
    try:
        yield
    finally:
        _guarded.reset(token)


class TenantQuerySet(models.QuerySet[M]):
    """A queryset of a model with `account` (and, where `has_subaccount`, `subaccount`)."""

    _scoped = False

    def for_account(self, account: Account, subaccount: Subaccount | None = None) -> Self:
        """Rows of the account; of one subaccount only, when its credential asks (TEN-03)."""
        found = self.filter(account=account)
        if subaccount is not None:
            found = found.filter(subaccount=subaccount)
        return found.mark_scoped()

    def unscoped(self, reason: str) -> Self:
        """All tenants' rows, for the platform's own work; `reason` says why, to the reader."""
        assert reason
        return self.all().mark_scoped()

    def mark_scoped(self) -> Self:
        """This queryset, known to be narrowed to one tenant."""
        self._scoped = True
        return self

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # Django's own, untyped
        clone._scoped = self._scoped
        return clone

    def _check(self) -> None:
        if _guarded.get() and not self._scoped:
            raise UnscopedQuery(f"{self.model.__name__}: start at for_account()")

    def _fetch_all(self) -> None:
        self._check()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        """As Django's, after the check."""
        self._check()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """As Django's, after the check."""
        self._check()
        return super().count()

    def exists(self) -> bool:
        """As Django's, after the check."""
        self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As Django's, after the check."""
        self._check()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """As Django's, after the check."""
        self._check()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """As Django's, after the check."""
        self._check()
        return super().delete()


class SubaccountQuerySet(TenantQuerySet["Subaccount"]):
    """Subaccounts themselves: a subaccount's own credential finds itself and no sibling."""

    def for_account(self, account: Account, subaccount: Subaccount | None = None) -> Self:
        """The account's living subaccounts; only the one that asks, when it is one (TEN-03)."""
        found = self.filter(account=account, deleted_at=None)
        if subaccount is not None:
            found = found.filter(pk=subaccount.pk)
        return found.mark_scoped()
