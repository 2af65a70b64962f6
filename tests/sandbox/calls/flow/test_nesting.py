"""Which element may stand inside which (compat/xml.md section 1, "Nesting")."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import FlowXmlError
from sandbox.calls.flow.reader import read
from sandbox.calls.flow.verbs import GRAMMAR

SPOKEN = "break emphasis phoneme prosody say-as sub"
NESTING = {
    "Response": "Conference Dial DTMF GetDigits GetInput Hangup Message Play PreAnswer Record"
    " Redirect Speak Wait MultiPartyCall Stream",
    "GetDigits": "Speak Play Wait",
    "GetInput": "Speak Play Wait",
    "Dial": "Number User",
    "PreAnswer": "Speak Play Wait GetDigits Redirect Message DTMF",
    "Speak": f"{SPOKEN} cont lang p s w",
    "emphasis": f"{SPOKEN} lang w",
    "lang": f"{SPOKEN} lang p s w",
    "prosody": f"{SPOKEN} lang p s w",
    "p": f"{SPOKEN} lang s w",
    "s": f"{SPOKEN} lang w",
    "w": SPOKEN,
}
ALL = frozenset({"Response", *" ".join(NESTING.values()).split()})


def inside(parent: str, child: str) -> str:
    """A document in which `child` stands inside `parent`, and nothing else is wrong."""
    path = {"Response": [], "Number": ["Dial"], "User": ["Dial"]}.get(parent)
    if path is None:
        path = [] if parent in NESTING["Response"].split() else ["Speak"]
    if parent != "Response":
        path = [*path, parent]
    opened = "".join(f"<{name}>" for name in path)
    closed = "".join(f"</{name}>" for name in reversed(path))
    return f"<Response>{opened}<{child}/>{closed}</Response>"


def is_taken(parent: str, child: str) -> bool:
    try:
        read(inside(parent, child).encode(), GRAMMAR)
    except FlowXmlError as error:
        assert (error.code, error.element) == ("wrong_nesting", child)
        return False
    return True


@pytest.mark.parametrize("parent", sorted(ALL))
def test_an_element_takes_the_children_of_the_reference_and_no_others(parent):
    taken = {child for child in ALL if is_taken(parent, child)}
    assert taken == set(NESTING.get(parent, "").split())
