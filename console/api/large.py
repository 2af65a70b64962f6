"""Bodies over one megabyte: who may send one, before it is read (WEB-07)."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest

from console.api import sign_in
from console.api.gate import most_bytes
from console.core.errors import DomainError
from console.core.http import client_ip

log = structlog.get_logger(__name__)
_ASKED = {b"authorization": "HTTP_AUTHORIZATION", b"x-forwarded-for": "HTTP_X_FORWARDED_FOR"}


def room_for(scope: MutableMapping[str, Any]) -> int:
    """How many bytes of body a request may bring, by its ASGI scope.

    More than one megabyte only for an operation that takes more, and only to whoever has signed in
    (one query then, on a connection that is given back). Never raises.
    """
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    path = str(scope["path"])
    if scope["method"] != "POST" or not path.startswith("/v1/"):
        return usual
    room = most_bytes(path)
    return room if room > usual and _signed_in(scope, path) else usual


def _signed_in(scope: MutableMapping[str, Any], path: str) -> bool:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": scope["client"][0] if scope.get("client") else ""}
    for name, value in scope["headers"]:
        if name in _ASKED:
            request.META[_ASKED[name]] = value.decode("latin-1")
    try:
        credential = sign_in.credential_of(request, client_ip(request))
        sign_in.scope_of(credential, path)
    except (sign_in.Unauthorized, DomainError):
        return False
    except Error as error:
        log.warning("large_body_database_away", error=type(error).__name__)
        return False
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return True
