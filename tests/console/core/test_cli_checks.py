"""`./ringfence test`: what is tried once more."""

from __future__ import annotations

import json

import pytest

from console.cli import checks


@pytest.mark.parametrize(
    ("kept", "tests"),
    [
        ({"tests/a/test_b.py::test_c": True}, True),
        ({"gw0": True}, False),
        ({"tests/a/test_b.py::test_c": True, "tests/a/test_d.py": True}, False),
        ({}, False),
    ],
    ids=["one test", "processes that disagree", "a file that does not import", "none"],
)
def test_single_tests_that_failed_are_told_from_a_failed_collection(tmp_path, kept, tests):
    place = tmp_path / "lastfailed"
    place.write_text(json.dumps(kept))
    assert checks._are_tests(place) is tests


def test_no_list_of_failed_tests_is_no_failed_test(tmp_path):
    assert not checks._are_tests(tmp_path / "lastfailed")


@pytest.mark.parametrize("browser", [True, False])
def test_a_second_run_leaves_out_what_asks_no_database_and_nothing_else(browser):
    first, second = (checks._parts(browser=browser, second=which) for which in (False, True))
    assert second == [f"{part} and not look and not plain" for part in first]
