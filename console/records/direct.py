"""How many records a download of a page gives at once (CSV-04); more are exported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


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
