"""Live handsets: server-sent events that say "look again" whenever a phone notices something.

All streams of a process share one thread and one database connection; each asks two index
look-ups a quarter of a second. An event carries no content, only a fingerprint: the page then asks
for its screen like any other request, with all its checks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import close_old_connections

from console.accounts.models import Account
from console.core import ending
from sandbox.network.models import HandsetAccess
from sandbox.network.registration import OPEN_PAGE, endpoint_of, register
from sandbox.network.state import fingerprint

log = structlog.get_logger(__name__)
Look = Callable[[], Awaitable[str]]
EVERY = 0.25
HEARTBEAT = 15.0
LIFE = 300.0
"""After that the browser connects again and is checked again: session, membership, access."""
MOST_STREAMS = 400
REGISTERS_EVERY = 15.0
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="handsets")
_open = 0


def room_left() -> bool:
    """Whether this process takes one more stream; without room the page polls."""
    return _open < MOST_STREAMS


def look_at(account_id: int, number: str, *, registers: bool = False) -> Look:
    """Asks for the phone's fingerprint off the event loop; "" when it is closed to the account.

    With `registers` an endpoint stays registered as long as somebody looks.
    """
    told = 0.0

    async def look() -> str:
        nonlocal told
        loop = asyncio.get_running_loop()
        due = registers and loop.time() - told > REGISTERS_EVERY
        if due:
            told = loop.time()
        return await loop.run_in_executor(_thread, _look, account_id, number, due)

    return look


def _look(account_id: int, number: str, due: bool) -> str:
    close_old_connections()
    reason = "a member's open handset, checked when it was opened"
    if number.startswith("sip:"):
        account = Account(pk=account_id)
        if endpoint_of(account=account, uri=number) is None:
            return ""
        if due:
            register(account=account, uri=number, lasts=OPEN_PAGE)
        return fingerprint(account_id, number)
    access = HandsetAccess.objects.unscoped(reason)
    if not access.filter(account=account_id, number=number).exists():
        return ""
    return fingerprint(account_id, number)


async def stream(
    look: Look, seen: str, *, every: float = EVERY, life: float = LIFE, heartbeat: float = HEARTBEAT
) -> AsyncIterator[str]:
    """Events for one open handset, until its life is over or the phone is closed.

    `seen` is the fingerprint that the page shows. A database that does not answer ends the
    stream, and so does a process that was asked to end (BG-08); the browser comes back.
    """
    global _open
    _open += 1
    try:
        loop = asyncio.get_running_loop()
        ends = loop.time() + life
        beat = loop.time() + heartbeat
        yield "retry: 1000\n\n"
        while loop.time() < ends and not ending.asked():
            now = await look()
            if not now:
                yield "event: closed\ndata: closed\n\n"
                return
            if now != seen:
                seen = now
                yield f"id: {now}\nevent: changed\ndata: {now}\n\n"
            elif loop.time() >= beat:
                yield ": still here\n\n"
            else:
                await asyncio.sleep(every)
                continue
            beat = loop.time() + heartbeat
            await asyncio.sleep(every)
    finally:
        _open -= 1
