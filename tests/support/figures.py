"""Figures that tests counted, printed at the end of a run."""

from __future__ import annotations

import os

FIGURES = "fault figures"


def pytest_terminal_summary(terminalreporter) -> None:
    """What was counted and measured, also when the tests ran in other processes."""
    reports = (one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, []))
    told = [text for one in reports for name, text in one.user_properties if name == FIGURES]
    database = os.environ.get("DATABASE_URL", "SQLite").partition(":")[0]
    for sentence in dict.fromkeys(told):
        terminalreporter.write_line(f"faults ({database}): {sentence}")
