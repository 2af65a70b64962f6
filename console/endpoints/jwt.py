"""Access tokens for browser phones: HS256 JSON Web Tokens (RFC 7519), signed by the auth token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any, Final

from console.accounts.models import Account, Subaccount
from console.accounts.services.tokens import signing_tokens
from console.applications.models import Application
from console.core import clock
from console.core.errors import DomainError
from console.endpoints.models import Endpoint

SHORTEST, LONGEST = timedelta(seconds=180), timedelta(seconds=86_400)
_HEADER: Final = {"alg": "HS256", "cty": "plivo;v=1", "typ": "JWT"}


def mint(
    *,
    account: Account,
    issuer: str,
    subaccount: Subaccount | None = None,
    username: str = "",
    app_id: str = "",
    not_before: int | None = None,
    expires: int | None = None,
    incoming: bool = False,
    outgoing: bool = False,
) -> str:
    """A token that lets a browser register as an endpoint, or call through an application.

    `not_before` and `expires` are epoch seconds: now and a day later by default. Up to three
    queries. Raises DomainError `invalid_parameter` naming what cannot be used.
    """
    owner = (subaccount or account).auth_id
    if issuer != owner:
        raise _wrong("iss", "it is your own auth id")
    if incoming and not username:
        raise _wrong("sub", "who may be called needs a name")
    if username and not _endpoints(account, subaccount).filter(username=username).exists():
        raise _wrong("sub", "no endpoint has this name")
    if app_id and not _applications(account, subaccount).filter(app_id=app_id).exists():
        raise _wrong("app", "no application has this id")
    begins = int(clock.now().timestamp()) if not_before is None else not_before
    ends = begins + int(LONGEST.total_seconds()) if expires is None else expires
    if not SHORTEST.total_seconds() <= ends - begins <= LONGEST.total_seconds():
        raise _wrong("exp", "a token lives three minutes to a day")
    keys = signing_tokens(account, subaccount).own
    if not keys:
        raise _wrong("iss", "its token was revoked, so nothing can sign")
    voice = {"incoming_allow": incoming, "outgoing_allow": outgoing}
    payload = {
        "app": app_id,
        "exp": ends,
        "iss": issuer,
        "nbf": begins,
        "per": {"voice": voice},
        "sub": username,
    }
    return _signed(payload, keys[0])


def _endpoints(account: Account, subaccount: Subaccount | None) -> Any:
    return Endpoint.objects.for_account(account, subaccount)


def _applications(account: Account, subaccount: Subaccount | None) -> Any:
    return Application.objects.for_account(account, subaccount)


def _signed(payload: dict[str, Any], key: str) -> str:
    parts = [
        _encode(json.dumps(part, separators=(",", ":")).encode()) for part in (_HEADER, payload)
    ]
    digest = hmac.new(key.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _encode(digest)])


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _wrong(name: str, why: str) -> DomainError:
    return DomainError(f"{name} parameter is invalid: {why}", code="invalid_parameter", field=name)
