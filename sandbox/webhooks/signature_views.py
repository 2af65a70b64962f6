"""The signature debugger's page."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from console.accounts.decorators import writer_required
from console.accounts.middleware import ConsoleRequest
from console.accounts.models import Account
from console.accounts.services.tokens import live_tokens
from console.core.errors import DomainError, NotFound
from console.core.http import render_page
from console.core.limits import MINUTE, Bucket, Window, take
from sandbox.webhooks import debugger, selectors
from sandbox.webhooks.forms import SignatureForm
from sandbox.webhooks.misreadings import Seen
from sandbox.webhooks.models import WebhookDelivery
from sandbox.webhooks.pasted import seen_of
from sandbox.webhooks.records import HIDDEN
from sandbox.webhooks.targets import TargetError, parse_target


@writer_required
@require_http_methods(["GET", "HEAD", "POST"])
def signatures(request: ConsoleRequest) -> HttpResponse:
    """The form, filled in from a try when `row` names one; POST shows the report below it.

    Only for those who may change the account: what it shows can sign a request to their server.
    """
    form = SignatureForm(initial=_from_log(request))
    shown: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        form = SignatureForm(request.POST)
        status = 400
        if form.is_valid() and _is_url(form):
            try:
                take([_bucket(request.account)])
            except DomainError as error:
                status, shown = error.status, {"refusal": error}
            else:
                status, shown = 200, _report(request.account, form)
    shown["hidden"] = HIDDEN in str(form["body"].value() or "")
    return render_page(request, "webhooks/signatures.html", {"form": form, **shown}, status=status)


def _report(account: Account, form: SignatureForm) -> dict[str, Any]:
    given = form.cleaned_data
    seen = seen_of(**given)
    row = selectors.by_nonce(account=account, nonce=seen.nonce)
    report = debugger.check(seen, live_tokens(account))
    if row and report.verdict.tone == "unknown" and _is_ours(seen, row):
        report = replace(report, verdict=debugger.CHANGED)
    return {
        "seen": seen,
        "report": report,
        "row": row,
        "differences": _differences(seen, row) if row else [],
    }


def _is_ours(seen: Seen, row: WebhookDelivery) -> bool:
    """Whether a pasted signature is one that we sent, whatever became of the token since."""
    sent = {part for value in row.headers.values() for part in value.split(",")}
    return bool(sent & seen.all_signatures)


def _differences(seen: Seen, row: WebhookDelivery) -> list[tuple[str, str, str]]:
    return debugger.differences(
        seen, method=row.method, url=row.url, params=row.params, hidden=HIDDEN
    )


def _is_url(form: SignatureForm) -> bool:
    try:
        parse_target(form.cleaned_data["url"])
    except TargetError as error:
        form.add_error("url", str(error))
        return False
    return True


def _from_log(request: ConsoleRequest) -> dict[str, str]:
    """The form's values from a try of the log; empty when none is named."""
    try:
        row_id = UUID(request.GET.get("row", ""))
        row = selectors.get_delivery(account=request.account, row_id=row_id)
    except (ValueError, NotFound):
        return {}
    wanted = [name for name in row.headers if name.startswith("X-Plivo-")]
    return {
        "method": row.method,
        "url": row.url,
        "headers": "\n".join(f"{name}: {row.headers[name]}" for name in wanted),
        "body": json.dumps(row.params, ensure_ascii=False, indent=0) if row.params else "",
    }


def _bucket(account: Account) -> Bucket:
    limit = settings.TRUST.signature_checks_minute
    return Bucket(kind="signature_check", subject=account.auth_id, windows=(Window(limit, MINUTE),))
