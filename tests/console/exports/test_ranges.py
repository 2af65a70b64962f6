"""Ranges of bytes (RFC 9110 section 14), over parts on disk."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.core.randomness import new_uuid
from console.exports import files
from console.exports.ranges import Range, Unsatisfiable, wanted_range


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ("bytes=0-", Range(0, 100)),
        ("bytes=0-0", Range(0, 1)),
        ("bytes=90-", Range(90, 10)),
        ("bytes=10-19", Range(10, 10)),
        ("bytes=10-999", Range(10, 90)),
        ("bytes=-5", Range(95, 5)),
        ("bytes=-500", Range(0, 100)),
        ("bytes=19-10", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=٣-", None),
    ],
)
def test_a_range_is_read(header, found):
    assert wanted_range(header, if_range="", etag='"a"', size=100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=999-1000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(header):
    with pytest.raises(Unsatisfiable):
        wanted_range(header, if_range="", etag='"a"', size=100)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    parts=st.lists(st.binary(max_size=40), max_size=5),
    start=st.integers(0, 220),
    length=st.integers(0, 220),
)
def test_csv_05_any_range_over_any_parts_is_a_piece_of_the_whole(folder, parts, start, length):
    export_id = new_uuid()
    sizes = [
        (number, files.write_part(export_id, number, [part]).size)
        for number, part in enumerate(parts, 1)
    ]
    whole = b"".join(parts)
    found = b"".join(files.read_range(export_id, sizes, start=start, length=length))
    assert found == whole[start : start + length]
