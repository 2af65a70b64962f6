"""Reading the filter of call records, and what it selects."""

from __future__ import annotations

import pytest

from console.core.veil import unveiled
from console.records import filters
from console.records.services import list_calls


def found(account, **query):
    wanted = filters.read(query)
    assert not wanted.errors
    return {row.pk for row in wanted.rows(account)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "yesterday"),
        ("since", "9999-99-99"),
        ("until", "２０２６-03-02"),
        ("number", "+1415\u202e5550100"),
        ("number", "１４１５"),
        ("number", "call me"),
        ("direction", "sideways"),
        ("leg", "C"),
        ("cause", "-1"),
        ("cause", "４０００"),
        ("application", "x'; drop"),
        ("state", "RINGING"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_matches_nothing(account, write, name, value):
    write()
    wanted = filters.read({name: value})
    assert name in wanted.errors
    assert not wanted.rows(account).exists()


def test_the_end_must_be_after_the_beginning():
    wanted = filters.read({"since": "2026-03-02", "until": "2026-03-01"})
    assert "until" in wanted.errors


def test_a_bare_end_date_includes_its_day(account, write):
    row = write()
    assert found(account, since="2026-03-02", until="2026-03-02") == {row.pk}


def test_dates_are_read_in_the_accounts_zone():
    wanted = filters.read({"since": "2026-03-02"}, time_zone="Asia/Kolkata")
    assert wanted.since.isoformat() == "2026-03-01T18:30:00+00:00"


@pytest.mark.parametrize(
    "number", ["+14155550100", "14155550100", "+1415", "(415) 555".replace("(", "1(")]
)
def test_a_number_matches_either_party_whole_or_by_its_beginning(account, write, number):
    row = write(from_number="+14155550100", to_number="+442079460000")
    write(from_number="+447700900123", to_number="+447700900124")
    assert found(account, number=number) == {row.pk}


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ({"direction": "outbound"}, {"direction": "outbound"}),
        ({"leg": "B"}, {"leg": "B"}),
        ({"cause": "3010"}, {"hangup_code": 3010}),
        ({"application": "12345"}, {"app_id": "12345"}),
        ({"state": "BUSY"}, {"state": "BUSY"}),
    ],
)
def test_each_word_of_the_filter_narrows(account, write, query, column):
    write()
    row = write(**column)
    assert found(account, **query) == {row.pk}


def test_paging_by_key_meets_every_row_once_both_ways(account, write):
    keys = [write().pk for _ in range(7)]
    wanted = filters.read({})
    seen, page = [], list_calls(account=account, wanted=wanted, size=3)
    seen += [row.pk for row in page.rows]
    while page.older:
        page = list_calls(account=account, wanted=wanted, before=page.older, size=3)
        seen += [row.pk for row in page.rows]
    assert seen == keys[::-1]
    back = list_calls(account=account, wanted=wanted, after=page.newer, size=3)
    assert [row.pk for row in back.rows] == keys[::-1][3:6]


def test_acc_07_the_key_of_a_page_holds_no_row_number(account, write):
    rows = [write() for _ in range(3)]
    page = list_calls(account=account, wanted=filters.read({}), size=2)
    key = page.older.partition("_")[2]
    assert len(key) == 32
    assert unveiled(key) == rows[1].pk


@pytest.mark.parametrize("key", ["", "x", "2026_1", "_", "2026-03-02T12:00:00+00:00_x", "²_²"])
def test_a_key_that_is_none_means_the_first_page(account, write, key):
    row = write()
    page = list_calls(account=account, wanted=filters.read({}), before=key, after=key)
    assert [found.pk for found in page.rows] == [row.pk]


def test_a_page_is_one_query(account, write, django_assert_num_queries):
    write()
    with django_assert_num_queries(1):
        list_calls(account=account, wanted=filters.read({}))


def test_writing_the_same_record_twice_is_one_row(account, write):
    row = write()
    from console.records.services import write_cdr

    facts = {f.name: getattr(row, f.name) for f in row._meta.concrete_fields if not f.generated}
    facts.pop("id")
    write_cdr(**facts)
    assert found(account) == {row.pk}
