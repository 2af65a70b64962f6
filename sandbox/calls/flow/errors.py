"""The one error of the XML reader, with a place and a stable code."""

# Every code a document can be refused with (trust.md XML-01, compat/xml.md section 1).
CODES = frozenset(
    {
        "too_large",  # more than 100 KB
        "not_utf8",  # bytes that are not UTF-8, or another encoding declared
        "doctype",  # any DOCTYPE or entity declaration
        "processing_instruction",
        "not_well_formed",
        "too_many_elements",  # more than 200
        "too_deep",  # deeper than 8
        "too_many_attributes",  # more than 20 on one element
        "text_too_long",  # more than 4,000 characters in one element
        "not_a_response",  # the root element is not <Response>
        "unknown_element",
        "wrong_nesting",
        "missing_child",  # a Dial without Number or User
        "missing_attribute",  # a MultiPartyCall without a role
        "not_supported_yet",  # a real element that Ringfence does not run yet
    }
)


class FlowXmlError(Exception):
    """A document that cannot be run.

    `code` is one of `CODES`; `message` is plain English for the developer who wrote the XML;
    `line` and `column` count from 1 (0 when there is no place); `element` may be empty.
    """

    def __init__(
        self, code: str, message: str, *, line: int = 0, column: int = 0, element: str = ""
    ) -> None:
        super().__init__(f"Line {line}, column {column}: {message}" if line else message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.element = element
