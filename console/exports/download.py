"""The answer that carries an export's file, whole or in part (CSV-05, RFC 9110 section 14)."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from console.exports import files
from console.exports.models import Compression, Export, Format
from console.exports.ranges import Unsatisfiable, wanted_range
from console.records.slots import Download

_TYPES = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.JSONL: "application/x-ndjson; charset=utf-8",
}


def file_answer(request: HttpRequest, export: Export) -> HttpResponseBase:
    """200, 206 or 416; one query, and one of the account's download slots while it is read."""
    etag, size = f'"{export.sha256}"', export.size_bytes
    try:
        asked = wanted_range(
            request.headers.get("Range", ""),
            if_range=request.headers.get("If-Range", ""),
            etag=etag,
            size=size,
        )
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, length = (asked.start, asked.length) if asked else (0, size)
    answer = StreamingHttpResponse(
        iter(()) if request.method == "HEAD" else _blocks(export, start, length),
        status=206 if asked else 200,
        content_type=_type(export),
        headers={
            "Content-Disposition": f'attachment; filename="{export.file_name}"',
            "Content-Length": str(length),
            "Accept-Ranges": "bytes",
            "ETag": etag,
            "Cache-Control": "private, no-store",
        },
    )
    if asked:
        answer.headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    return answer


def _blocks(export: Export, start: int, length: int) -> Download:
    parts = list(export.parts.order_by("number").values_list("number", "size_bytes"))
    blocks: Iterator[bytes] = files.read_range(export.pk, parts, start=start, length=length)
    return Download(export.account_id, blocks)


def _type(export: Export) -> str:
    if export.compression == Compression.GZIP:
        return "application/gzip"
    return _TYPES[Format(export.format)]
