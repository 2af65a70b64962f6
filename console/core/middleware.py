"""Guards on every request and answer of the console (WEB-02, WEB-03, WEB-04, WEB-07)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden

from console.core.http import body_length

Next = Callable[[HttpRequest], HttpResponseBase]
_SAFE = {"GET", "HEAD", "OPTIONS"}


class SafetyHeaders:
    """Puts on every answer what WEB-04 asks; private pages are not stored anywhere."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer with its headers; those that a view has set stay."""
        response = self.get_response(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        if settings.SECURE_HSTS_SECONDS:
            # Django's own middleware sees plain HTTP behind a proxy and would leave it out.
            response.headers.setdefault(
                "Strict-Transport-Security",
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload",
            )
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class InputGuard:
    """Refuses what no page of ours ever sends, before a view sees it.

    NUL in any value is a 400 (PostgreSQL would make it a 500), and an unsafe method that a browser
    sends from another site is a 403 even with a valid CSRF token. A body over 1 MiB is a 413 before
    it is read: files would go to disk, and no page takes any.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The view's answer, or the refusal."""
        if request.method not in _SAFE and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return HttpResponseForbidden("Requests from other sites are refused.")
        if body_length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return HttpResponse("The form is too large.", status=413)
        if "\0" in request.path or _has_nul(request):
            return HttpResponse("A value contains a NUL character.", status=400)
        return self.get_response(request)


def _has_nul(request: HttpRequest) -> bool:
    if any("\0" in value for value in request.COOKIES.values()):  # quoted cookies spell it \\000
        return True
    if "%00" in request.META.get("QUERY_STRING", "") and any(
        "\0" in value for values in request.GET.lists() for value in [values[0], *values[1]]
    ):
        return True
    if request.method in _SAFE or not (request.content_type or "").startswith(
        ("application/x-www-form-urlencoded", "multipart/")
    ):
        return False
    return any("\0" in value for values in request.POST.lists() for value in values[1])
