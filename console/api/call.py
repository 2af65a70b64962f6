"""One request of the API, signed in, and what it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from console.accounts.actors import Credential
from console.accounts.models import Account, Subaccount

Body = dict[str, Any]
File = Any
"""An uploaded file of Django."""


@dataclass(slots=True)
class ApiCall:
    """Who asks, in which scope, with which arguments.

    `subaccount` narrows everything that is looked up (TEN-03): the credential's own, or the one
    whose path the main account uses. `args` are checked and typed by the operation's `Args`; what
    was not given is not in it. `raw` is all that was sent. `base` is the path of the scope, such
    as `/v1/Account/MA…/`. `unheeded` collects what was sent in vain, for the compatibility report.
    """

    credential: Credential
    account: Account
    subaccount: Subaccount | None
    api_id: UUID
    method: str
    path: str
    ip: str
    raw: Body = field(default_factory=dict)
    args: Body = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    idempotency_key: str = ""
    agent: str = ""
    unheeded: list[tuple[str, str, str]] = field(default_factory=list)
    operation: str = ""

    @property
    def base(self) -> str:
        """The path that this request's objects live under."""
        return base_path(self.account, self.subaccount)

    @property
    def is_main(self) -> bool:
        """Whether the main account's own token signed in."""
        return self.credential.subaccount is None

    def partly(self, name: str, why: str) -> None:
        """Notes an argument that is only half honoured, for the compatibility report."""
        self.unheeded.append((name, "partly", why))


@dataclass(slots=True)
class Reply:
    """An answer: `body` gets its `api_id` on the way out; None is an empty body (204).

    `text` instead of a body is plain text.
    """

    status: int = 200
    body: Body | None = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


def base_path(account: Account, subaccount: Subaccount | None = None) -> str:
    """`/v1/Account/{auth_id}/` of an account or subaccount."""
    return f"/v1/Account/{(subaccount or account).auth_id}/"


def done(message: str, *, status: int = 200, **ids: Any) -> Reply:
    """An action's answer: a message beside ids."""
    return Reply(status, {"message": message, **ids})


def created(**ids: Any) -> Reply:
    """201 `created`, with the ids of what was made."""
    return Reply(201, {"message": "created", **ids})


def changed(**more: Any) -> Reply:
    """202 `changed`."""
    return Reply(202, {"message": "changed", **more})


def deleted() -> Reply:
    """204, no body."""
    return Reply(204)
