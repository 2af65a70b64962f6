"""The download's bytes: RFC 4180, formulas, phones, times, one snapshot."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.records.columns import COLUMNS, Phones
from console.records.csv_stream import csv_blocks
from console.records.filters import CallFilter
from console.records.formulas import safe_cell
from console.records.models import Cdr
from sandbox.messages.columns import COLUMNS as MESSAGE_COLUMNS


def download(account, **options) -> bytes:
    return b"".join(csv_blocks(CallFilter().rows(account), **options))


def cells(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))


def test_csv_01_an_empty_list_is_a_header_alone(account):
    assert download(account) == (",".join(c.name for c in COLUMNS) + "\r\n").encode()


@pytest.mark.parametrize("columns", [COLUMNS, MESSAGE_COLUMNS], ids=["calls", "messages"])
def test_csv_06_no_internal_id_and_no_address_of_a_client_is_a_column(columns):
    inner = {"id", "pk", "account", "account_id", "subaccount_id", "ip", "source_ip", "platform"}
    assert not inner & {name for column in columns for name in (column.name, column.field)}


def test_csv_01_rows_end_in_crlf_and_hold_the_record(account, write):
    row = write()
    raw = download(account)
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\r\n") == 2
    (found,) = cells(raw)
    assert found["call_uuid"] == str(row.call_uuid)
    assert found["parent_call_uuid"] == ""
    assert found["total_amount"] == "0.01200"
    assert found["end_time"] == "2026-03-02 11:56:05+00:00"


def test_csv_01_the_byte_order_mark_is_there_only_when_asked_for(account):
    assert download(account, bom=True).startswith(b"\xef\xbb\xbfcall_uuid")
    assert download(account).startswith(b"call_uuid")


def test_csv_01_a_cell_with_quotes_commas_and_line_feeds_survives(account, write):
    wild = 'sip:"a,b"\nc\r\nd@x'
    write(from_number=wild)
    assert cells(download(account))[0]["from_number"] == wild


@pytest.mark.parametrize(
    "wild", ["=1+1", "+cmd", "-x", "@sum", "\t=x", "  =1", "\u200b=1", "＝1", "+0123456789", "+1+2"]
)
def test_csv_02_what_a_spreadsheet_would_run_gets_an_apostrophe(account, write, wild):
    write(from_number=wild)
    assert cells(download(account))[0]["from_number"] == f"'{wild}"


@pytest.mark.parametrize(
    "plain", ["+14155550100", "-12.5", "42", "sip:ann@example.com", "anonymous"]
)
def test_csv_02_phones_numbers_and_plain_text_stay_as_they_are(account, write, plain):
    write(from_number=plain)
    assert cells(download(account))[0]["from_number"] == plain


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    text=st.text(
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20
    )
)
def test_csv_02_the_database_guards_as_python_does(account, write, text):
    Cdr.objects.all().delete()
    write(from_number=text)
    assert cells(download(account))[0]["from_number"] == safe_cell(text)


@pytest.mark.parametrize(
    ("phones", "written"),
    [(Phones.E164, "+14155550100"), (Phones.DIGITS, "14155550100"), (Phones.TEXT, "'+14155550100")],
)
def test_csv_02_phones_can_be_written_three_ways(account, write, phones, written):
    write()
    assert cells(download(account, phones=phones))[0]["from_number"] == written


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Asia/Kolkata", "2026-03-02 17:26:05+05:30"),
        ("America/New_York", "2026-03-02 06:56:05-05:00"),
    ],
)
def test_times_carry_the_offset_of_the_zone(account, write, zone, written):
    write()
    assert cells(download(account, time_zone=zone))[0]["end_time"] == written


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("microsecond", [0, 1, 499_999, 500_000, 999_999])
def test_times_are_cut_to_the_second_not_rounded(account, write, zone, microsecond):
    row = write()
    Cdr.objects.filter(pk=row.pk).update(ended_at=row.ended_at.replace(microsecond=microsecond))
    assert cells(download(account, time_zone=zone))[0]["end_time"][16:20] == ":05+"


def test_csv_03_rel_11_rows_written_meanwhile_are_not_in_the_snapshot(account, write):
    write()
    blocks = csv_blocks(CallFilter().rows(account))
    head = next(blocks) + next(blocks)
    write()
    assert len(cells(head + b"".join(blocks))) == 1


def test_ten_04_only_the_accounts_own_rows_go_out(account, other_account, write):
    write(account=other_account)
    assert cells(download(account)) == []


def test_the_download_is_one_statement_whatever_its_size(
    account, write, django_assert_max_num_queries
):
    for _ in range(30):
        write()
    # On PostgreSQL the transaction and the session's time zone come on top.
    with django_assert_max_num_queries(4):
        list(csv_blocks(CallFilter().rows(account)))
