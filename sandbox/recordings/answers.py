"""A file as an HTTP answer that honours one range (RFC 9110 section 14), read piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_PIECE: Final = 64 * 1024
_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def file_answer(
    request: HttpRequest, path: Path, *, content_type: str, name: str, download: bool
) -> HttpResponseBase:
    """The file, or the part that was asked for (206); 416 for a part that is not there.

    Several ranges at once are answered with the whole file, as the RFC allows. Raises
    FileNotFoundError.
    """
    size = path.stat().st_size
    wanted = _wanted(request.headers.get("Range", ""), size)
    if wanted is None:
        answer: HttpResponseBase = HttpResponse(status=416)
        answer["Content-Range"] = f"bytes */{size}"
        return answer
    start, end = wanted
    whole = (start, end) == (0, size)
    status = 200 if whole else 206
    if request.method == "HEAD":
        answer = HttpResponse(status=status, content_type=content_type)
    else:
        pieces = _pieces(path, start, end)
        answer = StreamingHttpResponse(pieces, status=status, content_type=content_type)
    answer["Accept-Ranges"] = "bytes"
    answer["Content-Length"] = str(end - start)
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = f'{"attachment" if download else "inline"}; filename="{name}"'
    if not whole:
        answer["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return answer


def _wanted(header: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None when the range lies outside of the file."""
    found = _RANGE.fullmatch(header.replace(" ", "").lower())
    if found is None or found[0] == "bytes=-":
        return 0, size
    first, last = found[1], found[2]
    if not first:  # the last so many bytes
        return (max(0, size - int(last)), size) if int(last) and size else None
    start = int(first)
    end = min(size, int(last) + 1) if last else size
    if last and int(last) < start:
        return 0, size  # not a range at all
    return (start, end) if start < size else None


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        left = end - start
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
