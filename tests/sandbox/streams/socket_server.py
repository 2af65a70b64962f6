"""A customer's program with a real WebSocket: keeps the frames, answers as a test tells it to."""

from __future__ import annotations

import base64
import json
import threading
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

Answer = Callable[["SocketServer", ServerConnection, dict[str, Any]], None]


@dataclass
class SocketServer:
    """Listens on loopback; `answer` is called with every frame that comes."""

    answer: Answer | None = None
    frames: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    connections: int = 0
    closed: threading.Event = field(default_factory=threading.Event)
    sent: threading.Event = field(default_factory=threading.Event)
    """For an answer to set, when it has sent all that it has to say."""

    def __enter__(self) -> SocketServer:
        self._server: Server = serve(self._serve, "127.0.0.1", 0)
        self.port = self._server.socket.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}/audio"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()

    def _serve(self, socket: ServerConnection) -> None:
        self.connections += 1
        self.headers = dict(socket.request.headers.raw_items())
        try:
            for message in socket:
                frame = json.loads(message)
                self.frames.append(frame)
                if self.answer is not None:
                    self.answer(self, socket, frame)
        except ConnectionClosed:
            pass
        self.closed.set()

    def of(self, event: str) -> list[dict[str, Any]]:
        """The frames of one event."""
        return [frame for frame in self.frames if frame["event"] == event]

    def sound(self, track: str = "inbound") -> array[int]:
        """The samples of a track, sent as L16."""
        made = array("h")
        for frame in self.of("media"):
            if frame["media"]["track"] == track:
                made.frombytes(base64.b64decode(frame["media"]["payload"]))
        return made


def close_after(count: int) -> Answer:
    """Closes the socket after so many frames."""

    def answer(server: SocketServer, socket: ServerConnection, frame: dict[str, Any]) -> None:
        if len(server.frames) >= count:
            socket.close()

    return answer
