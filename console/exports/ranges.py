"""Which bytes of a file a request asks for (RFC 9110 section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Range:
    """First byte and length."""

    start: int
    length: int


class Unsatisfiable(Exception):
    """The range begins behind the file's end: 416."""


def wanted_range(header: str, *, if_range: str, etag: str, size: int) -> Range | None:
    """The one range that is asked for; None means the whole file.

    Several ranges at once, and what cannot be read, mean the whole file too, and so does an
    If-Range that names another file. Raises Unsatisfiable.
    """
    found = _SINGLE.fullmatch(header.strip())
    if not found or found.group(0) == "bytes=-" or (if_range and if_range.strip() != etag):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        start = size - length
    else:
        start = int(first)
        if last and int(last) < start:
            return None
        length = min(int(last) + 1 if last else size, size) - start
    if length <= 0:
        raise Unsatisfiable
    return Range(start, length)
