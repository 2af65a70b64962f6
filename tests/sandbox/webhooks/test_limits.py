"""SSRF-07: places are counted over all threads and processes."""

import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection

from console.accounts.models import Account
from console.core import clock
from sandbox.webhooks.limits import HostBusyError, place_for
from sandbox.webhooks.models import InFlight


@pytest.mark.django_db(transaction=True)
def test_ssrf_07_twelve_at_once_get_four_places():
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads of one SQLite memory database lock each other; see the other runs")
    account = Account.objects.create(name="Owner Ltd", credit="10")
    outcomes = []
    all_asked = threading.Barrier(12, timeout=240)

    def ask():
        try:
            with place_for(account=account, host="hooks.example.com"):
                outcomes.append("got")
                all_asked.wait()
        except HostBusyError:
            outcomes.append("busy")
            all_asked.wait()
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["busy"] * 8 + ["got"] * 4
    assert not InFlight.objects.exists()


@pytest.mark.django_db
def test_a_place_is_given_back_after_an_error(account):
    with pytest.raises(ZeroDivisionError), place_for(account=account, host="a.example.com"):
        raise ZeroDivisionError
    assert not InFlight.objects.exists()


@pytest.mark.django_db
def test_the_places_of_a_killed_worker_of_this_machine_are_free_at_once(account, settings):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    until = clock.now() + timedelta(seconds=60)
    for holder in (f"{socket.gethostname()[:60]}:{gone.pid}", f"another.example.com:{gone.pid}"):
        for _ in range(settings.TRUST.webhook_per_host // 2):
            InFlight.objects.create(account=account, host="a.test", holder=holder, until=until)
    with place_for(account=account, host="a.test"):
        assert InFlight.objects.filter(holder__startswith="another.example.com").count() == 2
        assert InFlight.objects.count() == 3
