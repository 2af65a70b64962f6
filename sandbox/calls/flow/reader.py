"""Read a document with limits that hold while reading (trust.md XML-01).

An event parser counts as it goes and stops at the first breach, so a hostile document never
becomes a tree. What comes back is a small tree of `Node`s, with line and column (from 1).
"""

from collections.abc import Mapping
from typing import Final, NoReturn
from xml.parsers import expat

from .errors import FlowXmlError

MAX_BYTES: Final = 100 * 1024
MAX_ELEMENTS: Final = 200
MAX_DEPTH: Final = 8
MAX_ATTRIBUTES: Final = 20
MAX_TEXT: Final = 4000

ROOT: Final = "Response"
NAME_SHOWN: Final = 60


class Node:
    """One element as written: `parts` holds its texts and children in order."""

    __slots__ = ("attributes", "children", "column", "line", "name", "parts", "size")

    def __init__(self, name: str, attributes: dict[str, str], line: int, column: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.column = column
        self.parts: list[str | Node] = []
        self.children: list[Node] = []
        self.size = 0

    @property
    def text(self) -> str:
        """The element's own text, without that of its children, trimmed."""
        return "".join(part for part in self.parts if isinstance(part, str)).strip()


class Grammar:
    """Which element may stand where.

    `inside` maps a parent to the children it takes; `later` names real elements that are not
    run yet; `attribute_limits` raises the limit of attributes for single elements.
    """

    __slots__ = ("attribute_limits", "inside", "known", "later")

    def __init__(
        self,
        inside: Mapping[str, frozenset[str]],
        *,
        later: frozenset[str] = frozenset(),
        attribute_limits: Mapping[str, int] | None = None,
    ) -> None:
        self.inside = inside
        self.later = later
        self.attribute_limits = attribute_limits or {}
        self.known = frozenset({*inside, *(name for some in inside.values() for name in some)})


def read(xml: bytes, grammar: Grammar) -> Node:
    """Return the root node of `xml`; FlowXmlError on the first breach of a rule."""
    if len(xml) > MAX_BYTES:
        raise FlowXmlError(
            "too_large", f"The document has {len(xml)} bytes; at most {MAX_BYTES} are read."
        )
    return _Reader(grammar).read(xml)


class _Reader:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._stack: list[Node] = []
        self._root: Node | None = None
        self._elements = 0
        self._parser = parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction

    def read(self, xml: bytes) -> Node:
        try:
            self._parser.Parse(xml, True)  # noqa: FBT003  # expat takes no keyword here
        except expat.ExpatError as error:
            _refuse_malformed(xml, error)
        if self._root is None:  # expat refuses a document without a root before we come here
            raise FlowXmlError("not_well_formed", "The document is empty.")
        return self._root

    def _fail(self, code: str, message: str, element: str = "") -> NoReturn:
        raise FlowXmlError(
            code,
            message,
            line=self._parser.CurrentLineNumber,
            column=self._parser.CurrentColumnNumber + 1,
            element=element[:NAME_SHOWN],
        )

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
            self._fail("not_utf8", f"The encoding {encoding[:NAME_SHOWN]!r} is not UTF-8.")

    def _doctype(self, *_: object) -> None:
        self._fail("doctype", "DOCTYPE and entity declarations are not allowed.")

    def _instruction(self, target: str, _data: str) -> None:
        self._fail(
            "processing_instruction",
            f"The processing instruction <?{target[:NAME_SHOWN]}?> is not allowed.",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            self._fail("too_many_elements", f"More than {MAX_ELEMENTS} elements.", name)
        if len(self._stack) >= MAX_DEPTH:
            self._fail("too_deep", f"Elements are nested deeper than {MAX_DEPTH}.", name)
        limit = self._grammar.attribute_limits.get(name, MAX_ATTRIBUTES)
        if len(attributes) > limit:
            self._fail("too_many_attributes", f"More than {limit} attributes on one element.", name)
        self._check_place(name)
        parser = self._parser
        node = Node(name, attributes, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        if self._stack:
            parent = self._stack[-1]
            parent.parts.append(node)
            parent.children.append(node)
        else:
            self._root = node
        self._stack.append(node)

    def _check_place(self, name: str) -> None:
        shown = name[:NAME_SHOWN]
        if not self._stack:
            if name != ROOT:
                self._fail("not_a_response", f"The root is <{shown}>, not <{ROOT}>.", name)
            return
        parent = self._stack[-1].name
        if name in self._grammar.inside.get(parent, frozenset()):
            if name in self._grammar.later:
                self._fail("not_supported_yet", f"<{shown}> is not supported yet.", name)
            return
        if name in self._grammar.known:
            self._fail("wrong_nesting", f"<{shown}> cannot stand inside <{parent}>.", name)
        self._fail("unknown_element", f"There is no element <{shown}>.", name)

    def _end(self, _name: str) -> None:
        self._stack.pop()

    def _text(self, data: str) -> None:
        node = self._stack[-1]
        if not data.isspace():  # indentation between children does not count
            node.size += len(data)
        if node.size > MAX_TEXT:
            self._fail("text_too_long", f"More than {MAX_TEXT} characters of text.", node.name)
        node.parts.append(data)


def _refuse_malformed(xml: bytes, error: expat.ExpatError) -> NoReturn:
    line, column = error.lineno, error.offset + 1
    try:
        xml.decode("utf-8")
    except UnicodeDecodeError:
        raise FlowXmlError(
            "not_utf8", "The document is not UTF-8.", line=line, column=column
        ) from None
    if not xml.strip():
        raise FlowXmlError("not_well_formed", "The document is empty.") from None
    reason = expat.ErrorString(error.code) or "unknown error"
    raise FlowXmlError(
        "not_well_formed", f"This is not well-formed XML: {reason}.", line=line, column=column
    ) from None
