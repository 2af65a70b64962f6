"""Streams over a real WebSocket: frames out, audio back, every way to end."""

from __future__ import annotations

import base64
import json
import time
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from plivo import plivoxml

from console.core.errors import DomainError, NotFound
from sandbox.network.phones import Action, Deed, perform
from sandbox.streams import pump, services
from sandbox.streams.models import Stream
from sandbox.streams.tasks import end_lost_streams, prune_streams
from sandbox.webhooks import services as webhooks
from tests.sandbox.calls.conftest import call_in
from tests.sandbox.recordings.test_record_element import answers
from tests.sandbox.streams.socket_server import close_after

pytestmark = pytest.mark.django_db


class Steps:
    """One step of a test each time the stream has looked at its rows; then it is stopped.

    A step that gives False comes again at the next look.
    """

    def __init__(self, stream: Stream, *steps) -> None:
        self.stream, self.steps = stream, list(steps)

    def __call__(self) -> None:
        if self.steps:
            if self.steps[0]() is not False:
                self.steps.pop(0)
        else:
            Stream.objects.unscoped("test").filter(pk=self.stream.pk).update(stop_asked=True)


def until(found):
    """A step that waits for something to come over the wire, for half a minute at most."""
    ends = time.monotonic() + 30
    return lambda: bool(found()) or time.monotonic() > ends


def taken(bot) -> list:
    """Steps after which all that the program sends was taken."""
    return [until(bot.sent.is_set), *[lambda: None] * 3]


def carry(stream: Stream, *steps) -> Stream:
    pump.run(stream.pk, between=Steps(stream, *steps))
    stream.refresh_from_db()
    return stream


@pytest.fixture
def line(frozen, account, did, server):
    """A call that is up and waits."""
    answers(server, plivoxml.WaitElement(length=6000))
    server.answers["/stream/"] = lambda got: "ok"
    return call_in(account, frozen).live(5)


def start(line, bot, **more) -> Stream:
    return services.start_stream(
        account=line.account, call_uuid=line.call_uuid, service_url=bot.url, **more
    )


def say(line, text: str = "Hello there, I would like a table") -> None:
    assert perform(line.phone, Action(Deed.SAY, str(uuid4()), text=text))
    line.live(0)


def test_the_first_frame_says_what_follows(line, bot, account):
    stream = carry(start(line, bot, extra_headers="a=1,b=2"))
    assert bot.frames[0] == {
        "event": "start",
        "sequenceNumber": 1,
        "start": {
            "callId": str(line.call_uuid),
            "streamId": str(stream.pk),
            "accountId": account.auth_id,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-l16", "sampleRate": 8000},
        },
        "extra_headers": "a=1,b=2",
    }


def test_sound_comes_in_frames_of_twenty_milliseconds(line, bot):
    carry(start(line, bot), lambda: None)
    frames = bot.of("media")
    assert len(frames) >= 10
    assert [one["media"]["chunk"] for one in frames] == list(range(1, len(frames) + 1))
    assert [one["sequenceNumber"] for one in bot.frames] == list(range(1, len(bot.frames) + 1))
    moments = [int(one["media"]["timestamp"]) for one in frames]
    assert {after - before for before, after in pairwise(moments)} == {20}
    assert {len(base64.b64decode(one["media"]["payload"])) for one in frames} == {320}


@pytest.mark.parametrize(
    ("content_type", "size"),
    [("audio/x-l16;rate=16000", 640), ("audio/x-mulaw;rate=8000", 160)],
)
def test_other_formats_have_their_own_size(line, bot, content_type, size):
    carry(start(line, bot, content_type=content_type), lambda: None)
    assert {len(base64.b64decode(one["media"]["payload"])) for one in bot.of("media")} == {size}


def test_what_the_caller_says_is_heard_and_the_platform_is_not(line, bot):
    carry(start(line, bot), lambda: say(line), lambda: None, lambda: None)
    assert max(map(abs, bot.sound())) > 1000


def test_what_the_platform_says_is_on_the_outbound_track(frozen, account, did, server, bot):
    sentence, wait = plivoxml.SpeakElement("A long sentence."), plivoxml.WaitElement(length=20)
    answers(server, wait, sentence, wait)
    line = call_in(account, frozen).live(5)
    stream = start(line, bot, track="both")
    carry(stream, lambda: line.live(20), lambda: None, lambda: None)
    assert max(map(abs, bot.sound("outbound"))) > 1000
    assert max(map(abs, bot.sound("inbound"))) == 0


def test_silence_is_sent_while_nobody_speaks(line, bot):
    carry(start(line, bot), lambda: None)
    assert set(bot.sound()) == {0}


def test_keys_come_as_frames_of_their_own(line, bot):
    carry(start(line, bot), lambda: line.press("4#").live(0))
    assert [one["dtmf"]["digit"] for one in bot.of("dtmf")] == ["4", "#"]
    assert bot.of("dtmf")[0]["dtmf"]["track"] == "inbound"


def test_the_handshake_is_signed(line, bot, token):
    carry(start(line, bot))
    assert bot.closed.wait(60)
    headers = {name.lower(): value for name, value in bot.headers.items()}
    assert headers["x-plivo-signature-v3"]
    assert headers["user-agent"].startswith("Ringfence/")


def play(seconds: float = 1.0, **more) -> dict:
    payload = base64.b64encode(bytes(int(seconds * 16_000))).decode()
    media = {"contentType": "audio/x-l16", "sampleRate": "8000", "payload": payload, **more}
    return {"event": "playAudio", "media": media}


def sends(*frames):
    def answer(server, socket, frame):
        if frame["event"] == "start":
            for one in frames:
                socket.send(one if isinstance(one, str) else json.dumps(one))
            server.sent.set()

    return answer


def test_audio_of_the_program_is_heard_on_the_handset(line, bot):
    bot.answer = sends(play(1.5), play(0.5))
    carry(start(line, bot, bidirectional=True), *taken(bot))
    assert "Audio from your stream, 2.0 s" in line.heard


def test_a_checkpoint_is_told_when_playback_reaches_it(line, bot, settings):
    settings.TIME_SCALE = 20
    mark = {"event": "checkpoint", "streamId": "x", "name": "greeting"}
    bot.answer = sends(play(8.0), mark)
    told = until(lambda: bot.of("playedStream"))
    stream = carry(start(line, bot, bidirectional=True), told)
    (played,) = bot.of("playedStream")
    assert (played["name"], played["streamId"]) == ("greeting", str(stream.pk))


def test_a_checkpoint_waits_for_the_audio_before_it(line, bot):
    bot.answer = sends(*[play(20)] * 3, {"event": "checkpoint", "name": "far"})
    stream = carry(start(line, bot, bidirectional=True), *taken(bot))
    assert stream.state == "completed"
    assert bot.of("playedStream") == []


def test_cleared_audio_is_told_and_its_checkpoints_are_gone(line, bot):
    bot.answer = sends(play(1), {"event": "checkpoint", "name": "x"}, {"event": "clearAudio"})
    told = until(lambda: bot.of("clearedAudio"))
    carry(start(line, bot, bidirectional=True), told, *[lambda: None] * 3)
    assert len(bot.of("clearedAudio")) == 1
    assert bot.of("playedStream") == []


def test_without_bidirectional_nothing_is_taken(line, bot):
    bot.answer = sends(play(1))
    carry(start(line, bot), *taken(bot))
    assert not any("stream" in heard for heard in line.heard)


@pytest.mark.parametrize(
    "junk",
    ["no json", "[]", "7", '{"event": 3}', '{"event": "playAudio", "media": "x"}', "[" * 5000],
)
def test_what_cannot_be_read_is_dropped(line, bot, junk):
    bot.answer = sends(junk, play(1, payload="***"), play(1))
    stream = carry(start(line, bot, bidirectional=True), *taken(bot))
    assert stream.state == "completed"
    assert "Audio from your stream, 1.0 s" in line.heard


def test_the_program_ends_it_by_closing(line, bot):
    bot.answer = close_after(3)
    stream = carry(start(line, bot), *[lambda: None] * 40)
    assert (stream.state, stream.reason) == ("completed", "completed")
    assert stream.sentence == "Your server closed it."


def test_it_ends_when_its_time_is_over(line, bot, settings):
    settings.TIME_SCALE = 20
    stream = carry(start(line, bot, timeout_seconds=6), *[lambda: None] * 40)
    assert (stream.state, stream.reason) == ("completed", "timeout")


def test_it_ends_with_the_call(line, bot):
    stream = carry(start(line, bot), lambda: line.hang_up().live(0), *[lambda: None] * 40)
    assert (stream.state, stream.sentence) == ("completed", "The call has ended.")


def test_it_ends_when_it_is_stopped(line, bot, account):
    stream = start(line, bot)
    stop = {"account": account, "call_uuid": line.call_uuid, "stream_id": stream.pk}
    carry(stream, lambda: services.stop_streams(**stop), *[lambda: None] * 40)
    assert (stream.state, stream.reason) == ("completed", "completed")
    assert bot.closed.wait(60)


def test_the_status_url_is_told_of_beginning_and_end(line, bot, server, frozen):
    stream = start(line, bot, callback_url=f"{server.url}/stream/")

    def later() -> None:
        frozen.moment += timedelta(seconds=7)

    carry(stream, later)
    line.live(1)
    started, stopped = server.seen("/stream/")
    assert started.params["Event"] == "started"
    assert stopped.params["Event"] == "stopped"
    assert stopped.params["StreamID"] == str(stream.pk)
    assert stopped.params["CallUUID"] == str(line.call_uuid)
    assert (stopped.params["StatusReason"], stopped.params["Duration"]) == ("completed", "7")
    assert stopped.params["Timestamp"].endswith("Z")


def test_a_stream_that_cannot_be_connected_has_failed(line, bot, server):
    stream = start(line, bot, callback_url=f"{server.url}/stream/")
    Stream.objects.unscoped("test").filter(pk=stream.pk).update(service_url="ws://127.0.0.1:9/x")
    carry(stream)
    line.live(1)
    (failed,) = server.seen("/stream/")
    assert (failed.params["Event"], failed.params["StatusReason"]) == (
        "failed",
        "connection_failed",
    )
    assert line.call.phase == "live"


def test_ssrf_04_a_redirect_is_not_followed(line, bot, server):
    server.answers["/moved/"] = lambda got: ""
    server.status["/moved/"] = 302
    stream = start(line, bot)
    url = server.url.replace("http", "ws") + "/moved/"
    Stream.objects.unscoped("test").filter(pk=stream.pk).update(service_url=url)
    carry(stream)
    assert (stream.state, bot.connections) == ("failed", 0)


@pytest.mark.parametrize(
    "url",
    [
        "ws://127.0.0.1:{port}/",
        "ws://localhost:{port}/",
        "ws://[::1]:{port}/",
        "ws://2130706433:{port}/",
        "ws://169.254.169.254/",
        "ws://inside.example.com:{port}/",
    ],
)
def test_ssrf_03_a_stream_never_leads_inside(line, bot, settings, monkeypatch, url):
    settings.WEBHOOK_ALLOW_NETS = []

    class Inside:
        def resolve(self, host, *, timeout, owner):
            from ipaddress import ip_address

            return (ip_address("127.0.0.1"),)

    monkeypatch.setattr(webhooks, "resolver", Inside())
    stream = start(line, bot)
    written = url.format(port=bot.port)
    Stream.objects.unscoped("test").filter(pk=stream.pk).update(service_url=written)
    carry(stream)
    assert (stream.state, stream.reason, bot.connections) == ("failed", "connection_failed", 0)
    assert "not on the public internet" in stream.sentence


def test_ssrf_01_a_closed_port_is_refused(line, bot, monkeypatch):
    class Outside:
        def resolve(self, host, *, timeout, owner):
            from ipaddress import ip_address

            return (ip_address("93.184.216.34"),)

    monkeypatch.setattr(webhooks, "resolver", Outside())
    stream = start(line, bot)
    far = "ws://bot.example.com:6379/"
    Stream.objects.unscoped("test").filter(pk=stream.pk).update(service_url=far)
    carry(stream)
    assert "Port 6379 is not open" in stream.sentence


def test_rel_01_a_stream_whose_worker_was_killed_fails_and_the_call_goes_on(
    line, bot, server, frozen
):
    stream = start(line, bot, callback_url=f"{server.url}/stream/")
    assert pump._claim(stream)  # and then the worker is killed
    frozen.moment += timedelta(seconds=19)
    end_lost_streams()
    stream.refresh_from_db()
    assert stream.state == "initiated"
    frozen.moment += timedelta(seconds=2)
    end_lost_streams()
    end_lost_streams()
    line.live(1)
    stream.refresh_from_db()
    assert (stream.state, stream.reason) == ("failed", "worker_lost")
    (failed,) = server.seen("/stream/")
    assert failed.params["Event"] == "failed"
    assert line.call.phase == "live"


def test_a_stream_runs_once(line, bot):
    stream = carry(start(line, bot))
    pump.run(stream.pk)
    assert bot.connections == 1


def test_old_streams_are_deleted(line, bot, frozen):
    carry(start(line, bot))
    frozen.moment += timedelta(days=91)
    prune_streams()
    assert not Stream.objects.exists()


def test_too_many_streams_of_an_account_are_refused(line, bot):
    for _ in range(services.MOST_AT_ONCE):
        start(line, bot)
    with pytest.raises(DomainError) as caught:
        start(line, bot)
    assert caught.value.code == "too_many"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"service_url": "http://bot.example.com/"}, "service_url"),
        ({"service_url": "ws://user@bot.example.com/"}, "service_url"),
        ({"content_type": "audio/ogg"}, "content_type"),
        ({"track": "sideways"}, "audio_track"),
        ({"bidirectional": True, "track": "both"}, "audio_track"),
        ({"extra_headers": "x" * 513}, "extra_headers"),
    ],
)
def test_what_cannot_be_streamed_is_refused(line, bot, more, field):
    asked = {"service_url": bot.url, **more}
    with pytest.raises(DomainError) as caught:
        services.start_stream(account=line.account, call_uuid=line.call_uuid, **asked)
    assert caught.value.field == field


def test_ten_02_another_accounts_streams_are_not_found(line, bot, other_account):
    stream = start(line, bot)
    theirs = {"account": other_account, "call_uuid": line.call_uuid}
    for ask in (
        lambda: services.start_stream(service_url=bot.url, **theirs),
        lambda: services.streams_of(**theirs),
        lambda: services.get_stream(stream_id=stream.pk, **theirs),
        lambda: services.stop_streams(**theirs),
        lambda: services.stop_streams(stream_id=stream.pk, **theirs),
    ):
        with pytest.raises(NotFound):
            ask()


# The element


def streaming(server, bot, *after, **attributes):
    element = plivoxml.StreamElement(
        bot.url, statusCallbackUrl=f"{server.url}/stream/", **attributes
    )
    server.answers["/stream/"] = lambda got: "ok"
    answers(server, element, *after)


def test_the_element_does_not_hold_the_document_up(frozen, account, did, server, bot, begun):
    streaming(server, bot, plivoxml.SpeakElement("On we go."))
    line = call_in(account, frozen).live(1)
    assert line.heard == ["On we go."]
    assert begun == [Stream.objects.get().pk]


def test_with_keep_call_alive_the_document_waits_for_the_end(
    frozen, account, did, server, bot, begun
):
    streaming(server, bot, plivoxml.SpeakElement("Goodbye."), keepCallAlive=True)
    line = call_in(account, frozen).live(60)
    assert line.heard == []
    bot.answer = close_after(2)
    stream = Stream.objects.get()
    carry(stream, *[lambda: None] * 40)
    line.live(1)
    assert line.heard == ["Goodbye."]
    assert "stream_over" in line.kinds


def test_a_killed_worker_lets_the_document_go_on(frozen, account, did, server, bot):
    streaming(server, bot, plivoxml.SpeakElement("Goodbye."), keepCallAlive=True)
    line = call_in(account, frozen).live(1)
    assert pump._claim(Stream.objects.get())
    frozen.moment += timedelta(seconds=30)
    end_lost_streams()
    line.live(1)
    assert line.heard == ["Goodbye."]


def test_a_stream_of_an_ended_call_is_not_connected(frozen, account, did, server, bot):
    streaming(server, bot, plivoxml.WaitElement(length=60))
    call_in(account, frozen).live(1).hang_up().live(1)
    stream = carry(Stream.objects.get())
    assert (stream.state, bot.connections) == ("completed", 0)


def test_a_url_that_is_no_websocket_is_skipped(frozen, account, did, server, bot):
    answers(server, plivoxml.StreamElement("http://127.0.0.1/x"), plivoxml.SpeakElement("On."))
    line = call_in(account, frozen).live(1)
    assert line.heard == ["On."]
    assert not Stream.objects.exists()
    assert "url_unusable" in line.kinds
