"""The request log: written with each answer, read by its owner."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest

from console.accounts.models import Account, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.api import compat
from console.api.call import ApiCall, Reply
from console.api.models import ApiRequest, IdempotentRequest
from console.api.redact import clean, kept
from console.core import clock
from console.core.errors import NotFound

log = structlog.get_logger(__name__)
BODIES_KEPT: Final = timedelta(days=7)
ROWS_KEPT: Final = timedelta(days=30)
PAGE: Final = 50
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which requests the page shows; "" and None stand for all."""

    text: str = ""
    failed: bool = False
    method: str = ""
    before: int | None = None


def note(call: ApiCall, request: HttpRequest, reply: Reply, *, milliseconds: float) -> None:
    """Writes the row (one query; more when something was sent in vain).

    It comes after the answer's commit, so a failure here is logged and never becomes a 5xx, which
    SDKs would answer with the same request once more (compat/README.md 4.4).
    """
    body = reply.body or {}
    try:
        _insert(
            ApiRequest(
                api_id=call.api_id,
                account=call.account,
                subaccount=call.subaccount,
                method=call.method,
                path=clean(call.path)[:512],
                query=clean(request.META.get("QUERY_STRING", ""))[:2000],
                operation=call.operation,
                status=reply.status,
                milliseconds=round(milliseconds, 2),
                sent=kept({k: v for k, v in call.raw.items() if k not in request.GET}),
                answered=kept(body) if call.method != "GET" or reply.status >= 400 else "",
                error=str(body.get("error", ""))[:200] if reply.status >= 400 else "",
                ip=call.ip or None,
                agent=call.agent[:120],
            )
        )
        if call.unheeded:
            compat.note_parameters(call)
    except Exception as error:
        log.exception("api_request_not_logged", error=type(error).__name__)


_FIELDS: Final = tuple(one for one in ApiRequest._meta.concrete_fields if not one.primary_key)
_INSERT: Final = (
    f"INSERT INTO {ApiRequest._meta.db_table} ({', '.join(str(f.column) for f in _FIELDS)})"  # noqa: S608
    f" VALUES ({', '.join(['%s'] * len(_FIELDS))})"
)


def _insert(row: ApiRequest) -> None:
    """One statement: every request writes one, and `save` would cost three times as much."""
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in _FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)


def find_request(
    *, account: Account, api_id: UUID | str, subaccount: Subaccount | None = None
) -> ApiRequest:
    """The account's request of that `api_id` (one query); raises NotFound."""
    mine = ApiRequest.objects.for_account(account, subaccount).select_related("subaccount")
    found = mine.filter(api_id=api_id).first()
    if found is None:
        raise NotFound
    return found


def list_requests(*, account: Account, wanted: Wanted) -> tuple[list[ApiRequest], int | None]:
    """The newest requests that are wanted, fifty at a time, and the key of the next page.

    One query. Pages go by the row's own order, so new requests do not move them.
    """
    rows: TenantQuerySet[ApiRequest] = ApiRequest.objects.for_account(account)
    if wanted.failed:
        rows = rows.filter(status__gte=400)
    if wanted.method:
        rows = rows.filter(method=wanted.method)
    if wanted.text:
        rows = rows.filter(_matches(wanted.text))
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return found[:PAGE], more


def _matches(text: str) -> Q:
    asked = Q(path__icontains=text) | Q(operation__icontains=text) | Q(error__icontains=text)
    if _is_uuid(text):
        asked |= Q(api_id=text)
    if text.isascii() and text.isdigit() and len(text) == 3:
        asked |= Q(status=int(text))
    return asked


def _is_uuid(text: str) -> bool:
    return bool(_UUID.fullmatch(text))


def as_curl(one: ApiRequest, *, base_url: str, auth_id: str) -> str:
    """The request as a curl command; the token comes from the reader's own environment."""
    url = base_url + one.path + (f"?{one.query}" if one.query else "")
    parts = ["curl", "-sS", "-X", one.method, "-u", f'"{auth_id}:$PLIVO_AUTH_TOKEN"']
    if one.sent:
        parts += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(one.sent)]
    return " ".join([*parts, shlex.quote(url)])


def forget_old(batch: int = 5000) -> int:
    """Deletes bodies after a week and rows after thirty days; gives how many it touched."""
    now = clock.now()
    every: Any = ApiRequest.objects.unscoped("retention")
    bodies = _keys(every.filter(at__lt=now - BODIES_KEPT, trimmed=False), batch)
    touched = every.filter(pk__in=bodies).update(sent="", answered="", trimmed=True)
    touched += every.filter(pk__in=_keys(every.filter(at__lt=now - ROWS_KEPT), batch)).delete()[0]
    answers = IdempotentRequest.objects.unscoped("retention")
    old = _keys(answers.filter(until__lt=now), batch)
    touched += answers.filter(pk__in=old).delete()[0]
    return int(touched) + compat.forget_old()


def _keys(rows: Any, batch: int) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:batch])
