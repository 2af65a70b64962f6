"""The API's routes of verification (compat/rest.md): each resource in a module of its own."""

from __future__ import annotations

from sandbox.verification.api_caller_ids import urlpatterns as caller_ids
from sandbox.verification.api_sessions import urlpatterns as sessions

urlpatterns = [*caller_ids, *sessions]
