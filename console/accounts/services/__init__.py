"""What can be done with people, accounts and tokens; every face calls these."""

from __future__ import annotations

from console.accounts.services.accounts import (
    NewAccount,
    create_account,
    first_token,
    open_trial,
)
from console.accounts.services.states import change_state, wake_on_state_change
from console.accounts.services.subaccounts import (
    NewSubaccount,
    create_subaccount,
    delete_subaccount,
    find_subaccount,
    on_subaccount_delete,
    update_subaccount,
)
from console.accounts.services.tokens import (
    SigningTokens,
    authenticate_api,
    authenticate_token,
    issue_token,
    revoke_token,
    rotate_token,
    signing_tokens,
)

__all__ = [
    "NewAccount",
    "NewSubaccount",
    "SigningTokens",
    "authenticate_api",
    "authenticate_token",
    "change_state",
    "create_account",
    "create_subaccount",
    "delete_subaccount",
    "find_subaccount",
    "first_token",
    "issue_token",
    "on_subaccount_delete",
    "open_trial",
    "revoke_token",
    "rotate_token",
    "signing_tokens",
    "update_subaccount",
    "wake_on_state_change",
]
