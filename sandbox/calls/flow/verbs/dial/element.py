"""Dial, Number and User as written (compat/xml.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from ...attributes import Attributes
from ...base import Children, Element
from ...errors import FlowXmlError
from ...reader import Node
from . import run

if TYPE_CHECKING:
    from ...turn import Turn

CHILDREN: Final = frozenset({"Number", "User"})
RING_SECONDS: Final = 120
LONGEST_RING_SECONDS: Final = 3600
LONGEST_CALL_SECONDS: Final = 86_400
MOST_PATTERNS: Final = 20
LONGEST_PATTERN: Final = 24
_KEYS: Final = "0123456789*#"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialTarget(Element):
    """One child of a Dial: whom to call."""

    kind: ClassVar[str] = ""

    target: str = ""
    send_digits: str = ""
    send_on_preanswer: bool = False
    caller_id: str = ""
    caller_name: str = ""
    sip_headers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberElement(DialTarget):
    """A phone number."""

    name: ClassVar[str] = "Number"
    kind: ClassVar[str] = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserElement(DialTarget):
    """A SIP endpoint or any SIP URI."""

    name: ClassVar[str] = "User"
    kind: ClassVar[str] = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialElement(Element):
    """Ring all targets at once; the first to answer and confirm is connected."""

    name: ClassVar[str] = "Dial"

    targets: tuple[DialTarget, ...] = ()
    action: str = ""
    method: str = "POST"
    redirect: bool = True
    hangup_on_star: bool = False
    time_limit_seconds: int = 14_400
    timeout_seconds: int = RING_SECONDS
    caller_id: str = ""
    caller_name: str = ""
    confirm_sound: str = ""
    confirm_key: str = ""
    confirm_timeout_seconds: int = 120
    dial_music: str = ""
    callback_url: str = ""
    callback_method: str = "POST"
    digits_match: tuple[str, ...] = ()
    digits_match_b_leg: tuple[str, ...] = ()
    sip_headers: str = ""

    def answers(self) -> bool:
        """The call is answered when a dialled leg is connected."""
        return False

    def is_media(self) -> bool:
        """A Dial is a media step."""
        return True

    def start(self, turn: Turn) -> None:
        """Dial every target."""
        run.start(turn, self)


T = TypeVar("T", bound=DialTarget)


def parse(node: Node, attributes: Attributes, children: Children) -> DialElement:
    """Return the Dial written at `node`; FlowXmlError when nobody is to be dialled."""
    targets = tuple(child for child in children if isinstance(child, DialTarget))
    if not targets:
        raise FlowXmlError(
            "missing_child",
            "<Dial> needs a <Number> or a <User>.",
            line=node.line,
            column=node.column,
            element=node.name,
        )
    confirm_sound = attributes.text("confirmSound")
    confirm_key = attributes.choice("confirmKey", "", frozenset(_KEYS))
    if confirm_key and not confirm_sound:
        attributes.note("attribute_unusable", "confirmKey needs confirmSound; ignored.")
        confirm_key = ""
    attributes.choice("callType", "voice", frozenset({"voice"}))
    return DialElement(
        line=node.line,
        column=node.column,
        targets=targets,
        action=attributes.text("action"),
        method=attributes.method(),
        redirect=attributes.boolean("redirect", default=True),
        hangup_on_star=attributes.boolean("hangupOnStar", default=False),
        time_limit_seconds=attributes.integer("timeLimit", 14_400, 1, LONGEST_CALL_SECONDS),
        timeout_seconds=attributes.integer("timeout", RING_SECONDS, 1, LONGEST_RING_SECONDS),
        caller_id=attributes.text("callerId", longest=200),
        caller_name=attributes.text("callerName", longest=50),
        confirm_sound=confirm_sound,
        confirm_key=confirm_key,
        confirm_timeout_seconds=attributes.integer("confirmTimeout", 120, 1, LONGEST_RING_SECONDS),
        dial_music=attributes.text("dialMusic"),
        callback_url=attributes.text("callbackUrl"),
        callback_method=attributes.method("callbackMethod"),
        digits_match=patterns(attributes, "digitsMatch"),
        digits_match_b_leg=patterns(attributes, "digitsMatchBLeg"),
        sip_headers=attributes.text("sipHeaders"),
    )


def parse_number(node: Node, attributes: Attributes, _children: Children) -> NumberElement:
    """Return the Number written at `node`."""
    attributes.choice("sendDigitsMode", "rfc2833", frozenset({"rfc2833"}))
    return _target(NumberElement, node, attributes)


def parse_user(node: Node, attributes: Attributes, _children: Children) -> UserElement:
    """Return the User written at `node`."""
    return _target(UserElement, node, attributes)


def _target(kind: type[T], node: Node, attributes: Attributes) -> T:
    return kind(
        line=node.line,
        column=node.column,
        target=node.text,
        send_digits=attributes.keys("sendDigits", "", _KEYS + "wW"),
        send_on_preanswer=attributes.boolean("sendOnPreanswer", default=False),
        caller_id=attributes.text("callerId", longest=200),
        caller_name=attributes.text("callerName", longest=50),
        sip_headers=attributes.text("sipHeaders"),
    )


def patterns(attributes: Attributes, name: str) -> tuple[str, ...]:
    """Return the patterns of keys in a list with commas; what is none is left out and noted."""
    written = [part.strip() for part in attributes.text(name).split(",")]
    usable = tuple(
        part
        for part in written
        if 0 < len(part) <= LONGEST_PATTERN and all(key in _KEYS for key in part)
    )
    if len(usable) != len([part for part in written if part]) or len(usable) > MOST_PATTERNS:
        attributes.note("attribute_unusable", f"Some patterns of {name} cannot be used; ignored.")
    return usable[:MOST_PATTERNS]
