"""Auth tokens: made, recognised, used for signing, rotated, revoked (ACC-08 to ACC-11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from console.accounts import audit
from console.accounts.actors import Actor, Credential
from console.accounts.models import Account, AuthToken, Subaccount
from console.accounts.querysets import TenantQuerySet
from console.core import clock, ids, prepared
from console.core.errors import DomainError, NotFound
from console.core.limits import MINUTE, Bucket, Window, address_subjects, take
from console.core.seals import keyed_hash, same, seal, unseal

_PURPOSE = "auth-token"
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SigningTokens:
    """Clear tokens for signatures, newest first: a rotated one within its grace signs too.

    `own` is the subaccount's, or the same as `main` where there is none.
    """

    main: list[str]
    own: list[str]


def _hash(token: str) -> str:
    return keyed_hash(settings.TOKEN_PEPPER, "token|v1", token)


def _live(now: datetime) -> Q:
    return Q(expires_at=None) | Q(expires_at__gt=now)


def issue_token(account: Account, subaccount: Subaccount | None = None) -> str:
    """A first token for the account or subaccount; the clear text is given this once.

    Raises DomainError `token_exists` when there is a current one: rotate that. One query.
    """
    token = ids.new_token(sub=subaccount is not None)
    owner = subaccount.auth_id if subaccount else account.auth_id
    row = AuthToken(
        account=account,
        subaccount=subaccount,
        token_hash=_hash(token),
        sealed=seal(token.encode(), purpose=_PURPOSE, bound_to=owner),
        hint=f"{token[:4]}…{token[-4:]}",
    )
    with transaction.atomic():
        if not AuthToken.objects.bulk_create([row], ignore_conflicts=True) or not _known(row):
            raise DomainError("There is a token already. Rotate it.", code="token_exists")
    return token


def _known(row: AuthToken) -> bool:
    made = AuthToken.objects.unscoped("the row just written")
    return made.filter(token_hash=row.token_hash).exists()


def signing_tokens(account: Account, subaccount: Subaccount | None = None) -> SigningTokens:
    """The tokens that sign a callback of this account or subaccount; for the signer only.

    One query. A token that was revoked does not sign.
    """
    mine = Q(subaccount=None) | Q(subaccount=subaccount) if subaccount else Q(subaccount=None)
    rows = AuthToken.objects.for_account(account).filter(_live(clock.now()), mine)
    newest = sorted(rows, key=lambda row: (row.created_at, row.pk), reverse=True)
    main = [_open(row, account.auth_id) for row in newest if row.subaccount_id is None]
    if subaccount is None:
        return SigningTokens(main=main, own=main)
    own = [_open(row, subaccount.auth_id) for row in newest if row.subaccount_id]
    return SigningTokens(main=main, own=own)


@dataclass(frozen=True, slots=True)
class LiveToken:
    """A token that signs now: the auth id it belongs to, its hint, and its clear text.

    `ending` says that it is within the grace of a rotation.
    """

    owner: str
    hint: str
    clear: str = field(repr=False)
    main: bool = True
    ending: bool = False


def live_tokens(account: Account) -> list[LiveToken]:
    """Every token that signs for the account or its subaccounts, the account's first (one query).

    For the signature debugger, which shows none of them.
    """
    rows = AuthToken.objects.for_account(account).filter(_live(clock.now()))
    found = [
        LiveToken(
            owner=(owner := row.subaccount.auth_id if row.subaccount else account.auth_id),
            hint=row.hint,
            clear=_open(row, owner),
            main=row.subaccount is None,
            ending=row.expires_at is not None,
        )
        for row in rows.select_related("subaccount").order_by("-created_at", "-pk")
    ]
    return sorted(found, key=lambda token: (not token.main, token.owner))


def _open(row: AuthToken, owner: str) -> str:
    return unseal(row.sealed, purpose=_PURPOSE, bound_to=owner).decode()


@transaction.atomic
def rotate_token(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    grace_hours: int,
    actor: Actor,
    ip: str = "",
) -> str:
    """A new token, given this once; the current one lives on for `grace_hours` (ACC-10).

    0 ends it at once. Raises DomainError `bad_grace` above 72 hours.
    """
    if not 0 <= grace_hours <= 72:
        raise DomainError("Choose 0 to 72 hours.", code="bad_grace", field="grace_hours")
    now = clock.now()
    current = _rows(account, subaccount).filter(expires_at=None)
    if grace_hours:
        current.update(expires_at=now + timedelta(hours=grace_hours))
    else:
        current.delete()
    token = issue_token(account, subaccount)
    audit.record(
        action="token.rotated",
        actor=actor,
        account=account,
        object_type="subaccount" if subaccount else "account",
        object_id=(subaccount or account).auth_id,
        data={"grace_hours": grace_hours, "new": f"{token[:4]}…{token[-4:]}"},
        ip=ip,
    )
    return token


@transaction.atomic
def revoke_token(*, account: Account, token_id: UUID, actor: Actor, ip: str = "") -> AuthToken:
    """Ends a token at once on every process, sealed copy and all; NotFound when it is not theirs.

    `token_id` is its `public_id`. Gives the row that was, with its subaccount.
    """
    mine = AuthToken.objects.for_account(account).select_related("subaccount")
    row = mine.filter(public_id=token_id).first()
    if row is None:
        raise NotFound("This token is gone already.")
    row.delete()
    audit.record(
        action="token.revoked",
        actor=actor,
        account=account,
        object_type="token",
        object_id=str(token_id),
        data={"hint": row.hint},
        ip=ip,
    )
    return row


def _rows(account: Account, subaccount: Subaccount | None) -> TenantQuerySet[AuthToken]:
    return AuthToken.objects.for_account(account).filter(subaccount=subaccount)


def authenticate_token(auth_id: str, token: str, *, ip: str = "") -> Credential | None:
    """Who signs in with this id and token; None for any reason why not (ACC-11).

    Unknown id and wrong token cost the same: one look-up by the token's keyed hash. A suspended
    account or a disabled subaccount gives None too. Notes the use at most once a minute.
    """
    now = clock.now()
    found = _OWNER_OF.rows(_hash(token))
    account, subaccount, row = _read(found[0]) if found else (None, None, ())
    owner = subaccount or account
    if not same(owner.auth_id if owner else "", auth_id) or account is None:
        return None
    key, hint, expires_at, last_used_at = row
    if expires_at is not None and expires_at <= now:
        return None
    if not account.may_act or (subaccount and not subaccount.enabled):
        return None
    if last_used_at is None or now - last_used_at > _NOTED_EVERY:
        rows = AuthToken.objects.unscoped("noting the use of this token")
        rows.filter(pk=key).update(last_used_at=now, last_used_ip=ip or None)
    return Credential(account=account, subaccount=subaccount, hint=hint)


_ACCOUNT = tuple(field.attname for field in Account._meta.concrete_fields)
_SUBACCOUNT = tuple(field.attname for field in Subaccount._meta.concrete_fields)


def _owner_query() -> Any:
    rows = AuthToken.objects.unscoped("signing in finds the account")
    return rows.filter(token_hash=prepared.text(0)).values_list(
        *("pk", "hint", "expires_at", "last_used_at"),
        *(f"account__{name}" for name in _ACCOUNT),
        *(f"subaccount__{name}" for name in _SUBACCOUNT),
    )


# Every request of the API asks this, so it is compiled once.
_OWNER_OF = prepared.Prepared(_owner_query)


def _read(row: Sequence[Any]) -> tuple[Account, Subaccount | None, Sequence[Any]]:
    own, mine = row[4 : 4 + len(_ACCOUNT)], row[4 + len(_ACCOUNT) :]
    account = Account.from_db("default", _ACCOUNT, own)
    if mine[0] is None:
        return account, None, row[:4]
    subaccount = Subaccount.from_db("default", _SUBACCOUNT, mine)
    subaccount.account = account
    return account, subaccount, row[:4]


def authenticate_api(*, auth_id: str, token: str, ip: str) -> Credential | None:
    """As `authenticate_token`, for the API: failures are counted by id and by network (ACC-11).

    Raises LimitReached, with the seconds to wait, at the 21st failure in five minutes. The right
    token is never refused for what others tried with its id.
    """
    credential = authenticate_token(auth_id, token, ip=ip)
    if credential is None:
        window = (Window(settings.TRUST.api_failures_5_min, 5 * MINUTE),)
        network, _ = address_subjects(ip)
        take(
            [
                Bucket(kind="api-failure-ip", subject=network, windows=window),
                Bucket(kind="api-failure-id", subject=auth_id[:64], windows=window),
            ]
        )
    return credential


def forget_expired_tokens() -> int:
    """Deletes tokens whose grace is over, with their sealed copies; gives how many."""
    old = AuthToken.objects.unscoped("retention").filter(expires_at__lte=clock.now())
    return old.delete()[0]
