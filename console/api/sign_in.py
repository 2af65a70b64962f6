"""Who asks: Basic credentials, and the scope that the path names (ACC-11, TEN-02)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from console.accounts.actors import Credential
from console.accounts.models import Subaccount
from console.accounts.services import authenticate_api, authenticate_token
from console.core.errors import Forbidden

_ACCOUNT: Final = re.compile(r"/v1/Account/([^/]+)/")
_SAFE: Final = {"GET", "HEAD", "OPTIONS"}


class Unauthorized(Exception):
    """No, or wrong, credentials for this path: 401 in plain text."""


def refuse_foreign_browsers(request: HttpRequest) -> None:
    """Browsers replay Basic credentials, so other sites' pages may change nothing (ACC-11)."""
    if request.method in _SAFE:
        return
    foreign = _is_foreign(request.headers.get("Origin", ""))
    if foreign or request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("Requests from other sites are refused.")


def _is_foreign(origin: str) -> bool:
    try:
        return bool(origin) and urlsplit(origin).netloc != urlsplit(settings.PUBLIC_URL).netloc
    except ValueError:  # no origin of any browser
        return True


def credential_of(request: HttpRequest, ip: str, *, counted: bool = True) -> Credential:
    """Who signed in (one query). Raises Unauthorized; LimitReached after too many failures.

    Not `counted` where the same request is to sign in once more.
    """
    scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise Unauthorized
    try:
        pair = base64.b64decode(coded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unauthorized from error
    auth_id, _, token = pair.partition(":")
    if "\0" in pair:
        raise Unauthorized
    known = authenticate_api if counted else authenticate_token
    credential = known(auth_id=auth_id, token=token, ip=ip)
    if credential is None:
        raise Unauthorized
    return credential


def scope_of(credential: Credential, path: str) -> Subaccount | None:
    """The subaccount that narrows the request; None for the whole main account.

    Raises Unauthorized when the path names another account, whether or not there is one. Only the
    main credentials may use a path of one of their own subaccounts (one query then).
    """
    found = _ACCOUNT.match(path)
    if found is None or found[1] == credential.auth_id:
        return credential.subaccount
    if credential.subaccount is not None:
        raise Unauthorized
    mine = Subaccount.objects.for_account(credential.account)
    subaccount = mine.filter(auth_id=found[1]).first()
    if subaccount is None:
        raise Unauthorized
    return subaccount
