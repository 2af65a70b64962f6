"""Error pages: no stack, no settings, no word on what exists; only what to do (WEB-11)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from console.core.errors import AWAY_FOR, DATABASE_AWAY, DomainError

Next = Callable[[HttpRequest], HttpResponseBase]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere."""
    return render(request, "403.html", {"csrf": True}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not allowed."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: never was, is gone, or is another tenant's: all the same."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: only the request id. Asks nothing of database, session or context processors.

    503 with Retry-After while the database does not answer (REL-04).
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    away = isinstance(sys.exc_info()[1], DATABASE_AWAY)
    page = render_to_string("500.html", {"request_id": request_id, "away": away})
    if away:
        return HttpResponse(page, status=503, headers={"Retry-After": str(AWAY_FOR)})
    return HttpResponse(page, status=500)


class Refusals:
    """Turns a DomainError that no view has caught into a page, or for htmx into a toast."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The view's answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The refusal as an answer; None for any other exception."""
        if not isinstance(error, DomainError):
            return None
        response = _toast(error) if getattr(request, "htmx", False) else _page(request, error)
        if error.retry_after is not None:
            response["Retry-After"] = str(error.retry_after)
        return response


def _page(request: HttpRequest, error: DomainError) -> HttpResponse:
    if error.status == 404:
        return not_found(request)
    return render(request, "refused.html", {"error": error}, status=error.status)


def _toast(error: DomainError) -> HttpResponse:
    response = HttpResponse(status=error.status)
    response["HX-Reswap"] = "none"
    response["HX-Trigger"] = json.dumps({"toast": {"text": error.message, "tone": "bad"}})
    return response
