"""Entry point: `./ringfence COMMAND [options]`."""

from __future__ import annotations

import subprocess
import sys

from console.cli import checks, setup, up

USAGE = """usage: ./ringfence COMMAND

  up       set up what is missing and start Ringfence (--demo adds a demo account with call records)
  test     set up the test tools and run every check and test (extra words go to pytest;
           --cov reports what the tests reach, by line and branch; --another-database, for a second
           run, leaves out what asks no database)
  check    lint, formats, types, import contracts and migrations only
  bench    measure: start-up, pages, calls, downloads
  manage   Django's manage.py in Ringfence's own Python
"""


def main(argv: list[str]) -> int:
    """Runs the command and gives its exit status."""
    command, rest = (argv[0], argv[1:]) if argv else ("", [])
    if command == "up":
        return up.main(rest)
    if command == "test":
        return checks.test(rest)
    if command == "check":
        return checks.check()
    if command == "bench":
        setup.install("test")
        setup.build_css()
        return subprocess.call([str(setup.PYTHON), "-m", "tests.bench", *rest])
    if command == "manage":
        setup.install("base")
        return subprocess.call([str(setup.PYTHON), "manage.py", *rest])
    sys.stdout.write(USAGE)
    return 0 if command in {"-h", "--help", "help", ""} else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
