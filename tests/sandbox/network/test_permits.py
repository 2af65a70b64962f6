"""Permits are made by the fence alone and used once (GATE-01, OTP-18)."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from sandbox.network.models import Permit, PermitKind
from sandbox.network.permits import PermitRefused, consume, prune_permits
from tests.sandbox.network.conftest import permit_for

_MAKING = {"create", "bulk_create", "get_or_create", "update_or_create", "save", "Permit"}


def test_gate_01_a_permit_is_used_once(account):
    permit = permit_for(account)
    consume(permit, kind=PermitKind.CALL, network="simulated")
    with pytest.raises(PermitRefused):
        consume(permit, kind=PermitKind.CALL, network="simulated")


def test_gate_01_a_permit_is_refused_after_its_minute(account, frozen):
    permit = permit_for(account)
    frozen.advance(seconds=60)
    with pytest.raises(PermitRefused):
        consume(permit, kind=PermitKind.CALL, network="simulated")
    permit.refresh_from_db()
    assert permit.consumed_at is None


def test_gate_01_a_permit_for_a_call_lets_no_message_out(account):
    with pytest.raises(PermitRefused):
        consume(permit_for(account), kind=PermitKind.MESSAGE, network="simulated")


def test_otp_18_a_permit_for_the_simulated_network_opens_no_real_one(account):
    with pytest.raises(PermitRefused):
        consume(permit_for(account), kind=PermitKind.CALL, network="real")


def test_gate_01_a_permit_whose_number_was_changed_on_the_way_is_refused(account):
    permit = permit_for(account)
    permit.to = "+12025550199"
    with pytest.raises(PermitRefused):
        consume(permit, kind=PermitKind.CALL, network="simulated")


def test_permits_are_pruned_a_week_after_they_ran_out(account, frozen):
    permit_for(account)
    frozen.advance(days=6)
    prune_permits()
    assert Permit.objects.count() == 1
    frozen.advance(days=2)
    prune_permits()
    assert Permit.objects.count() == 0


def _makers_of_permits(source: str) -> list[int]:
    """Lines that make a Permit: its constructor, or a creating method of its manager."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name.split(".")[-1] in _MAKING and "Permit" in name.split("."):
                found.append(node.lineno)
    return found


def test_gate_01_only_the_fence_makes_permits():
    root = Path(settings.BASE_DIR)
    guilty = [
        f"{path.relative_to(root)}:{line}"
        for folder in ("console", "sandbox")
        for path in sorted((root / folder).rglob("*.py"))
        if "fence" not in path.parts and "migrations" not in path.parts
        for line in _makers_of_permits(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


@pytest.mark.parametrize(
    "source",
    ["Permit(to='x')", "Permit.objects.create(to='x')", "models.Permit.objects.bulk_create([])"],
)
def test_gate_01_the_reader_of_sources_finds_a_forged_permit(source):
    assert _makers_of_permits(source) == [1]


def test_a_permit_that_just_has_time_left_is_good(account, frozen):
    permit = permit_for(account)
    frozen.moment += timedelta(seconds=59.9)
    assert consume(permit, kind=PermitKind.CALL, network="simulated").consumed_at == frozen.moment
