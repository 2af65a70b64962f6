"""How many threads prepare work at once."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from console.core import door, outbox, tasks


@pytest.fixture
def crowd():
    """The door's room is taken by threads that stay until the test lets them go."""
    inside, go = threading.Barrier(door.ROOM + 1, timeout=60), threading.Event()

    def stay():
        with door.passed():
            inside.wait()
            go.wait(60)

    threads = [threading.Thread(target=stay) for _ in range(door.ROOM)]
    with ExitStack() as ends:
        for thread in threads:
            thread.start()
            ends.callback(thread.join)
        ends.callback(go.set)
        inside.wait()
        yield go


def test_who_finds_no_room_waits_until_another_leaves(crowd, monkeypatch):
    monkeypatch.setattr(door, "_LONGEST", 60)
    came = threading.Event()

    def come():
        with door.passed():
            came.set()

    late = threading.Thread(target=come)
    late.start()
    assert not came.wait(0.2)
    crowd.set()
    assert came.wait(60)
    late.join()


def test_nobody_is_kept_out_for_good(crowd, monkeypatch):
    monkeypatch.setattr(door, "_LONGEST", 0.01)
    with door.passed():
        pass
    assert not door._room.acquire(blocking=False), "who never had room has none to give back"


def test_leaving_twice_makes_room_once():
    with door.passed():
        door.leave()
        door.leave()
    free = [door._room.acquire(blocking=False) for _ in range(door.ROOM + 1)]
    for _ in range(sum(free)):
        door._room.release()
    assert sum(free) == door.ROOM


@pytest.mark.parametrize(("queue", "within"), [("webhooks", True), ("otp", False)])
def test_work_for_customers_servers_alone_passes_the_door(queue, within, monkeypatch):
    seen = []
    monkeypatch.setattr(outbox, "run", lambda _: seen.append(getattr(door._mine, "inside", False)))
    tasks.run_outbox_row.apply(
        args=["0192f0c1-2d3e-7000-8000-000000000001"], routing_key=queue, throw=True
    )
    assert seen == [within]
