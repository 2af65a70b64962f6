"""Exports for the tests: records, a folder of its own, and the worker."""

from __future__ import annotations

import pytest

from console.exports import services, snapshot
from console.exports.models import Export
from tests.console.records.conftest import write
from tests.support.drain import drain

__all__ = ["write"]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Where the parts go."""
    settings.EXPORTS_DIR = tmp_path / "exports"
    return settings.EXPORTS_DIR


@pytest.fixture(autouse=True)
def settled_at_once(request, monkeypatch):
    """A test is one transaction, which would wait for itself."""
    if "transactional_db" not in request.fixturenames:
        monkeypatch.setattr(snapshot, "horizon", lambda: None)


@pytest.fixture
def ask(account, owner, frozen):
    """Asks for an export of the owner's calls and has it made, unless `made` is False."""

    def start(*, made: bool = True, **wanted) -> Export:
        wanted = {"account": account, "actor": owner, "kind": "calls"} | wanted
        export = services.create_export(**wanted)
        if made:
            drain(frozen)
        return Export.objects.unscoped("tests").get(pk=export.pk)

    return start
