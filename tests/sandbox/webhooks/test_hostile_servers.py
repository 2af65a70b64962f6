"""SSRF-01…06: what the other side may try, and what it gets."""

import resource
import socket
import time

import pytest

from sandbox.webhooks.client import fetch
from sandbox.webhooks.policy import ErrorClass, OutgoingRequest
from tests.sandbox.webhooks.answer_server import (
    answer,
    drip,
    gigabyte,
    hang,
    in_turn,
    raw,
    reset,
    running,
)
from tests.sandbox.webhooks.conftest import Names, call, strict

pytestmark = pytest.mark.django_db
OK_HEAD = b"HTTP/1.1 200 OK\r\n"


# A limit that did not hold would show as the 15 s of a whole fetch, or more.
LIMITED = 12.0


def timed(*args, **kwargs):
    began = time.monotonic()
    result = call(*args, **kwargs)
    return result, time.monotonic() - began


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["8.8.8.8", "127.0.0.1"],
    ],
)
def test_ssrf_02_a_name_with_a_private_answer_is_never_connected_to(answers, server):
    result = call(server.url("/a"), names=Names(hooks=answers), policy=strict())
    assert result.error == ErrorClass.NOT_ALLOWED
    assert server.connections == 0
    assert len(result.attempts) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])
def test_ssrf_02_a_private_address_in_the_url_is_refused(host, server):
    result = call(f"http://{host}:{server.port}/", policy=strict())
    assert result.error == ErrorClass.NOT_ALLOWED
    assert server.connections == 0


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost"])
def test_ssrf_02_other_spellings_of_loopback_are_judged_as_resolved(host, server):
    result = fetch(OutgoingRequest(url=f"http://{host}:{server.port}/"), policy=strict())
    assert result.error == ErrorClass.NOT_ALLOWED
    assert server.connections == 0


def test_ssrf_02_the_name_is_looked_up_once_a_try_and_pinned(server):
    names = Names()
    assert call(server.url("/a"), names=names).ok
    assert names.asked == ["hooks.example.com"]


def test_ssrf_02_the_next_address_is_taken_when_the_first_refuses(server):
    names = Names(hooks=["127.0.0.9", "127.0.0.1"])
    assert call(server.url("/a"), names=names).ok


def test_ssrf_01_a_port_that_is_not_open_is_refused_on_public_addresses():
    result = call("http://hooks.example.com:22/", names=Names(hooks=["8.8.8.8"]), policy=strict())
    assert result.error == ErrorClass.NOT_ALLOWED
    assert "22" in result.sentence


def test_ssrf_01_a_url_that_cannot_be_read_is_a_result_not_an_error():
    result = call("ftp://hooks.example.com/a#rc=5")
    assert result.error == ErrorClass.NOT_ALLOWED
    assert result.sentence == "The URL must start with http:// or https://."


def test_ssrf_04_a_redirect_is_not_followed():
    with running(a=in_turn(answer(b"", "302 Found", "Location: /b"))) as server:
        result = call(server.url("/a"))
        assert [seen.target for seen in server.seen] == ["/a"]
    assert (result.status, result.error) == (302, ErrorClass.BAD_ANSWER)


def test_ssrf_05_a_cookie_is_not_sent_back():
    behaviour = in_turn(answer(b"", "500 Oops", "Set-Cookie: a=b"), answer())
    with running(a=behaviour) as server:
        call(server.url("/a"))
        assert "Cookie" not in server.seen[1].headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
def test_ssrf_05_a_compressed_answer_is_refused(encoding):
    with running(a=answer(b"\x1f\x8b", "200 OK", f"Content-Encoding: {encoding}")) as server:
        result = call(server.url("/a"))
    assert result.error == ErrorClass.BAD_ANSWER
    assert "compressed" in result.sentence


@pytest.mark.parametrize(
    "head",
    [
        OK_HEAD + b"Content-Length: 1073741824\r\n\r\n",
        OK_HEAD + b"\r\n",
        b"HTTP/1.1 500 Oops\r\n\r\n",
        OK_HEAD + b"X-Long: ",
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff;",
    ],
)
def test_ssrf_05_a_gigabyte_is_not_read(head):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with running(a=gigabyte(head)) as server:
        result = call(server.url("/a#rc=0"))
        assert server.bytes_sent < 32 * 1024 * 1024  # what socket buffers may hold
    assert result.error == ErrorClass.BAD_ANSWER
    assert len(result.body) <= 102_400
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_ssrf_05_an_answer_of_exactly_the_limit_is_whole():
    with running(a=answer(b"a" * 102_400), b=answer(b"a" * 102_401)) as server:
        assert len(call(server.url("/a")).body) == 102_400
        assert call(server.url("/b")).sentence == "The answer is larger than 100 KB."


def test_ssrf_05_endless_interim_answers_end():
    with running(a=gigabyte(b"HTTP/1.1 102 Processing\r\n\r\n" * 20_000)) as server:
        assert call(server.url("/a#rc=0")).error == ErrorClass.BAD_ANSWER


@pytest.mark.parametrize(
    "behaviour",
    [
        hang,
        drip(b""),
        drip(b"HTTP/1.1 200 OK\r\nX: "),
        drip(OK_HEAD + b"Content-Length: 90000\r\n\r\n"),
        drip(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;"),
        drip(b"HTTP/1.1 500 Oops\r\nContent-Length: 2000\r\n\r\n"),
    ],
)
def test_ssrf_05_one_byte_now_and_then_does_not_extend_the_deadline(behaviour):
    with running(a=behaviour) as server:
        result, seconds = timed(server.url("/a#rt=400&tt=700&rc=5&rp=all"))
    assert result.error in {ErrorClass.TIMED_OUT, ErrorClass.BAD_ANSWER}
    assert seconds < LIMITED


def test_the_read_timeout_is_a_wall_clock_one_too():
    with running(a=drip(OK_HEAD + b"Content-Length: 90000\r\n\r\n")) as server:
        result, seconds = timed(server.url("/a#rt=300&rc=0"))
    assert result.error == ErrorClass.TIMED_OUT
    assert 0.25 < seconds < LIMITED
    assert 250 < result.elapsed_ms < LIMITED * 1000


def test_a_tls_handshake_that_drips_is_a_connect_timeout():
    # A plain server never answers the hello; the client would wait for its bytes.
    with running() as server:
        url = server.url("/a").replace("http:", "https:")
        result, seconds = timed(f"{url}#ct=300&rc=0")
    assert result.error in {ErrorClass.TIMED_OUT, ErrorClass.NO_CONNECTION}
    assert seconds < LIMITED


def test_a_refused_connection_is_tried_once_more_and_told_so():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = call(f"http://hooks.example.com:{port}/")
    assert result.error == ErrorClass.NO_CONNECTION
    assert len(result.attempts) == 2


def test_a_server_that_does_not_accept_is_a_timeout_of_the_connection():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        result, seconds = timed(f"http://hooks.example.com:{address[1]}/#ct=300&rc=0")
        for filler in fillers:
            filler.close()
    assert result.error == ErrorClass.TIMED_OUT
    assert result.sentence == "The server did not accept the connection in time."
    assert seconds < LIMITED


def test_a_name_that_does_not_exist_cannot_be_connected_to():
    result = call("http://nowhere.example.com/", names=Names(nowhere=[]))
    assert result.error == ErrorClass.NO_CONNECTION
    assert result.sentence == "There is no host named nowhere.example.com."


def test_ssrf_02_a_lookup_that_hangs_ends_after_its_limit():
    policy = strict(resolve_seconds=0.2)
    url = "http://slow.example.com/#rc=0"
    result, seconds = timed(url, names=Names(slow=["never"]), policy=policy)
    assert result.error == ErrorClass.NO_CONNECTION
    assert seconds < LIMITED


def test_a_reset_is_a_bad_answer():
    with running(a=reset) as server:
        result = call(server.url("/a"))
    assert result.error == ErrorClass.BAD_ANSWER


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"hello",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        b"\x00" * 1000,
        b"\xff\xfe HTTP/1.1\r\n\r\n",
    ],
)
def test_nonsense_is_a_bad_answer_and_never_raised(data):
    with running(a=raw(data)) as server:
        result = call(server.url("/a#rc=0&rt=2000"))
    assert result.error == ErrorClass.BAD_ANSWER
    assert result.sentence.endswith(".")


def test_a_strange_status_is_told_as_a_number():
    with running(a=answer(b"", "799 ?")) as server:
        assert call(server.url("/a")).sentence == "The server answered 799."
