"""The lines around a fault are those that the reader of XML counts."""

from __future__ import annotations

from sandbox.calls.excerpt import around


def test_the_line_at_fault_stands_among_its_neighbours():
    rows = around("\n".join("abcdefghijk"), 6)
    assert [row.text for row in rows] == list("bcdefghij")
    assert [row.number for row in rows if row.fault] == [6]


def test_only_line_feeds_end_a_line():
    rows = around("one\u2028still one\r\ntwo", 2)
    assert [(row.number, row.text) for row in rows if row.fault] == [(2, "two")]


def test_a_fault_without_a_line_shows_none():
    assert around("<Response/>", 0) == []
