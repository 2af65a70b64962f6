"""The web application: live streams on Django's async handler, all else on its WSGI handler.

Plain ASGI buffers streamed answers of sync views; `a2wsgi` passes them on as they come, keeps
database connections for each thread, and breaks the connection when a stream fails midway.
"""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
from enum import Enum
from importlib import import_module
from typing import IO, Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from console.core import ending
from console.core.turns import Turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

BODY_WITHIN = 20.0
"""Seconds for a form to arrive, at most 1 MiB."""
UPLOAD_WITHIN = 300.0
"""Seconds for files, of whoever has signed in and may send more."""
_PIECE = 2 * 1024 * 1024
# A form, which is smaller than a piece, is one message.
_live = get_asgi_application()
_wsgi: Any = get_wsgi_application()
# Models, so only now that the apps are loaded.
_note_at_start = import_module("console.accounts.services.restores").note_at_start
_large = import_module("console.api.large")
# More uploads at a time wait for their turn, and no account holds all places.
_uploads = Turns(most=16, each=2)
_pages = WSGIMiddleware(_wsgi, workers=16, send_queue_size=4)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Sends `/live/…` to the async handler and everything else to the threads."""
    if scope["type"] == "http" and scope["path"].startswith("/live/"):
        # Streams take no body; Django's async handler would keep one of any size on disk.
        await _live(scope, _with_body(io.BytesIO(), receive), send)
    elif scope["type"] == "http":
        await _page(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


async def _page(scope: Any, receive: Any, send: Any) -> None:
    """Waits for the form outside of the threads: 16 visitors who never send theirs hold none.

    What is larger than a form may be, and may be so, waits on the disk.
    """
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    with tempfile.SpooledTemporaryFile(max_size=2 * most, dir=str(settings.DATA)) as body:
        try:
            async with asyncio.timeout(BODY_WITHIN):
                came = await _read(receive, body, most)
            if came is _More.COMES:
                room = await asyncio.to_thread(_large.room_for, scope)
                if room.most > most:
                    async with asyncio.timeout(UPLOAD_WITHIN), _uploads.of(room.owner):
                        came = await _read(receive, body, room.most)
        except _large.AwayError as error:
            for message in error.answer:
                await send(message)
            return
        except TimeoutError:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 408, "headers": headers})
            await send({"type": "http.response.body", "body": b"The form did not arrive in time."})
            return
        if came is not _More.GONE:
            body.seek(0)
            await _pages(scope, _with_body(body, receive), send)


class _More(Enum):
    """How far a body was read: all of it, as far as the limit, or its sender left."""

    NOT, COMES, GONE = range(3)


async def _read(receive: Any, body: IO[bytes], most: int) -> _More:
    """Takes the body in, until there is a piece more than `most`: the application refuses that."""
    while body.tell() <= most:
        message = await receive()
        if message["type"] == "http.disconnect":
            return _More.GONE
        body.write(message.get("body", b""))
        if not message.get("more_body", False):
            return _More.NOT
    return _More.COMES


def _with_body(body: IO[bytes], receive: Any) -> Any:
    """What the application hears: this body in pieces, then nothing more but the end."""
    ended = False

    async def next_message() -> Any:
        nonlocal ended
        if not ended:
            piece = body.read(_PIECE)
            ended = len(piece) < _PIECE
            return {"type": "http.request", "body": piece, "more_body": not ended}
        while (message := await receive())["type"] == "http.request":
            pass
        return message

    return next_message


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            ending.listen()
            await asyncio.to_thread(_note_at_start)
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
