"""Idempotency-Key: the same request twice is one deed and one answer (BG-10)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction

from console.api.call import ApiCall, Body, Reply
from console.api.models import IdempotentRequest, IdempotentState
from console.api.redact import redacted
from console.core import clock, randomness
from console.core.errors import DomainError
from console.core.seals import keyed_hash, seal, unseal

_RUNS_AT_MOST = timedelta(seconds=60)
LONGEST = 255
_PURPOSE, _SEALED = "idempotency", "sealed_answer"


def once(call: ApiCall, run: Callable[[], Reply]) -> Reply:
    """Runs the request, or gives the answer that the same key got before.

    Raises DomainError: 400 for an unusable key, 409 while the first still runs, 422 when the body
    differs. Refusals are not remembered. The answer is stored in the transaction of the deed.
    """
    key = call.idempotency_key
    if not key:
        return run()
    if len(key) > LONGEST or not all(32 < ord(sign) < 127 for sign in key):
        raise DomainError(
            "Idempotency-Key takes at most 255 printable ASCII characters.",
            code="invalid_idempotency_key",
        )
    scope = keyed_hash(
        settings.TOKEN_PEPPER, "idempotency|v1", f"{call.base}|{call.method}|{call.path}|{key}"
    )
    sent = hashlib.sha256(orjson.dumps(call.raw, option=orjson.OPT_SORT_KEYS)).hexdigest()
    owner = randomness.new_uuid()
    known = _claim(call, scope, sent, owner)
    if known is not None:
        return known
    return _run(call, run, scope, owner)


def _claim(call: ApiCall, scope: str, sent: str, owner: UUID) -> Reply | None:
    """Takes the key (None), or gives the answer that it has."""
    now = clock.now()
    fresh = IdempotentRequest(
        account=call.account, scope=scope, body_hash=sent, owner=owner, until=now + _RUNS_AT_MOST
    )
    IdempotentRequest.objects.bulk_create([fresh], ignore_conflicts=True)
    rows = IdempotentRequest.objects.for_account(call.account).filter(scope=scope)
    row = rows.get()
    if row.owner == owner:
        return None
    if row.until <= now:  # a day is over, or the first one died
        won = rows.filter(owner=row.owner, until=row.until).update(
            owner=owner, until=now + _RUNS_AT_MOST, body_hash=sent, state=IdempotentState.RUNNING
        )
        if won:
            return None
    elif row.body_hash != sent:
        raise DomainError(
            "This Idempotency-Key was used with another body.",
            code="idempotency_key_reused",
            status=422,
        )
    elif row.state == IdempotentState.DONE:
        return Reply(row.status, _opened(row.answer, scope), {"Idempotent-Replayed": "true"})
    raise DomainError(
        "A request with this Idempotency-Key is still running.",
        code="idempotency_key_running",
        status=409,
        retry_after=1,
    )


def _run(call: ApiCall, run: Callable[[], Reply], scope: str, owner: UUID) -> Reply:
    mine = IdempotentRequest.objects.for_account(call.account).filter(scope=scope, owner=owner)
    try:
        with transaction.atomic():
            # A refusal must not unwind the counters that it raised (OTP-05): caught inside.
            try:
                reply = run()
            except DomainError as error:
                refusal: DomainError | None = error
            else:
                refusal = None
                until = clock.now() + timedelta(hours=settings.TRUST.idempotency_hours)
                answer = {**(reply.body or {}), "api_id": str(call.api_id)} if reply.body else None
                mine.update(
                    state=IdempotentState.DONE,
                    status=reply.status,
                    answer=_storable(answer, scope),
                    until=until,
                )
    except Exception:
        mine.delete()
        raise
    if refusal is not None:
        mine.delete()
        raise refusal
    return reply


def _storable(answer: Body | None, scope: str) -> Body | None:
    """The answer as it may lie in the database: one that holds a token is sealed (ACC-09)."""
    if answer is None or redacted(answer) == answer:
        return answer
    sealed = seal(orjson.dumps(answer), purpose=_PURPOSE, bound_to=scope)
    return {_SEALED: base64.b64encode(sealed).decode()}


def _opened(answer: Body | None, scope: str) -> Body | None:
    if answer is None or _SEALED not in answer:
        return answer
    raw = base64.b64decode(answer[_SEALED])
    opened: Body = orjson.loads(unseal(raw, purpose=_PURPOSE, bound_to=scope))
    return opened
