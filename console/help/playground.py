"""The XML playground's forms: what a reader gives, as the plan of a rehearsal and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict

from sandbox.calls.flow.urls import resolve
from sandbox.calls.rehearsal.again import MOST_PARTIES
from sandbox.calls.rehearsal.plan import (
    LONGEST_SECONDS,
    LONGEST_WORDS,
    MOST_MOVES,
    MOST_REPLIES,
    Does,
    Move,
    MoveKind,
    Outcome,
    Party,
    Plan,
    Reply,
)

_DOES: Final = (
    (Does.ANSWERS, "answers"),
    (Does.MACHINE, "is an answering machine"),
    (Does.BUSY, "is busy"),
    (Does.NO_ANSWER, "does not answer"),
    (Does.REJECTS, "rejects the call"),
    (Does.UNREACHABLE, "cannot be reached"),
)
_WHO: Final = (
    ("0", "The caller"),
    *((str(place), f"Dialled phone {place}") for place in range(1, MOST_PARTIES + 1)),
)
_KINDS: Final = (
    ("", "does nothing"),
    (MoveKind.KEYS, "presses"),
    (MoveKind.WORDS, "says"),
    (MoveKind.HANG_UP, "hangs up"),
)
_OUTCOMES: Final = (
    (Outcome.DOCUMENT, "answers with this document"),
    (Outcome.ERROR, "answers with the status 500"),
    (Outcome.TIMEOUT, "does not answer in time"),
)
_PARTIES: Final = ("The first phone dialled", "The second", "Every later one")


def _seconds(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=LONGEST_SECONDS,
        required=False,
        help_text=help_text,
    )


class UrlField(forms.CharField):
    """An address as a document's could be; nothing asks it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2048, **kwargs)

    def validate(self, value: Any) -> None:
        """Refuses what no call could ask."""
        super().validate(value)
        if value and resolve("", value) is None:
            raise forms.ValidationError("Write a whole address that begins with https:// .")


def _document(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "spellcheck": "false", "autocomplete": "off"})


class CallForm(forms.Form):
    """The document, and whose call it answers."""

    xml = forms.CharField(
        label="XML",
        strip=False,
        widget=_document(10),
        help_text="What your answer URL would reply with. It is not kept.",
        error_messages={"required": "Paste an XML document."},
    )
    direction = forms.ChoiceField(
        label="The call",
        choices=(("inbound", "comes in"), ("outbound", "is made over the API")),
    )
    from_number = forms.CharField(label="From", max_length=255)
    to_number = forms.CharField(label="To", max_length=255)
    answer_url = UrlField(
        label="Answer URL", help_text="Relative addresses in the document begin here."
    )
    fallback_url = UrlField(label="Fallback URL", required=False)
    hangup_url = UrlField(label="Hangup URL", required=False)
    callee_does = forms.ChoiceField(label="Whoever is called", choices=_DOES, required=False)
    callee_after = _seconds("After seconds of ringing")
    machine = forms.ChoiceField(
        label="Machine detection",
        choices=(
            ("", "is not asked for"),
            ("continue", "tells and goes on"),
            ("hangup", "hangs up"),
        ),
        required=False,
    )


class MoveForm(forms.Form):
    """Something that somebody does."""

    who = forms.ChoiceField(label="Who", choices=_WHO, required=False)
    kind = forms.ChoiceField(label="Does what", choices=_KINDS, required=False)
    text = forms.CharField(label="Keys or words", max_length=LONGEST_WORDS, required=False)
    at = forms.FloatField(label="At second", min_value=0, max_value=LONGEST_SECONDS, required=False)

    def clean(self) -> dict[str, Any]:
        """Keys are keys, and words are there."""
        given = super().clean() or {}
        kind, text = given.get("kind"), given.get("text", "")
        if kind == MoveKind.KEYS and (not text or set(text) - set("0123456789*#")):
            self.add_error("text", "Write keys: 0 to 9, * and #.")
        elif kind == MoveKind.WORDS and not text:
            self.add_error("text", "Write what is said.")
        return given

    def move(self) -> Move | None:
        """What it says; None for a row without anything to do. Only when valid."""
        given = self.cleaned_data
        if not given["kind"]:
            return None
        return Move(MoveKind(given["kind"]), given["text"], given["at"], int(given["who"] or 0))


class PartyForm(forms.Form):
    """What a dialled phone does."""

    does = forms.ChoiceField(label="Does what", choices=_DOES, required=False)
    after = _seconds("After seconds")
    stays = _seconds("Hangs up after seconds")

    def party(self) -> Party:
        """What it says; only when valid."""
        given = self.cleaned_data
        return Party(Does(given["does"] or Does.ANSWERS), given["after"] or 0, given["stays"])


class ReplyForm(forms.Form):
    """What the reader's server answers to one request."""

    asked = forms.RegexField(r"^[0-9a-f]{0,16}\Z", required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label="Your server", choices=_OUTCOMES, required=False)
    xml = forms.CharField(
        label="Its answer, as XML", strip=False, required=False, widget=_document(6)
    )

    def reply(self) -> Reply | None:
        """What it says; None while nothing was pasted. Only when valid."""
        given = self.cleaned_data
        outcome = Outcome(given["outcome"] or Outcome.DOCUMENT)
        if outcome is Outcome.DOCUMENT and not given["xml"].strip():
            return None
        return Reply(given["xml"], outcome, given["asked"])


class Playground:
    """The page's forms, filled in from a plan or from what was sent."""

    def __init__(self, plan: Plan | None = None, *, sent: QueryDict | None = None) -> None:
        assert plan is not None or sent is not None
        if sent is not None:
            sent = _whole(sent)
        self.call = CallForm(sent, initial=_call_of(plan) if plan else None)
        self.parties = self._rows(PartyForm, "party", sent, map(_party_of, _three(plan)))
        moves = (_move_of(one) for one in plan.moves) if plan else ()
        self.moves = self._rows(MoveForm, "move", sent, moves, most=MOST_MOVES, spare=1)
        replies = (_reply_of(one) for one in plan.replies) if plan else ()
        self.replies = self._rows(ReplyForm, "reply", sent, replies, most=MOST_REPLIES)

    def _rows(
        self,
        form: type[forms.Form],
        prefix: str,
        sent: QueryDict | None,
        initial: Iterator[dict[str, Any]] | Sequence[dict[str, Any]],
        *,
        most: int = MOST_PARTIES,
        spare: int = 0,
    ) -> list[Any]:
        """The rows that were sent, or those of the plan and empty ones to add to."""
        if sent is not None:
            first = next(iter(form.base_fields))
            names = [f"{prefix}-{place}" for place in range(most)]
            return [form(sent, prefix=name) for name in names if f"{name}-{first}" in sent]
        rows = [*initial, *({} for _ in range(spare))][:most]
        return [form(prefix=f"{prefix}-{place}", initial=row) for place, row in enumerate(rows)]

    def is_valid(self) -> bool:
        """Whether everything that was sent can be run."""
        valid = [one.is_valid() for one in self._all()]  # each of them, so that all errors show
        return all(valid)

    def _all(self) -> list[forms.Form]:
        return [self.call, *self.parties, *self.moves, *self.replies]

    def plan(self, *, auth_id: str) -> Plan:
        """What was sent, as a plan; only when valid."""
        given: Mapping[str, Any] = self.call.cleaned_data
        return Plan(
            document=given["xml"],
            answer_url=given["answer_url"],
            fallback_url=given["fallback_url"],
            hangup_url=given["hangup_url"],
            outbound=given["direction"] == "outbound",
            from_number=given["from_number"],
            to_number=given["to_number"],
            machine=given["machine"],
            callee=Party(
                Does(given["callee_does"] or Does.ANSWERS), given["callee_after"] or 0, None
            ),
            parties=tuple(row.party() for row in self.parties) or (Party(),),
            moves=tuple(move for row in self.moves if (move := row.move()) is not None),
            replies=tuple(reply for row in self.replies if (reply := row.reply()) is not None),
            auth_id=auth_id,
        )

    @property
    def party_rows(self) -> list[tuple[str, PartyForm]]:
        """The rows of dialled phones with their names."""
        return list(zip(_PARTIES, self.parties, strict=False))

    @property
    def dials(self) -> bool:
        """Whether the dialled phones matter, or a row of theirs is wrong."""
        documents = [self.call["xml"].value(), *(row["xml"].value() for row in self.replies)]
        return any(row.errors for row in self.parties) or "<Dial" in "".join(
            str(one or "") for one in documents
        )

    @property
    def is_call_wrong(self) -> bool:
        """Whether something is wrong with the call's addresses, which are folded away."""
        return bool(set(self.call.errors) - {"xml"})


def _whole(sent: QueryDict) -> QueryDict:
    """What was sent, and what a page with the document alone leaves out."""
    whole = sent.copy()
    for name, value in _call_of(Plan("")).items():
        if name not in whole and name != "xml":
            whole[name] = str(value)
    return whole


def _three(plan: Plan | None) -> list[Party]:
    """So many parties as there are rows; the last one stands for all that follow."""
    known = list(plan.parties if plan else ()) or [Party()]
    return (known + [known[-1]] * MOST_PARTIES)[:MOST_PARTIES]


def _call_of(plan: Plan) -> dict[str, Any]:
    return {
        "xml": plan.document,
        "direction": "outbound" if plan.outbound else "inbound",
        "from_number": plan.from_number,
        "to_number": plan.to_number,
        "answer_url": plan.answer_url,
        "fallback_url": plan.fallback_url,
        "hangup_url": plan.hangup_url,
        "callee_does": plan.callee.does,
        "callee_after": plan.callee.after,
        "machine": plan.machine,
    }


def _move_of(move: Move) -> dict[str, Any]:
    at = move.at if move.at is None or move.at % 1 else int(move.at)
    return {"who": str(move.who), "kind": move.kind, "text": move.text, "at": at}


def _party_of(party: Party) -> dict[str, Any]:
    return {"does": party.does, "after": party.after, "stays": party.stays}


def _reply_of(reply: Reply) -> dict[str, Any]:
    return {"asked": reply.asked, "outcome": reply.outcome, "xml": reply.body}
