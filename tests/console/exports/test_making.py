"""From the recipe to the file: snapshot, parts, kills, a full disk (CSV-03, CSV-04)."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection

from console.core import outbox
from console.core.models import OutboxRow
from console.exports import files, services, snapshot, tasks, work
from console.exports.models import Export, ExportPart, State
from console.records.columns import COLUMNS
from console.records.csv_stream import csv_blocks
from console.records.filters import read
from tests.faults.inside import wait_until
from tests.support.drain import drain


def content(export: Export) -> bytes:
    parts = list(export.parts.order_by("number").values_list("number", "size_bytes"))
    return b"".join(files.read_range(export.pk, parts, start=0, length=export.size_bytes))


def stream(account, **words) -> bytes:
    return b"".join(csv_blocks(read(words).rows(account), time_zone=account.time_zone))


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of two rows, so that a few records make several."""
    whole = snapshot.next_part
    monkeypatch.setattr(snapshot, "next_part", lambda *words: whole(*words, size=2))


def test_csv_04_the_file_is_what_the_page_downloads(account, ask, write):
    for number in range(5):
        write(hangup_code=4000 + number)
    export = ask()
    assert (export.state, export.rows_done, export.parts_done) == (State.READY, 5, 1)
    assert content(export) == stream(account)
    assert export.sha256 == hashlib.sha256(content(export)).hexdigest()
    assert export.size_bytes == len(content(export))


def test_csv_04_parts_follow_each_other_without_a_seam(account, ask, write, frozen, small_parts):
    moment = frozen.now() - timedelta(minutes=1)
    for number in range(7):  # three of them end in the same instant
        write(ended_at=moment if number < 3 else moment + timedelta(seconds=number))
    export = ask()
    assert (export.rows_done, export.parts_done, export.rows_planned) == (7, 4, 7)
    assert content(export) == stream(account)


def test_an_export_of_nothing_is_a_header(ask):
    export = ask()
    assert (export.state, export.rows_done) == (State.READY, 0)
    assert content(export).decode() == ",".join(column.name for column in COLUMNS) + "\r\n"


def test_csv_03_records_that_come_later_are_not_in_it(account, ask, write):
    write()
    export = ask(made=False)
    before = stream(account)
    write()
    work.carry_on(export.pk)
    export.refresh_from_db()
    assert (export.state, content(export)) == (State.READY, before)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_csv_03_an_export_waits_for_transactions_that_had_begun(ask, write):
    write()
    export = ask(made=False)
    Export.objects.unscoped("tests").filter(pk=export.pk).update(settles_at=2**60)
    with pytest.raises(outbox.Later):
        work.carry_on(export.pk)
    assert not ExportPart.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_csv_03_without_other_transactions_an_export_is_settled_at_once():
    export = Export(settles_at=snapshot.horizon())
    assert wait_until(lambda: snapshot.settled(export), seconds=30)


def test_the_filter_is_the_pages_own(account, ask, write):
    write(to_number="+14155550101")
    write(to_number="+14155550102")
    export = ask(filters={"number": "+14155550102"})
    assert content(export) == stream(account, number="+14155550102")
    assert export.rows_done == 1


def test_a_strangers_records_are_not_in_it(ask, write, other_account):
    write(account=other_account)
    assert ask().rows_done == 0


def test_columns_are_those_that_were_asked_for_in_the_tables_order(ask, write):
    write()
    export = ask(columns=["to_number", "from_number"])
    assert content(export) == b"from_number,to_number\r\n+14155550100,+14155550123\r\n"


def test_gzip_parts_unpack_as_one_file(account, ask, write, small_parts):
    for _ in range(5):
        write()
    export = ask(compression="gzip")
    assert export.parts_done == 3
    assert gzip.decompress(content(export)) == stream(account)


def test_json_lines_hold_a_record_each(ask, write, account):
    account.time_zone = "America/New_York"
    account.save()
    row = write(from_number="sip:a,b@example.com")
    (line,) = content(ask(format="jsonl", phones="digits")).decode().splitlines()
    record = json.loads(line)
    assert list(record) == [column.name for column in COLUMNS]
    assert record["call_uuid"] == str(row.call_uuid)
    assert record["parent_call_uuid"] is None
    assert record["call_duration"] == 60
    assert record["total_amount"] == "0.01200"
    assert record["end_time"] == "2026-03-02 06:56:05-05:00"
    assert (record["from_number"], record["to_number"]) == ("sip:a,b@example.com", "14155550123")
    assert record["application"] is None


def test_csv_04_a_killed_worker_is_continued_after_its_last_whole_part(
    account, ask, write, small_parts, monkeypatch
):
    for _ in range(5):
        write()
    export = ask(made=False)
    dies = monkeypatch.context()
    with dies as patch:
        patch.setattr(work, "_finish", _killed)
        with pytest.raises(_Killed):
            work.carry_on(export.pk)
    unfinished = files.part_path(export.pk, 9).with_name("00009.0000.part")
    unfinished.write_bytes(b"half a li")
    work.carry_on(export.pk)
    export.refresh_from_db()
    assert (export.state, export.parts_done) == (State.READY, 3)
    assert content(export) == stream(account)


class _Killed(BaseException):
    """As a kill would end it."""


def _killed(*_words):
    raise _Killed


def test_csv_04_a_part_that_two_workers_wrote_counts_once(ask, write, small_parts, account):
    for _ in range(4):
        write()
    export = ask(made=False)
    late = Export.objects.unscoped("tests").select_related("account").get(pk=export.pk)
    work.carry_on(export.pk)
    recipe = work.recipe_of("calls")
    assert work._one_part(late, recipe)
    export.refresh_from_db()
    assert (export.parts_done, export.rows_done) == (2, 4)
    assert content(export) == stream(account)


def test_csv_04_rel_05_a_full_disk_pauses_and_it_goes_on_by_itself(
    account, ask, write, monkeypatch, frozen
):
    write()
    room = monkeypatch.context()
    with room as patch:
        patch.setattr(files, "has_room", lambda: False)
        export = ask()
        assert export.state == State.PAUSED
    drain(frozen, seconds=30)
    export.refresh_from_db()
    assert (export.state, content(export)) == (State.READY, stream(account))


def test_csv_04_a_disk_that_fills_in_the_middle_leaves_no_piece(ask, write, monkeypatch, folder):
    write()

    def full(*_words):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("console.exports.files.os.fsync", full)
    export = ask()
    assert export.state == State.PAUSED
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_an_export_that_fails_each_time_says_so(ask, write, monkeypatch, frozen):
    write()
    monkeypatch.setattr(work, "_one_part", lambda *_: 1 / 0)
    export = ask(made=False)
    row = OutboxRow.objects.get(kind=services.SLICE)
    for _ in range(6):
        frozen.advance(minutes=5)
        outbox.run(row.pk)
    export.refresh_from_db()
    assert export.state == State.FAILED
    assert "start it again" in export.error


def test_an_export_whose_worker_always_dies_is_failed_by_the_sweep(ask):
    export = ask(made=False)
    OutboxRow.objects.filter(kind=services.SLICE).update(state="dead")
    tasks.fail_dead_exports()
    export.refresh_from_db()
    assert export.state == State.FAILED


def test_a_damaged_part_is_never_handed_out(ask, write, monkeypatch):
    write()
    export = ask(made=False)
    with monkeypatch.context() as patch:
        patch.setattr(work, "_finish", lambda _: None)
        work.carry_on(export.pk)
    files.part_path(export.pk, 1).write_bytes(b"something else")
    work.carry_on(export.pk)
    export.refresh_from_db()
    assert export.state == State.FAILED
    assert not files.folder_of(export.pk).exists()


@pytest.fixture
def end(django_capture_on_commit_callbacks):
    """Ends what is over, up to the commit: then files go."""

    def run() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            tasks.end_exports()

    return run


def test_csv_05_a_file_is_deleted_after_its_day(ask, write, frozen, end):
    write()
    export = ask()
    frozen.advance(hours=24, seconds=1)
    assert not export.is_ready
    end()
    export.refresh_from_db()
    assert export.state == State.EXPIRED
    assert not files.folder_of(export.pk).exists()


def test_csv_05_a_closed_accounts_files_are_deleted(ask, write, account, end):
    write()
    export = ask()
    account.state = "closed"
    account.save()
    end()
    assert not files.folder_of(export.pk).exists()


def test_priv_01_files_without_an_export_are_deleted(ask, write, folder, end):
    write()
    keeps = ask()
    orphan = folder / "7b6f0f4e-6a53-4c8e-9a39-5f6f2f3d2a11"
    orphan.mkdir()
    (orphan / "00001").write_bytes(b"x")
    end()
    assert not orphan.exists()
    assert files.folder_of(keeps.pk).exists()


def test_a_part_costs_five_queries_at_most(ask, write, django_assert_max_num_queries):
    write()
    export = ask(made=False)
    # claim of the export, settled, count, begin | part: boundary, rows, cursor, part, re-read
    with django_assert_max_num_queries(16):
        work.carry_on(export.pk)
