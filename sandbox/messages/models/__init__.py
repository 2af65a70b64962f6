"""The tables of messages: records with their story, pools of numbers, media."""

from sandbox.messages.models.media import Media
from sandbox.messages.models.pools import PoolNumber, Powerpack, StickySender
from sandbox.messages.models.records import Log, Message, MessageEvent, MessageType, OptOut

__all__ = [
    "Log",
    "Media",
    "Message",
    "MessageEvent",
    "MessageType",
    "OptOut",
    "PoolNumber",
    "Powerpack",
    "StickySender",
]
