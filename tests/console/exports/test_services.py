"""Asking for exports: what is refused, and how many there may be (CSV-05)."""

from __future__ import annotations

import pytest

from console.accounts.models import AuditEvent
from console.core.errors import DomainError, LimitReached, NotFound
from console.exports import files, services
from console.exports.models import Export, State
from tests.support.drain import drain


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"kind": "faxes"}, "kind"),
        ({"format": "xlsx"}, "format"),
        ({"format": "parquet"}, "format"),
        ({"compression": "zstd"}, "compression"),
        ({"phones": "morse"}, "phones"),
        ({"columns": ["source_ip"]}, "columns"),
        ({"columns": ["account__user__password"]}, "columns"),
        ({"filters": {"account": "1"}}, "filters"),
        ({"filters": {"since": "yesterday"}}, "filters"),
    ],
)
def test_what_is_not_known_is_refused_with_its_field(ask, wanted, field):
    with pytest.raises(DomainError) as caught:
        ask(**wanted)
    assert (caught.value.code, caught.value.field) == ("invalid_export", field)
    assert not Export.objects.unscoped("tests").exists()


def test_csv_05_three_may_be_open_at_once(ask):
    for _ in range(3):
        ask(made=False)
    with pytest.raises(LimitReached) as caught:
        ask(made=False)
    assert caught.value.code == "exports_open"


def test_csv_05_ten_may_be_started_in_a_day_removed_ones_count(ask, owner, frozen):
    for _ in range(10):
        services.remove_export(export=ask(), actor=owner)
    with pytest.raises(LimitReached) as caught:
        ask()
    assert caught.value.code == "exports_a_day"
    frozen.advance(hours=24, seconds=1)
    ask()


def test_a_refused_one_is_not_counted(ask, settings):
    for _ in range(3):
        ask(made=False)
    for _ in range(10):
        with pytest.raises(LimitReached) as caught:
            ask(made=False)
        assert caught.value.code == "exports_open"


def test_cancelling_ends_it_and_leaves_nothing(
    ask, write, owner, frozen, django_capture_on_commit_callbacks
):
    write()
    export = ask(made=False)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_export(export=export, actor=owner)
    drain(frozen)
    export.refresh_from_db()
    assert export.state == State.CANCELLED
    assert not files.folder_of(export.pk).exists()


def test_removing_a_ready_one_deletes_file_and_entry(
    ask, write, owner, django_capture_on_commit_callbacks
):
    write()
    export = ask()
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_export(export=export, actor=owner)
    assert not Export.objects.unscoped("tests").exists()
    assert not files.folder_of(export.pk).exists()


def test_acc_12_asking_and_removing_are_in_the_audit_log(ask, owner):
    services.remove_export(export=ask(), actor=owner)
    actions = AuditEvent.objects.order_by("sequence").values_list("action", flat=True)
    assert list(actions) == ["export.created", "export.removed"]


def test_ten_03_a_subaccount_finds_its_own_only(ask, account, subaccount):
    whole, own = ask(), ask(subaccount=subaccount)
    assert services.list_exports(account=account, subaccount=subaccount) == [own]
    with pytest.raises(NotFound):
        services.find_export(account=account, subaccount=subaccount, export_id=whole.pk)


def test_the_manifest_says_what_is_in_the_file(ask, write):
    write()
    told = services.manifest(ask(filters={"direction": "inbound"}, columns=["leg"]))
    assert (told["rows"], told["columns"]) == (1, ["leg"])
    assert told["filters"] == {"direction": "inbound"}
    assert len(told["sha256"]) == 64
