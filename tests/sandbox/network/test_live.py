"""The stream of an open handset."""

from __future__ import annotations

import asyncio

from console.core import ending
from sandbox.network import live


def collect(looks: list[str], seen: str = "", **options) -> list[str]:
    """What a stream sends while its look-ups answer `looks`, the last one for ever."""
    options = {"every": 0.001, "life": 0.05, "heartbeat": 10, **options}
    waiting = list(looks)

    async def look() -> str:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    async def run() -> list[str]:
        return [piece async for piece in live.stream(look, seen, **options)]

    return asyncio.run(run())


def test_a_change_is_told_once_with_its_mark():
    sent = collect(["a", "a", "b", "b"], seen="a")
    assert sent == ["retry: 1000\n\n", "id: b\nevent: changed\ndata: b\n\n"]


def test_a_browser_that_comes_back_is_told_what_it_missed():
    assert collect(["b"], seen="a")[1].startswith("id: b")


def test_a_quiet_stream_has_heartbeats():
    assert ": still here\n\n" in collect(["a"], seen="a", heartbeat=0.01)


def test_a_handset_that_is_taken_away_closes_the_stream():
    assert collect(["a", ""], seen="a")[-1] == "event: closed\ndata: closed\n\n"


def test_a_stream_has_an_end_and_gives_its_place_back():
    before = live._open
    collect(["a"], seen="a")
    assert live._open == before


def test_bg_08_a_process_that_was_asked_to_end_ends_its_streams(monkeypatch):
    monkeypatch.setattr(ending, "asked", lambda: True)
    assert collect(["a"], life=3600) == ["retry: 1000\n\n"]


def test_a_stream_that_is_cut_gives_its_place_back():
    async def look() -> str:
        return "a"

    async def run() -> int:
        stream = live.stream(look, "")
        await anext(stream)
        during = live._open
        await stream.aclose()
        return during - live._open

    assert asyncio.run(run()) == 1


def test_a_process_that_is_full_lets_the_page_poll(client, owner, phone, monkeypatch):
    client.force_login(owner)
    monkeypatch.setattr(live, "MOST_STREAMS", 0)
    assert client.get(f"/live/handsets/{phone}/events").status_code == 503


def test_the_stream_is_no_page_that_anyone_may_keep(client, owner, phone):
    client.force_login(owner)
    answer = client.get(f"/live/handsets/{phone}/events")
    assert answer["Content-Type"] == "text/event-stream"
    assert answer["Cache-Control"] == "no-store"
    asyncio.run(answer._iterator.aclose())
