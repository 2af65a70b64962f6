"""Pages of multiparty calls, whose `meta` counts with `count` (compat/rest.md)."""

from __future__ import annotations

from typing import Any

from console.api.call import ApiCall, Reply
from console.api.paging import limits, listed


def counted(call: ApiCall, objects: list[dict[str, Any]], total: int) -> Reply:
    """The envelope of a page; the total stands under both names that programs look for."""
    limit, offset = limits(call.raw)
    reply = listed(call, objects, total, limit, offset)
    assert reply.body is not None
    reply.body["meta"]["count"] = total
    return reply
