"""All routes. Each app keeps its own; public ones are named in tests/tenancy."""

from __future__ import annotations

from django.urls import include, path

APPS = (
    "console.home",
    "console.accounts",
    "sandbox.verification",
    "sandbox.fence",
    "sandbox.network",
    "console.numbers",
    "console.applications",
    "console.endpoints",
    "console.records",
    "console.exports",
    "sandbox.calls",
    "sandbox.messages",
    "sandbox.conferences",
    "sandbox.recordings",
    "sandbox.webhooks",
    "console.api",
    "console.privacy",
    "console.help",
)
handler400 = "console.home.errors.bad_request"
handler403 = "console.home.errors.forbidden"
handler404 = "console.home.errors.not_found"
handler500 = "console.home.errors.server_error"

urlpatterns = [
    *(path("", include(f"{app}.urls")) for app in APPS),
    path("", include("console.home.operator_urls")),
    path("accounts/", include("allauth.urls")),
]
