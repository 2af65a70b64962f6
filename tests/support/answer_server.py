"""A customer's answer server: a small real HTTP program that speaks XML built by Plivo's SDK."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

Answer = Callable[["Received"], str | bytes]


@dataclass
class Received:
    """A request as the customer's program sees it."""

    method: str
    path: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class AnswerServer:
    """Serves XML by path and keeps every request; `answers` maps a path to its function."""

    answers: dict[str, Answer] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    status: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> AnswerServer:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                """Keeps quiet."""

            def do_GET(self) -> None:
                outer.serve(self)

            do_POST = do_GET

        class Server(ThreadingHTTPServer):
            # The stock five would turn callers away whenever the machine is busy.
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answers one request."""
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        params |= dict(parse_qsl(body, keep_blank_values=True))
        got = Received(
            method=handler.command,
            path=parts.path,
            url=f"{self.url}{handler.path}",
            params=params,
            headers=dict(handler.headers.items()),
        )
        self.received.append(got)
        answer = self.answers.get(parts.path)
        said = answer(got) if answer else b""
        text = said.encode() if isinstance(said, str) else said
        handler.send_response(self.status.get(parts.path, 200 if answer else 404))
        handler.send_header("Content-Type", "application/xml")
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def seen(self, path: str) -> list[Received]:
        """The requests to `path`, in order."""
        return [one for one in self.received if one.path == path]
