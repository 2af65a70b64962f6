"""The download of a page, as it is sent: so many records at once (CSV-04), or an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from console.accounts import audit
from console.accounts.middleware import ConsoleRequest
from console.core import clock
from console.core.http import client_ip
from console.records.slots import Download


def is_too_long(rows: QuerySet[Any]) -> bool:
    """Whether more records match than are sent directly; a limit of 0 is none.

    One query, which stops there; none without a limit.
    """
    most = settings.TRUST.csv_direct_rows
    return bool(most) and rows.order_by().values_list("pk")[most : most + 1].exists()


def offer_export(request: HttpRequest, *, kind: str, filters: Mapping[str, str]) -> HttpResponse:
    """Goes to where the same rows are exported, and says why."""
    most = settings.TRUST.csv_direct_rows
    messages.info(
        request,
        f"More than {most:,} records match. Such a file is made in the background: "
        "start it here, and download it when it is ready.",
    )
    return redirect(f"{reverse('exports:new')}?{urlencode({'kind': kind, **filters})}")


def send(
    request: ConsoleRequest, blocks: Iterator[bytes], *, kind: str, filters: Mapping[str, str]
) -> StreamingHttpResponse:
    """The blocks as a CSV file named after its `kind`, recorded with its filters.

    Raises LimitReached when the account or the process sends enough of them already.
    """
    download = Download(request.account.pk, blocks)
    try:
        audit.record(
            action=f"{kind}.download",
            actor=request.user,
            account=request.account,
            object_type=kind,
            object_id="csv",
            data=dict(filters),
            ip=client_ip(request),
        )
    except Exception:
        download.close()
        raise
    name = f"{kind}-{request.account.auth_id}-{clock.now():%Y%m%d-%H%M%S}.csv"
    return StreamingHttpResponse(
        download,
        content_type="text/csv; charset=utf-8; header=present",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
