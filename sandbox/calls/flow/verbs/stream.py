"""Stream: send the line's sound to a WebSocket, and take sound back (compat/xml.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from ..attributes import Attributes
from ..base import Activity, Children, Element
from ..commands import StartStream, StopStream
from ..reader import Node
from ..urls import callback_target, resolve

if TYPE_CHECKING:
    from .. import events
    from ..turn import Turn

LONGEST_SECONDS: Final = 86_400
LONGEST_HEADERS: Final = 512
TRACKS: Final = frozenset({"inbound", "outbound", "both"})
CONTENT_TYPES: Final = frozenset(
    {"audio/x-l16;rate=8000", "audio/x-l16;rate=16000", "audio/x-mulaw;rate=8000"}
)
SCHEMES: Final = ("ws", "wss")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamElement(Element):
    """Where the sound goes and how; `waits` keeps the next element until the stream is over."""

    name: ClassVar[str] = "Stream"

    url: str = ""
    bidirectional: bool = False
    track: str = "inbound"
    timeout_seconds: int = LONGEST_SECONDS
    content_type: str = "audio/x-l16;rate=8000"
    extra_headers: str = ""
    waits: bool = False
    callback_url: str = ""
    callback_method: str = "POST"

    def is_media(self) -> bool:
        """A stream that is waited for is a media step."""
        return self.waits

    def start(self, turn: Turn) -> None:
        """Begin the stream; one without a usable URL is skipped with a note."""
        place = resolve(turn.document_url, self.url, SCHEMES)
        if place is None:
            turn.note("url_unusable", url=self.url)
            turn.done()
            return
        stream_id = turn.next_id()
        target = callback_target(turn, "stream", self.callback_url, self.callback_method)
        turn.emit(
            StartStream(
                stream_id,
                place.url,
                self.bidirectional,
                self.track,
                self.timeout_seconds,
                self.content_type,
                self.extra_headers,
                target.url,
                self.callback_method,
                target.settings,
            )
        )
        if self.waits:
            turn.activity = Streaming(stream_id=stream_id)
        else:
            turn.done()


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming(Activity):
    """Waiting until the stream is over (`keepCallAlive`)."""

    stream_id: int

    def on_stream(self, turn: Turn, event: events.StreamEnded) -> None:
        """The stream is over: the next element runs."""
        if event.stream_id == self.stream_id:
            turn.done()

    def stop(self, turn: Turn) -> None:
        """The call ends or goes elsewhere: the stream ends too."""
        turn.emit(StopStream(self.stream_id))


def parse(node: Node, attributes: Attributes, _children: Children) -> StreamElement:
    """Return the Stream written at `node`."""
    bidirectional = attributes.boolean("bidirectional", default=False)
    track = attributes.choice("audioTrack", "inbound", TRACKS)
    if bidirectional and track != "inbound":
        attributes.note("attribute_unusable", "A bidirectional stream sends the inbound track.")
        track = "inbound"
    noise = attributes.text("noiseCancellation"), attributes.text("noiseCancellationLevel")
    if "true" in noise:
        attributes.note("noise_ignored", "There is no noise on a simulated line to cancel.")
    return StreamElement(
        line=node.line,
        column=node.column,
        url=node.text,
        bidirectional=bidirectional,
        track=track,
        timeout_seconds=attributes.integer("streamTimeout", LONGEST_SECONDS, 1, LONGEST_SECONDS),
        content_type=_content_type(attributes),
        extra_headers=attributes.text("extraHeaders", longest=LONGEST_HEADERS),
        waits=attributes.boolean("keepCallAlive", default=False),
        callback_url=attributes.text("statusCallbackUrl"),
        callback_method=attributes.method("statusCallbackMethod"),
    )


def _content_type(attributes: Attributes) -> str:
    written = attributes.text("contentType", "audio/x-l16;rate=8000", longest=60)
    plain = "".join(written.split()).lower()
    if plain in CONTENT_TYPES:
        return plain
    attributes.note("attribute_unusable", "contentType cannot be used; L16 at 8 kHz is sent.")
    return "audio/x-l16;rate=8000"
