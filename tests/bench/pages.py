"""Every console page on SQLite with the demo's records: queries and the server's own time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median

from tests.bench.rows import Row
from tests.support.stack import ROOT

PATHS = (
    "/",
    "/sandbox-numbers/",
    "/handsets/",
    "/numbers/",
    "/numbers/search/?country=US",
    "/applications/",
    "/applications/new/",
    "/endpoints/",
    "/calls/",
    "/calls/?number=%2B1415&state=BUSY",
    "/messages/",
    "/exports/",
    "/exports/new/",
    "/logs/webhooks/",
    "/logs/requests/",
    "/network/",
    "/settings/",
    "/settings/credentials/",
    "/help/",
    "/help/glossary/did/",
)
_TURNS = 15


def run() -> Iterator[Row]:
    """Measures in a process of its own, because settings are read once."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "RINGFENCE_DATA": folder, "DJANGO_SETTINGS_MODULE": "console.settings"}
        env.pop("DATABASE_URL", None)
        for words in (["migrate", "-v0"], ["seed"], ["seed_demo"]):
            quiet = subprocess.DEVNULL
            subprocess.run([sys.executable, "manage.py", *words], env=env, check=True, stdout=quiet)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.pages"],
            env=env,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    for line in done.stdout.splitlines():
        path, status, queries, took = line.split()
        fine = status == "200" and int(queries) <= 8 and float(took) <= 60
        told = f"{queries} q, {float(took):.0f} ms" + ("" if status == "200" else f" ({status})")
        yield Row(f"page {path}", told, "≤ 8 q, ≤ 60 ms", fine)


def measure() -> None:
    """Prints path, status, queries and the median of the milliseconds for each page."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from console.accounts.models import User

    client = Client(SERVER_NAME=settings.PUBLIC_HOST)
    client.force_login(
        User.objects.get(email="demo@example.com"), settings.AUTHENTICATION_BACKENDS[0]
    )
    for path in PATHS:
        client.get(path)
        with CaptureQueriesContext(connection) as counted:
            answer = client.get(path)
        queries = len(counted)  # the log is emptied by the next request
        times = []
        for _ in range(_TURNS):
            began = time.process_time()  # the database is in this process; neighbours are not
            client.get(path)
            times.append((time.process_time() - began) * 1000)
        print(path, answer.status_code, queries, f"{median(times):.1f}")


if __name__ == "__main__":
    measure()
