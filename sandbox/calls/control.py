"""Control of living calls: hang up, transfer, play, speak, digits (compat/rest.md, Control).

Every leg is a call of its own to whoever asks: `aleg` is the leg that is named, `bleg` the one it
talks with. All of these raise NotFound for what does not live. Doing one again under the same
`request_id` is doing it once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from console.accounts.models import Account, Subaccount
from console.core.errors import DomainError, NotFound
from console.records.models import Cdr
from sandbox.calls import engine, leg_effects, lines, overlays, parting
from sandbox.calls.flow import bridged_child, events
from sandbox.calls.flow.causes import API_REQUEST
from sandbox.calls.flow.verbs.speak import MAX_CHARACTERS
from sandbox.calls.models import Call, CallEvent
from sandbox.calls.selectors import find_living
from sandbox.calls.wishes import wrong
from sandbox.calls.work import Work

LEGS: Final = ("aleg", "bleg", "both")
LONGEST_DIGITS: Final = 200
MOST_URLS: Final = 20
LONGEST_PLAY: Final = 86_400
_TONES: Final = frozenset("0123456789*#wW")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a command goes: a call, and which of its legs was named."""

    call_uuid: UUID
    child: int
    key: str

    def other(self, work: Work) -> int | None:
        """The leg that the named one talks with; None when it talks with nobody."""
        bridged = bridged_child(work.state) if work.state is not None else 0
        if not bridged or self.child not in (0, bridged):
            return None
        return 0 if self.child else bridged


def hang_up(*, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None) -> None:
    """Ends the leg: the call with its A leg, or one B leg alone; 4000 when answered, else 1000."""
    place = _find(account, subaccount, call_uuid, "")
    if not place.child:
        engine.apply(place.call_uuid, events.HangupAsked(0, API_REQUEST), key="hangup-asked")
        return

    def end(work: Work) -> bool:
        leg = work.legs[place.child]
        code = 4000 if leg.answered_at else 1000
        event = events.LegEnded(place.child, code, API_REQUEST)
        leg_effects.drop(leg, code)
        return engine.run(work, event, key=f"api-end-{place.child}", data={})

    engine.change(place.call_uuid, end, key=f"api-end-{place.child}")


def transfer(
    *,
    account: Account,
    call_uuid: UUID,
    legs: str = "aleg",
    aleg_url: str = "",
    aleg_method: str = "POST",
    bleg_url: str = "",
    bleg_method: str = "POST",
    subaccount: Subaccount | None = None,
    request_id: str = "",
) -> list[UUID]:
    """Moves legs to other documents and gives the UUIDs of the legs that were moved.

    A leg that is moved alone leaves the other: an A leg's B leg is hung up, a B leg becomes a call
    of its own while the A leg goes on with its document. Bad URLs and methods end a leg with 7023
    and 7033, unreachable ones with 7013. Raises `invalid_parameter` and `call_not_up`.
    """
    place = _find(account, subaccount, call_uuid, request_id)
    named = _asked_url(legs, "aleg", aleg_url, aleg_method)
    other = _asked_url(legs, "bleg", bleg_url, bleg_method)
    a_leg, b_leg = (other, named) if place.child else (named, other)
    moved: list[UUID] = []

    def move(work: Work) -> bool:
        moved.clear()
        if _was_done(work, place.key):
            return False
        child = place.child or (place.other(work) or 0)
        _require_up(work, 0)
        if b_leg and (not child or place.other(work) is None):
            raise _not_up("There is no B leg on the line.")
        if a_leg:
            moved.append(work.leg.call_uuid)
            event: events.Event = events.TransferAsked(*a_leg, spare=child if b_leg else 0)
        else:
            event = events.LegLeft(child)
        b_uuid = str(work.legs[child].call_uuid) if b_leg else ""
        engine.run(work, event, key=place.key, data={"call_uuid": b_uuid} if b_uuid else {})
        if b_leg:
            moved.append(parting.part(work, child, url=b_leg[0], method=b_leg[1]))
        return True

    engine.change(place.call_uuid, move, key=place.key)
    return moved


def speak(
    *,
    account: Account,
    call_uuid: UUID,
    text: str,
    voice: str = "WOMAN",
    language: str = "en-US",
    legs: str = "aleg",
    loop: bool = False,
    mix: bool = True,
    markup: str = "",
    subaccount: Subaccount | None = None,
    request_id: str = "",
) -> None:
    """Lets legs hear a text beside the document, which goes on; takes the place of the last one.

    `markup` says what the text is: `text`, or `ssml`. Raises `invalid_parameter` and `call_not_up`.
    """
    if not text.strip() or len(text) > MAX_CHARACTERS:
        raise wrong("text", f"Write 1 to {MAX_CHARACTERS} characters.")
    if markup not in ("", "text", "ssml"):
        raise wrong("type", "Write text or ssml.")
    saying = overlays.read_ssml(text) if markup == "ssml" else overlays.Saying(text.strip())
    if voice not in ("WOMAN", "MAN") and not voice.startswith("Polly."):
        raise wrong("voice", "Choose WOMAN, MAN or a Polly voice.")

    def begin(work: Work, children: Sequence[int]) -> None:
        overlays.speak(work, children, saying, voice=voice, language=language, loop=loop, mix=mix)

    _on_legs(_find(account, subaccount, call_uuid, request_id), legs, begin)


def play(
    *,
    account: Account,
    call_uuid: UUID,
    urls: Sequence[str],
    length: int = 0,
    legs: str = "aleg",
    loop: bool = False,
    mix: bool = True,
    subaccount: Subaccount | None = None,
    request_id: str = "",
) -> None:
    """Lets legs hear sound files in turn beside the document; `length` seconds at most (0: all).

    Raises `invalid_parameter` and `call_not_up`. A file that cannot be had is skipped.
    """
    wanted = [url.strip() for url in urls if url.strip()]
    if not 0 < len(wanted) <= MOST_URLS or not all(_is_web(url) for url in wanted):
        raise wrong("urls", f"Give 1 to {MOST_URLS} addresses that begin with http.")
    if not 0 <= length <= LONGEST_PLAY:
        raise wrong("length", f"Write seconds, up to {LONGEST_PLAY}.")

    def begin(work: Work, children: Sequence[int]) -> None:
        overlays.play(work, children, urls=wanted, length=length, loop=loop, mix=mix)

    _on_legs(_find(account, subaccount, call_uuid, request_id), legs, begin)


def stop_playing(
    *, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None
) -> None:
    """Ends what `play` began; nothing when nothing plays."""
    _stop(_find(account, subaccount, call_uuid, ""), overlays.PLAY)


def stop_speaking(
    *, account: Account, call_uuid: UUID, subaccount: Subaccount | None = None
) -> None:
    """Ends what `speak` began; nothing when nothing is said."""
    _stop(_find(account, subaccount, call_uuid, ""), overlays.SPEAK)


def send_digits(
    *,
    account: Account,
    call_uuid: UUID,
    digits: str,
    leg: str = "aleg",
    subaccount: Subaccount | None = None,
    request_id: str = "",
) -> None:
    """Sends tones to a leg. Raises `invalid_parameter` and `call_not_up`."""
    if not 0 < len(digits) <= LONGEST_DIGITS or not _TONES.issuperset(digits):
        raise wrong("digits", "Use 0 to 9, *, #, w and W.")
    if leg not in LEGS[:2]:
        raise wrong("leg", "Write aleg or bleg.")

    def send(work: Work, children: Sequence[int]) -> None:
        for child in children:
            leg_effects.sound_tone(work, child, digits)
            work.tell(lines.tones_sent(digits, child=child))

    _on_legs(_find(account, subaccount, call_uuid, request_id), leg, send)


def is_known(*, account: Account, call_uuid: UUID) -> bool:
    """Whether the account has or had such a call or leg (up to two queries)."""
    if Call.objects.for_account(account).filter(platform=False, call_uuid=call_uuid).exists():
        return True
    return Cdr.objects.for_account(account).filter(call_uuid=call_uuid).exists()


def _find(
    account: Account, subaccount: Subaccount | None, call_uuid: UUID, request_id: str
) -> _Place:
    found, child = find_living(account=account, call_uuid=call_uuid, subaccount=subaccount)
    return _Place(found, child, f"api-{request_id}"[:80] if request_id else "")


def _on_legs(place: _Place, legs: str, do: Callable[[Work, Sequence[int]], None]) -> None:
    """Does something to the legs that are meant and writes it; nothing when it was done before."""
    if legs not in LEGS:
        raise wrong("legs", "Write aleg, bleg or both.")

    def act(work: Work) -> bool:
        if _was_done(work, place.key):
            return False
        children = _children(work, place, legs)
        if place.key:
            work.note("api_request", key=place.key)
        do(work, children)
        work.save()
        return True

    if not engine.change(place.call_uuid, act, key=place.key) and not place.key:
        raise NotFound  # it ended while we looked


def _children(work: Work, place: _Place, legs: str) -> list[int]:
    children = [place.child] if legs != "bleg" else []
    if legs != "aleg":
        other = place.other(work)
        if other is None:
            raise _not_up("There is no B leg on the line.")
        children.append(other)
    for child in children:
        _require_up(work, child)
    return children


def _stop(place: _Place, verb: str) -> None:
    def act(work: Work) -> bool:
        stopped = overlays.stop(work, verb)
        if stopped:
            work.save()
        return stopped

    engine.change(place.call_uuid, act)


def _was_done(work: Work, key: str) -> bool:
    return bool(key) and CallEvent.objects.filter(call=work.call, key=key).exists()


def _require_up(work: Work, child: int) -> None:
    leg = work.legs.get(child)
    if leg is None or leg.answered_at is None or leg.is_over:
        raise _not_up("Nobody has answered this call yet.")


def _not_up(message: str) -> DomainError:
    return DomainError(message, code="call_not_up", status=409)


def _asked_url(legs: str, leg: str, url: str, method: str) -> tuple[str, str] | None:
    """URL and method for a leg that is to move; None for one that stays."""
    if legs not in LEGS:
        raise wrong("legs", "Write aleg, bleg or both.")
    if legs not in (leg, "both"):
        return None
    if not url.strip():
        raise wrong(f"{leg}_url", "Say which document the leg moves to.")
    return url.strip()[:2048], method.upper()[:8] or "POST"


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://")) and len(url) <= 2048
