"""`./ringfence bench [NAME …]`: prints one table; each figure comes from this very run."""

from __future__ import annotations

import sys

from tests.bench import api, calls, codes, csv, events, exports, pages, startup, steps

PARTS = {
    "startup": startup.run,
    "api": api.run,
    "pages": pages.run,
    "codes": codes.run,
    "steps": steps.run,
    "events": events.run,
    "calls": calls.run,
    "csv": csv.run,
    "exports": exports.run,
}


def main(names: list[str]) -> int:
    """Runs the parts and prints name, figure and bar of each measurement."""
    missed = 0
    print(f"{'what':58} {'measured':>16} {'bar':>14}")
    for name in names or list(PARTS):
        for row in PARTS[name]():
            print(f"{row.what:58} {row.measured:>16} {row.bar:>14} {'' if row.met else '  MISSED'}")
            sys.stdout.flush()
            missed += not row.met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
