"""A real server that answers well or badly, written at the level of bytes so that it can."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

XML = b"<Response><Hangup/></Response>"


@dataclass
class Seen:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


Behaviour = Callable[["AnswerServer", socket.socket, Seen], None]


@dataclass
class AnswerServer:
    """Answers each path by its behaviour; keeps what it saw."""

    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    bytes_sent: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    tls: ssl.SSLContext | None = None
    threads: list[threading.Thread] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "hooks.example.com") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def serve(self, listener: socket.socket) -> None:
        while not self.stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self.handle, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def handle(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                stack.callback(connection.close)
            seen = read_request(connection)
            if seen:
                self.seen.append(seen)
                path = urlsplit(seen.target).path
                self.behaviours.get(path, answer())(self, connection, seen)


def read_request(connection: socket.socket) -> Seen | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        raw += chunk
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    while len(body) < int(headers.get("Content-Length", 0)):
        body += connection.recv(65536)
    return Seen(method, target, headers, body)


@contextlib.contextmanager
def running(tls: ssl.SSLContext | None = None, **behaviours: Behaviour) -> Iterator[AnswerServer]:
    """A server on a free port of 127.0.0.1; the keywords are paths without their slash."""
    server = AnswerServer({f"/{path}": act for path, act in behaviours.items()}, tls=tls)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server.port = listener.getsockname()[1]
    thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        # Closing alone does not wake a thread that waits in accept().
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for waiting in [thread, *server.threads]:
            waiting.join(timeout=5)


def answer(body: bytes = XML, status: str = "200 OK", *headers: str) -> Behaviour:
    """A proper answer."""

    def act(server: AnswerServer, connection: socket.socket, seen: Seen) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)

    return act


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes."""
    return lambda server, connection, seen: connection.sendall(data)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The first request gets the first behaviour, and so on; the last one stays."""
    left = list(behaviours)

    def act(server: AnswerServer, connection: socket.socket, seen: Seen) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(server, connection, seen)

    return act


def hang(server: AnswerServer, connection: socket.socket, seen: Seen) -> None:
    """Says nothing."""
    server.stop.wait(20)


def drip(head: bytes) -> Behaviour:
    """Sends `head`, then one byte every 50 ms for ever."""

    def act(server: AnswerServer, connection: socket.socket, seen: Seen) -> None:
        connection.sendall(head)
        while not server.stop.is_set():
            connection.sendall(b"x")
            time.sleep(0.05)

    return act


def reset(server: AnswerServer, connection: socket.socket, seen: Seen) -> None:
    """Breaks the connection off with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def gigabyte(head: bytes) -> Behaviour:
    """Sends a GiB as fast as it is taken."""

    def act(server: AnswerServer, connection: socket.socket, seen: Seen) -> None:
        connection.sendall(head)
        block = b"a" * 65536
        for _ in range(16384):
            connection.sendall(block)
            server.bytes_sent += len(block)

    return act


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's TLS context for `names`, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([general_name(n) for n in names]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cafile=str(path))
    return server, client


def general_name(text: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(IPv4Address(text))
    return x509.DNSName(text)
