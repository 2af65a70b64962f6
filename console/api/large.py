"""Bodies over one megabyte: who may send one, before it is read (WEB-07)."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest

from console.api import sign_in
from console.api.gate import away, most_bytes
from console.core.http import client_ip

log = structlog.get_logger(__name__)
_ASKED = {b"authorization": "HTTP_AUTHORIZATION", b"x-forwarded-for": "HTTP_X_FORWARDED_FOR"}


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes of body a request may bring, and on whose account ("" for the usual)."""

    most: int
    owner: str = ""


class AwayError(Exception):
    """The database cannot say who asks: `answer` is what the API says then."""

    def __init__(self) -> None:
        super().__init__()
        response = away()
        headers = [
            (name.lower().encode(), value.encode("latin-1")) for name, value in response.items()
        ]
        # The rest of the body is not read.
        headers.append((b"connection", b"close"))
        self.answer: tuple[dict[str, Any], dict[str, Any]] = (
            {"type": "http.response.start", "status": response.status_code, "headers": headers},
            {"type": "http.response.body", "body": response.content},
        )


def room_for(scope: MutableMapping[str, Any]) -> Room:
    """The room of a request, by its ASGI scope.

    More than one megabyte only for an operation that takes more, and only to whoever has signed in
    (one query then, on a connection that is given back). A wrong token is not counted here: the
    operation refuses it, and counts it, once. Raises AwayError.
    """
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    path = str(scope["path"])
    if scope["method"] != "POST" or not path.startswith("/v1/"):
        return Room(usual)
    most = most_bytes(path)
    owner = _signed_in(scope, path) if most > usual else ""
    return Room(most, owner) if owner else Room(usual)


def _signed_in(scope: MutableMapping[str, Any], path: str) -> str:
    """The auth id of the main account, which all its subaccounts share; "" for nobody."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": scope["client"][0] if scope.get("client") else ""}
    for name, value in scope["headers"]:
        if name in _ASKED:
            request.META[_ASKED[name]] = value.decode("latin-1")
    try:
        credential = sign_in.credential_of(request, client_ip(request), counted=False)
        sign_in.scope_of(credential, path)
    except sign_in.Unauthorized:
        return ""
    except Error as error:
        log.warning("large_body_database_away", error=type(error).__name__)
        raise AwayError from error
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return credential.account.auth_id
