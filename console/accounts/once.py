"""A new token on its way to the one page that shows it (ACC-10).

It waits in the session, sealed, and is taken out by the first look.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from django.http import HttpRequest

from console.accounts.models import Account, Subaccount
from console.core.seals import seal, unseal

_KEY, _PURPOSE = "token_once", "token-once"


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """A clear token and the auth id that it goes with."""

    token: str
    auth_id: str


def put(
    request: HttpRequest, *, account: Account, token: str, subaccount: Subaccount | None = None
) -> None:
    """Keeps a token for the next look at the page."""
    sealed = seal(token.encode(), purpose=_PURPOSE, bound_to=account.auth_id)
    request.session[_KEY] = {
        "auth_id": account.auth_id,
        "whose": (subaccount or account).auth_id,
        "sealed": base64.b64encode(sealed).decode(),
    }


def take(request: HttpRequest, *, account: Account) -> Shown | None:
    """The waiting token of this account or its subaccount, once; None when there is none."""
    waiting = request.session.get(_KEY)
    if not waiting or waiting["auth_id"] != account.auth_id:
        return None
    del request.session[_KEY]
    raw = base64.b64decode(waiting["sealed"])
    token = unseal(raw, purpose=_PURPOSE, bound_to=account.auth_id).decode()
    return Shown(token, waiting.get("whose", account.auth_id))
