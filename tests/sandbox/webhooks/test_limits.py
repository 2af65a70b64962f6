"""SSRF-07: places are counted over all threads and processes."""

import socket
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console.accounts.models import Account
from console.cli.up import THREADS
from console.core import clock
from sandbox.webhooks.limits import PLACES_OF_A_WORKER, HostBusyError, _has_room, place_for
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


def _hang(account: Account) -> int:
    """Takes as many places as the account gets, each at a host of its own."""
    until = clock.now() + timedelta(seconds=60)
    taken = 0
    while _has_room(account=account, host=f"h{taken}.{account.pk}.example.com"):
        InFlight.objects.create(account=account, host=f"h{taken}.{account.pk}.test", until=until)
        taken += 1
    return taken


@pytest.mark.django_db
def test_ssrf_07_accounts_whose_servers_hang_leave_places_to_others(settings):
    hogs = [Account.objects.create(name=f"Hog {number}", credit="10") for number in range(6)]
    assert [_hang(hog) for hog in hogs] == [20, 15, 10, 7, 4, 3]
    healthy = Account.objects.create(name="Healthy Ltd", credit="10")
    with place_for(account=healthy, host="healthy.example.com"):
        pass
    assert int(THREADS["hooks"]) == PLACES_OF_A_WORKER


@pytest.mark.django_db
def test_what_waits_for_a_place_writes_nothing(account):
    _hang(account)
    asking = place_for(account=account, host="one-more.example.com")
    with CaptureQueriesContext(connection) as queries, pytest.raises(HostBusyError):
        asking.__enter__()
    assert len(queries) == 1


@pytest.mark.django_db
def test_what_has_waited_for_long_asks_less_often(account, frozen):
    _hang(account)
    waits = []
    for minutes in (0, 1, 60):
        since = clock.now() - timedelta(minutes=minutes)
        asking = place_for(account=account, host="one-more.example.com", since=since)
        with pytest.raises(HostBusyError) as busy:
            asking.__enter__()
        waits.append(busy.value.delay.total_seconds())
    assert 0.3 <= waits[0] <= 1.2
    assert all(15 <= wait <= 16 for wait in waits[1:])
