"""The REST API against plain Django views that fetch the same rows, in one process and one run."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from statistics import median

from tests.bench.rows import Row
from tests.support.stack import ROOT

_TURNS = 400
urlpatterns: list[object] = []


def run() -> Iterator[Row]:
    """Measures in a process of its own, because settings are read once."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "RINGFENCE_DATA": folder, "DJANGO_SETTINGS_MODULE": "console.settings"}
        env |= {"RINGFENCE_TRUST_API_REQUESTS_5_S": "100000000"}
        env.pop("DATABASE_URL", None)
        for words in (["migrate", "-v0"], ["seed"], ["seed_demo"]):
            quiet = subprocess.DEVNULL
            subprocess.run([sys.executable, "manage.py", *words], env=env, check=True, stdout=quiet)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.api"],
            env=env,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    for line in done.stdout.splitlines():
        what, measured, bar, met = line.split("\t")
        yield Row(what, measured, bar, met == "1")


def _in_turns(*calls: Callable[[], object]) -> list[float]:
    """Median milliseconds of each, measured in turns so that noise meets all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for turn in range(_TURNS + 20):
        for call, took in zip(calls, times, strict=True):
            began = time.perf_counter()
            call()
            if turn >= 20:
                took.append((time.perf_counter() - began) * 1000)
    return [median(took) for took in times]


def measure() -> None:
    """Prints what, measured, bar and whether it was met, with tabs."""
    import django

    django.setup()
    import orjson
    from django.db import connection
    from django.http import HttpResponse
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings
    from django.urls import path

    from console.accounts.models import Account
    from console.accounts.services import create_account
    from console.applications.services import create_application

    made = create_account(
        email=f"bench{os.getpid()}@example.com", plan="full", credit="100", staff=False
    )
    account: Account = made.account
    for n in range(25):
        create_application(account=account, actor="bench", name=f"a{n}")
    pair = base64.b64encode(f"{account.auth_id}:{made.token}".encode()).decode()
    client = Client(headers={"Authorization": f"Basic {pair}"})
    base = f"/v1/Account/{account.auth_id}/"

    def plain_list(request):
        from console.applications.api import _COLUMNS
        from console.applications.models import Application

        mine = Application.objects.for_account(account)
        rows = list(mine.order_by("-created_at", "-id").values(*_COLUMNS)[:20])
        return HttpResponse(orjson.dumps(rows, default=str), content_type="application/json")

    def plain_get(request):
        return HttpResponse(orjson.dumps({"auth_id": account.auth_id}))

    urlpatterns[:] = [path("plain/list/", plain_list), path("plain/get/", plain_get)]
    client.get(base)
    with override_settings(ROOT_URLCONF="__main__", MIDDLEWARE=[]):
        bare = Client()
        bare.get("/plain/get/")  # loads its empty stack
        ours, plain = _in_turns(
            lambda: client.get(f"{base}Application/"), lambda: bare.get("/plain/list/")
        )
        _tell("API list of 20, share of a bare Django view", plain / ours, 0.8)
        ours, plain = _in_turns(lambda: client.get(base), lambda: bare.get("/plain/get/"))
        _tell("API GET Account/, share of a bare Django view", plain / ours, 0)
    with CaptureQueriesContext(connection) as counted:
        client.get(base)
    print(
        f"API queries of an authenticated request\t{len(counted)} q\t≤ 2 q\t{len(counted) <= 2:d}"
    )


def _tell(what: str, share: float, bar: float) -> None:
    said = f"≥ {bar:.2f}" if bar else "told only"
    print(f"{what}\t{share:.2f}\t{said}\t{share >= bar:d}")


if __name__ == "__main__":
    measure()
