"""What is asked for when messages are to be sent, checked before anything is looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from console.accounts.models import Account, Subaccount
from console.applications.callback_urls import clean_url
from console.applications.models import Method
from console.core.errors import DomainError
from console.core.numbers import Number, canonical_number
from sandbox.messages.models import Log, Media, MessageType, Powerpack
from sandbox.messages.parts import LIMITS, Measure, measure

LONGEST_LIFE = 10_800
SHORTEST_LIFE = 5
MOST_DESTINATIONS = 1000
MOST_MEDIA = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A request to send one text to some numbers. `life` is seconds in the queue.

    `hops` counts replies by program, `call_uuid` names the call whose document asked.
    """

    account: Account
    subaccount: Subaccount | None
    origin: str
    src: str
    dst: str
    text: str
    type: str = MessageType.SMS
    powerpack: Powerpack | None = None
    url: str = ""
    method: str = Method.POST
    log: str = Log.ALL
    trackable: bool = False
    media: Sequence[Media] = ()
    media_urls: Sequence[str] = ()
    life: int = LONGEST_LIFE
    dlt: Mapping[str, str] = field(default_factory=dict)
    requester_ip: str = ""
    call_uuid: UUID | None = None
    form_key: UUID | None = None
    hops: int = 0


def check_order(order: Order) -> Measure:
    """The measure of the order's text; no query.

    Raises DomainError `invalid_text`, `text_too_long`, `message_type_not_supported`,
    `invalid_media`, `invalid_log`, `invalid_expiry`, `invalid_method`, `invalid_url`.
    """
    if order.type not in MessageType.values:
        raise DomainError(
            "Send an SMS or an MMS; other types are not carried here.",
            code="message_type_not_supported",
            field="type",
        )
    if order.log not in Log.values:
        words = ", ".join(Log.values)
        raise DomainError(f"Choose one of: {words}.", code="invalid_log", field="log")
    if not SHORTEST_LIFE <= order.life <= LONGEST_LIFE:
        message = f"A message waits {SHORTEST_LIFE} to {LONGEST_LIFE} seconds."
        raise DomainError(message, code="invalid_expiry", field="message_expiry")
    if order.method not in Method.values:
        raise DomainError("Use GET or POST.", code="invalid_method", field="method")
    clean_url(order.url, field="url")
    _check_media(order)
    return _measured(order)


def _check_media(order: Order) -> None:
    count = len(order.media) + len(order.media_urls)
    if count and order.type != MessageType.MMS:
        message = "Only an MMS carries media."
        raise DomainError(message, code="invalid_media", field="media_urls")
    if count > MOST_MEDIA:
        message = f"A message carries at most {MOST_MEDIA} media."
        raise DomainError(message, code="invalid_media", field="media_urls")
    for url in order.media_urls:
        if not clean_url(url, field="media_urls"):
            message = "A media URL is empty."
            raise DomainError(message, code="invalid_media", field="media_urls")


def _measured(order: Order) -> Measure:
    text = order.text
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        message = "The text holds characters that no phone can show."
        raise DomainError(message, code="invalid_text", field="text")
    if not text.strip() and not (order.media or order.media_urls):
        raise DomainError("Write something to send.", code="invalid_text", field="text")
    found = measure(text)
    if not found.fits:
        most = LIMITS[found.encoding].most
        message = (
            f"The text has {found.size} characters in {found.encoding.label}; "
            f"a message takes at most {most}."
        )
        raise DomainError(message, code="text_too_long", field="text")
    return found


def destinations(dst: str) -> tuple[list[Number], list[str]]:
    """The numbers joined by `<`, each once, and the parts that are none. No query.

    Raises DomainError `invalid_number` when no part is a number, `too_many`.
    """
    parts = [part.strip(" ") for part in dst.split("<")]
    if len(parts) > MOST_DESTINATIONS:
        message = f"A request names at most {MOST_DESTINATIONS} destinations."
        raise DomainError(message, code="too_many", field="dst")
    good: dict[str, Number] = {}
    bad: list[str] = []
    first: DomainError | None = None
    for part in parts:
        try:
            number = canonical_number(part, bare_digits=True, field="dst")
        except DomainError as error:
            first = first or error
            bad.append(part[:64])
        else:
            good.setdefault(number.e164, number)
    if not good and first is not None:
        raise first
    return list(good.values()), bad


def source(src: str) -> str:
    """The sender in E.164; as written when it is no number, for the fence to refuse. No query."""
    try:
        return canonical_number(src, bare_digits=True, field="src").e164
    except DomainError:
        return src
