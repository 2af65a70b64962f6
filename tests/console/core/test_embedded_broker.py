"""The embedded broker keeps, loses and hands out messages as a broker should (BG-03)."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from kombu import Connection, Queue
from kombu.simple import SimpleQueue

from console.core import broker


@pytest.fixture
def connect(tmp_path: Path):
    """A function that opens a new connection to one broker in a folder of the test's own."""
    folder = tmp_path / "messages"
    opened: list[Connection] = []

    def open_one() -> Connection:
        connection = Connection(
            transport="console.core.broker:Transport",
            transport_options={
                "data_folder_in": str(folder),
                "data_folder_out": str(folder),
                "control_folder": str(tmp_path / "control"),
                "polling_interval": 0.01,
            },
        )
        opened.append(connection)
        return connection

    yield open_one
    for connection in opened:
        connection.release()


def _put(connection: Connection, queue: str, *bodies: object) -> None:
    """Publishes as Celery does: to the queue by its name, after declaring it."""
    producer = connection.Producer()
    for body in bodies:
        producer.publish(body, routing_key=queue, declare=[Queue(queue)], serializer="json")


def _take(queue: SimpleQueue, *, within: float = 60) -> object:
    message = queue.get(timeout=within)
    message.ack()
    return message.payload


def test_a_message_arrives_at_another_connection(connect):
    _put(connect(), "otp", "one")

    assert _take(connect().SimpleQueue("otp")) == "one"


def test_messages_arrive_in_the_order_of_their_publishing(connect):
    _put(connect(), "otp", "one", "two", "three")

    reader = connect().SimpleQueue("otp")

    assert [_take(reader) for _ in range(3)] == ["one", "two", "three"]


def test_bg_03_one_can_publish_after_the_whole_broker_has_vanished(connect, tmp_path):
    _put(connect(), "otp", "lost")
    shutil.rmtree(tmp_path / "messages")
    shutil.rmtree(tmp_path / "control", ignore_errors=True)

    _put(connect(), "otp", "kept")

    assert _take(connect().SimpleQueue("otp")) == "kept"


def test_a_message_that_is_still_being_written_is_not_seen(connect, tmp_path):
    _put(connect(), "otp", "whole")
    (tmp_path / "messages" / ".00000000000000000001_x.otp.msg").write_text("")
    queue = connect().SimpleQueue("otp")

    assert queue.qsize() == 1
    assert _take(queue) == "whole"


def test_size_and_clearing_concern_the_own_queue_only(connect):
    _put(connect(), "calls", "ring")
    _put(connect(), "otp", "1", "2")
    calls, codes = connect().SimpleQueue("calls"), connect().SimpleQueue("otp")

    assert (codes.qsize(), codes.clear(), codes.qsize(), calls.qsize()) == (2, 2, 0, 1)


def test_bg_02_each_message_goes_to_one_of_many_readers(connect):
    _put(connect(), "otp", *range(60))
    taken: list[object] = []

    def read() -> None:
        queue = connect().SimpleQueue("otp")
        while len(taken) < 60:
            try:
                taken.append(_take(queue, within=5))
            except queue.Empty:
                return

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert sorted(taken) == list(range(60))


def test_a_line_of_messages_is_listed_once_and_not_for_each(connect, monkeypatch):
    _put(connect(), "otp", *range(200))
    listed = []
    scan = broker.Channel._waiting
    monkeypatch.setattr(
        broker.Channel, "_waiting", lambda self, queue: listed.append(queue) or scan(self, queue)
    )
    reader = connect().SimpleQueue("otp")
    listed.clear()
    assert [_take(reader) for _ in range(200)] == list(range(200))
    assert len(listed) <= 2


def test_what_another_reader_took_from_a_line_is_passed_over(connect):
    _put(connect(), "otp", "one", "two", "three")
    first, second = connect().SimpleQueue("otp"), connect().SimpleQueue("otp")
    assert _take(first) == "one"
    assert _take(second) == "two"
    assert _take(first) == "three"
