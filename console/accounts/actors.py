"""Who does something: a person, an API credential, or the platform itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from console.accounts.models import Account, Subaccount, User


@dataclass(frozen=True, slots=True)
class Credential:
    """Proof that a request came with a token of ours (ACC-11).

    `subaccount` is None for the main account's token; `hint` names the token without giving it
    away.
    """

    account: Account
    subaccount: Subaccount | None
    hint: str

    @property
    def auth_id(self) -> str:
        """The id that was signed in with."""
        return self.subaccount.auth_id if self.subaccount else self.account.auth_id


Actor: TypeAlias = User | Credential | str
"""A text names the platform's own doing: `system`, `operator`, a job's name."""


def describe(actor: Actor) -> tuple[str, str, UUID | None]:
    """Kind, readable name and (for people) public id, as the audit log keeps them."""
    if isinstance(actor, User):
        return "user", actor.email, actor.public_id
    if isinstance(actor, Credential):
        return "token", f"{actor.auth_id} {actor.hint}", None
    return "system", actor, None
