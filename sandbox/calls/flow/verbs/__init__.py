"""The registry of verbs. A new verb is one module here and one entry in `VERBS`.

A verb's module holds its element (what was written, and how it starts), its activity (what the
call then waits for), and `parse`, which reads a node into the element.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..attributes import Attributes
from ..base import Children, Element
from ..reader import ROOT, Grammar, Node
from . import (
    conference,
    dtmf,
    get_digits,
    get_input,
    hangup,
    message,
    multi_party_call,
    play,
    pre_answer,
    record,
    redirect,
    speak,
    stream,
    wait,
)
from .dial import element as dial

Parser = Callable[[Node, Attributes, Children], Element]


@dataclass(frozen=True, slots=True)
class Verb:
    """How one element is read: its parser, and the grammar below it.

    `top` says that it may stand directly in a Response; `grammar` maps it, and elements that only
    live inside it, to the children they take. Children in the registry are parsed; others (SSML)
    are left to the parser.
    """

    parse: Parser
    top: bool = True
    grammar: Mapping[str, frozenset[str]] = field(default_factory=dict)


VERBS: Final[dict[str, Verb]] = {
    "Speak": Verb(speak.parse, grammar=speak.SSML),
    "Play": Verb(play.parse),
    "Wait": Verb(wait.parse),
    "DTMF": Verb(dtmf.parse),
    "GetDigits": Verb(get_digits.parse, grammar={"GetDigits": get_digits.CHILDREN}),
    "GetInput": Verb(get_input.parse, grammar={"GetInput": get_digits.CHILDREN}),
    "Record": Verb(record.parse),
    "Stream": Verb(stream.parse),
    "Redirect": Verb(redirect.parse),
    "Hangup": Verb(hangup.parse),
    "PreAnswer": Verb(pre_answer.parse, grammar={"PreAnswer": pre_answer.CHILDREN | {"Message"}}),
    "Dial": Verb(dial.parse, grammar={"Dial": dial.CHILDREN}),
    "Number": Verb(dial.parse_number, top=False),
    "User": Verb(dial.parse_user, top=False),
    "Message": Verb(message.parse),
    "Conference": Verb(conference.parse),
    "MultiPartyCall": Verb(multi_party_call.parse),
}

# Elements of the language that are refused with a name of their own instead of doing nothing.
LATER: Final[frozenset[str]] = frozenset()


def _grammar() -> Grammar:
    inside = {ROOT: frozenset(name for name, verb in VERBS.items() if verb.top) | LATER}
    for verb in VERBS.values():
        inside.update(verb.grammar)
    # The SDKs write a MultiPartyCall with all its defaults; a Conference may have as many.
    limits = {"Conference": 40, "MultiPartyCall": 50}
    return Grammar(inside, later=LATER, attribute_limits=limits)


GRAMMAR: Final = _grammar()
