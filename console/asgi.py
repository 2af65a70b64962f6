"""The web application: live streams on Django's async handler, all else on its WSGI handler.

Plain ASGI buffers streamed answers of sync views; `a2wsgi` passes them on as they come, keeps
database connections for each thread, and breaks the connection when a stream fails midway.
"""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from console.core import ending

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

BODY_WITHIN = 20.0
"""Seconds for a form to arrive, at most 1 MiB."""
_live = get_asgi_application()
_wsgi: Any = get_wsgi_application()
# Models, so only now that the apps are loaded.
_note_at_start = import_module("console.accounts.services.restores").note_at_start
_pages = WSGIMiddleware(_wsgi, workers=16, send_queue_size=4)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Sends `/live/…` to the async handler and everything else to the threads."""
    if scope["type"] == "http" and scope["path"].startswith("/live/"):
        # Streams take no body; Django's async handler would keep one of any size on disk.
        await _live(scope, _with_body(b"", receive), send)
    elif scope["type"] == "http":
        await _page(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


async def _page(scope: Any, receive: Any, send: Any) -> None:
    """Waits for the form outside of the threads: 16 visitors who never send theirs hold none."""
    try:
        async with asyncio.timeout(BODY_WITHIN):
            body = await _read(receive)
    except TimeoutError:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 408, "headers": headers})
        await send({"type": "http.response.body", "body": b"The form did not arrive in time."})
        return
    if body is not None:
        await _pages(scope, _with_body(body, receive), send)


async def _read(receive: Any) -> bytes | None:
    """The body, or its first piece over the limit, which InputGuard refuses; None when gone."""
    read = bytearray()
    while len(read) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        read += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(read)


def _with_body(body: bytes, receive: Any) -> Any:
    """What the application hears: this body, then nothing more but the end."""
    begun = False

    async def next_message() -> Any:
        nonlocal begun
        if not begun:
            begun = True
            return {"type": "http.request", "body": body, "more_body": False}
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
