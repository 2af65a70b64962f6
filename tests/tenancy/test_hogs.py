"""Visitors who send too much, too slowly, or do not read what they asked for."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from django.core import signals
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections

from console import asgi
from console.api.large import Room
from console.core.errors import LimitReached
from console.core.turns import Turns
from console.records import slots
from console.records.slots import MOST_IN_A_PROCESS, Download
from sandbox.network import outgoing
from tests.tenancy.things import DID
from tests.tenancy.world import furnish

SCOPE = {
    "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
    "scheme": "http", "path": "/healthz", "raw_path": b"/healthz", "query_string": b"",
    "root_path": "", "headers": [(b"host", b"127.0.0.1"), (b"content-length", b"5")],
    "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_downloads():
    slots._open.clear()
    yield
    assert slots._open.total() == 0, "a download keeps its slot for ever"


def _hang_up(answer) -> None:
    """As the server does at a request's end, but the test keeps its connection."""
    signals.request_finished.disconnect(close_old_connections)
    answer.close()
    signals.request_finished.connect(close_old_connections)


def _ask(receive, **scope) -> list[dict]:
    sent: list[dict] = []

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(asgi.application({**SCOPE, **scope}, receive, send))
    return sent


async def _never() -> dict:
    await asyncio.sleep(60)
    raise AssertionError


def test_a_form_that_never_arrives_holds_no_thread_and_is_given_up(monkeypatch):
    monkeypatch.setattr(asgi, "BODY_WITHIN", 0.05)

    async def refuse(*_: object) -> None:
        raise AssertionError("a thread was taken")

    monkeypatch.setattr(asgi, "_pages", refuse)
    assert _ask(_never)[0]["status"] == 408


def test_a_form_in_pieces_arrives_whole(monkeypatch):
    got: list[bytes] = []

    async def page(scope, receive, send) -> None:
        got.append((await receive())["body"])

    monkeypatch.setattr(asgi, "_pages", page)
    pieces = [(b"a=1", True), (b"&b=2", False)]

    async def receive() -> dict:
        body, more = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": more}

    _ask(receive)
    assert got == [b"a=1&b=2"]


def test_no_more_than_a_megabyte_is_kept_of_a_form(monkeypatch):
    got: list[int] = []

    async def page(scope, receive, send) -> None:
        got.append(len((await receive())["body"]))

    monkeypatch.setattr(asgi, "_pages", page)

    async def receive() -> dict:
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    _ask(receive)
    assert got[0] <= 1_048_576 + 65_536


@pytest.mark.parametrize(("room", "kept"), [(3_000_000, 2_621_440), (2_000_000, 2_031_616)])
def test_web_07_a_large_body_is_kept_for_who_may_send_it_up_to_its_room(monkeypatch, room, kept):
    got: list[int] = []

    async def page(scope, receive, send) -> None:
        more = True
        while more:
            message = await receive()
            got.append(len(message["body"]))
            more = message["more_body"]

    monkeypatch.setattr(asgi, "_pages", page)
    monkeypatch.setattr(asgi._large, "room_for", lambda scope: Room(room, "MA"))
    left = [65_536] * 40

    async def receive() -> dict:
        return {"type": "http.request", "body": b"x" * left.pop(), "more_body": bool(left)}

    _ask(receive)
    assert sum(got) == kept


def test_an_account_that_sends_many_large_bodies_leaves_places_to_others():
    """Of 40 uploads that never end, those of one account hold two of the 16 places."""
    turns, holding = Turns(most=16, each=2), []

    async def upload(owner: str) -> None:
        async with turns.of(owner):
            holding.append(owner)
            await asyncio.sleep(60)

    async def run() -> None:
        many = [asyncio.create_task(upload("hog")) for _ in range(40)]
        await asyncio.sleep(0)
        many.append(asyncio.create_task(upload("other")))
        await asyncio.sleep(0)
        for one in many:
            one.cancel()
        await asyncio.gather(*many, return_exceptions=True)

    asyncio.run(run())
    assert holding == ["hog", "hog", "other"]
    assert turns._own == {}


def test_no_more_large_bodies_come_at_a_time_than_there_are_places():
    turns, most, now = Turns(most=3, each=2), 0, 0

    async def upload(owner: str) -> None:
        nonlocal most, now
        async with turns.of(owner):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    async def run() -> None:
        await asyncio.gather(*(upload(owner) for owner in "aaabbbccc"))

    asyncio.run(run())
    assert (most, now) == (3, 0)


def test_a_stream_is_given_no_body(monkeypatch):
    got: list[dict] = []

    async def live(scope, receive, send) -> None:
        got.extend([await receive(), await receive()])

    monkeypatch.setattr(asgi, "_live", live)
    pieces = [("http.request", b"x" * 9), ("http.request", b"y"), ("http.disconnect", b"")]

    async def receive() -> dict:
        kind, body = pieces.pop(0)
        return {"type": kind, "body": body, "more_body": True}

    _ask(receive, path="/live/handsets/+12025550142/events")
    assert got[0]["body"] == b""
    assert got[1]["type"] == "http.disconnect"


def test_web_07_a_file_of_two_megabytes_is_refused_before_it_is_read(client, db):
    file = SimpleUploadedFile("big.bin", b"x" * 2_000_000)
    answer = client.post("/accounts/login/", {"login": file})
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()


def test_a_fourth_download_at_once_is_refused_and_the_first_gives_its_place_back(client, owner):
    client.force_login(owner)
    running = [client.get("/calls/calls.csv") for _ in range(3)]
    refused = client.get("/calls/calls.csv")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "10"
    b"".join(running[0].streaming_content)
    again = client.get("/calls/calls.csv")
    assert again.status_code == 200
    for one in [*running, again]:
        _hang_up(one)


def test_a_download_that_is_never_read_gives_its_place_back(client, owner):
    client.force_login(owner)
    _hang_up(client.get("/calls/calls.csv"))
    _hang_up(client.head("/calls/calls.csv"))
    assert slots._open.total() == 0


def test_downloads_leave_half_of_the_threads_to_pages():
    taken = [Download(number, iter([b"x"])) for number in range(MOST_IN_A_PROCESS)]
    with pytest.raises(LimitReached):
        Download(99, iter([b"x"]))
    for one in taken:
        one.close()
        one.close()


def test_the_handsets_of_an_account_call_and_text_120_times_a_minute(account, owner, frozen):
    number = furnish(account, owner)["handset"]["number"]
    text = partial(outgoing.send_message, account=account, number=number, to=DID, text="Hello")
    for _ in range(outgoing.MOST_A_MINUTE):
        text()
    with pytest.raises(LimitReached) as refused:
        text()
    assert refused.value.retry_after
    frozen.advance(seconds=61)
    assert text()
