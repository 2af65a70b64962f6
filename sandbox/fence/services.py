"""The one gate (GATE-01): `authorize` is the only maker of permits, and nothing leaves without one.

`check` and `check_each` when a request arrives, `authorize` at the moment of dispatch (GATE-02),
`dry_run` to ask without consequence. All run the same rules and give the same Verdict; none raises
a refusal: `verdict.require()` does. Call them outside a transaction that a refusal would roll back,
so that the record of the refusal stays (GATE-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction

from console.accounts.models import Account, Subaccount
from console.core import clock, limits
from sandbox.fence import facts
from sandbox.fence.account_rules import denial_bucket
from sandbox.fence.kinds import Origin, Outcome
from sandbox.fence.many import Common, OneOfMany
from sandbox.fence.models import FenceDenial
from sandbox.fence.question import Question
from sandbox.fence.rules import RULES, Rule
from sandbox.fence.verdict import Answer, Refusal, RuleResult, Verdict, skipped
from sandbox.network.models import Permit

log = structlog.get_logger(__name__)


def authorize(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    kind: str,
    from_: str,
    to: str,
    origin: str,
    again: bool = False,
    dry_run: bool = False,
) -> Verdict:
    """Judges an attempt and, when it may leave now, makes its permit (up to a dozen queries).

    `again` says that `check` has passed the same attempt already, so that it is not counted twice
    against calls a second. A refusal is recorded for the owner. With `dry_run` nothing is written.
    """
    ask = _ask(account, subaccount, kind, from_, to, origin, again=again, dry=dry_run)
    return _decide(ask, permit=not dry_run)


def check(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    kind: str,
    from_: str,
    to: str,
    origin: str,
    ahead: int | None = None,
) -> Verdict:
    """The first look, when a request arrives: as `authorize`, but without a permit.

    With `ahead` the call will wait in the account's line instead of being refused for its pace;
    so many calls of the same request have passed already and are about to join that line.
    """
    ask = _ask(account, subaccount, kind, from_, to, origin, again=False, dry=False)
    ask.ahead = ahead
    return _decide(ask, permit=False)


def check_each(
    *,
    account: Account,
    subaccount: Subaccount | None = None,
    kind: str,
    ways: Sequence[tuple[str, str]],
    origin: str,
    in_line: bool = False,
    stop: bool = False,
) -> list[Verdict]:
    """`check` for each pair of caller and destination of one request, in order; same verdicts.

    What they share is read once, ten queries whatever their number; a refusal costs seven more
    until the fence is shut. With `in_line` each waits behind those before it, as with `ahead`; with
    `stop` the first refusal is the last verdict.
    """
    common = Common(account, subaccount, clock.now())
    for place, (from_, to) in enumerate(ways):
        common.add(kind=kind, from_=from_, to=to, origin=origin, ahead=place if in_line else None)
    verdicts: list[Verdict] = []
    late: list[FenceDenial] = []
    for ask in common.asks:
        shut = common.shut
        verdicts.append(verdict := _decide(ask, permit=False, record=not shut))
        if verdict.allowed:
            continue
        # A fence that is shut counts no more refusals, so these can be written together.
        late += [_denial(ask, verdict)] if shut else []
        common.look_again()
        if stop:
            break
    if late:
        _record_late(late)
    return verdicts


def dry_run(
    *, account: Account, subaccount: Subaccount | None = None, kind: str, from_: str, to: str
) -> Verdict:
    """Would this go through? Writes nothing, counts nothing, sends nothing."""
    origin = Origin.DRY_RUN
    ask = _ask(account, subaccount, kind, from_, to, origin, again=False, dry=True)
    return _decide(ask, permit=False)


def _ask(
    account: Account,
    subaccount: Subaccount | None,
    kind: str,
    from_: str,
    to: str,
    origin: str,
    *,
    again: bool,
    dry: bool,
) -> Question:
    return Question(
        account=account,
        subaccount=subaccount,
        kind=kind,
        from_=from_,
        to=to,
        origin=origin,
        now=clock.now(),
        again=again,
        dry=dry,
    )


def _decide(ask: Question, *, permit: bool, record: bool = True) -> Verdict:
    try:
        # A dry run writes nothing, and many together have read it all: nothing to hold together.
        alone = not ask.dry and not isinstance(ask, OneOfMany)
        with transaction.atomic() if alone else nullcontext():
            ask.read_again()
            verdict = _judge(ask, permit=permit)
    except Exception as error:
        # GATE-03: whatever goes wrong in here, the answer is no.
        log.exception("fence_failed", error=type(error).__name__)
        verdict = _broken(ask)
    if not verdict.allowed and record and not ask.dry:
        _record(ask, verdict)
    return verdict


def _judge(ask: Question, *, permit: bool) -> Verdict:
    results: list[RuleResult] = []
    refusal: Refusal | None = None
    for rule in RULES:
        if refusal is not None:
            answer: Answer = skipped("An earlier rule refused already.")
        else:
            answer = rule.decide(ask)
        if isinstance(answer, Refusal):
            refusal = answer
        results.append(_result(rule, answer))
    return Verdict(
        kind=ask.kind,
        origin=ask.origin,
        to=ask.to,
        rules=tuple(results),
        refusal=refusal,
        permit=_permit(ask) if permit and refusal is None else None,
    )


def _result(rule: Rule, answer: Answer) -> RuleResult:
    if isinstance(answer, Refusal):
        return RuleResult(
            rule=rule.name,
            title=rule.title,
            outcome=Outcome.FAIL,
            saw=answer.saw,
            fix=answer.fix,
            fix_url=answer.fix_url,
        )
    return RuleResult(rule=rule.name, title=rule.title, outcome=answer.outcome, saw=answer.saw)


def _permit(ask: Question) -> Permit:
    return Permit.objects.create(
        account=ask.account,
        kind=ask.kind,
        to=ask.to,
        network=facts.current_network(),
        origin=ask.origin,
        expires_at=ask.now + timedelta(seconds=settings.TRUST.permit_seconds),
    )


def _broken(ask: Question) -> Verdict:
    refusal = Refusal(
        saw="The fence could not decide, so nothing was sent. Please try again.",
        code="unavailable",
        status=503,
        cause=5010,
        retry_after=5,
    )
    line = _result(Rule("fence", "The fence answers", lambda _: refusal), refusal)
    return Verdict(
        kind=ask.kind, origin=ask.origin, to=ask.raw_to[:64], rules=(line,), refusal=refusal
    )


def _record(ask: Question, verdict: Verdict) -> None:
    """GATE-11: the owner sees it; twenty in ten minutes shut the fence and alert staff."""
    denial = _denial(ask, verdict)
    try:
        with transaction.atomic():
            denial.save()
        limits.take([denial_bucket(ask)])
    except limits.BucketFull:
        log.warning("fence_denials_alert", account=ask.account.auth_id, rule=denial.rule)
    except Exception as error:
        log.exception("fence_record_failed", error=type(error).__name__)


def _record_late(denials: list[FenceDenial]) -> None:
    """Those of a shut fence, in one query."""
    try:
        with transaction.atomic():
            FenceDenial.objects.bulk_create(denials, batch_size=500)
    except Exception as error:
        log.exception("fence_record_failed", error=type(error).__name__)


def _denial(ask: Question, verdict: Verdict) -> FenceDenial:
    rule = verdict.refused_by
    assert rule is not None and verdict.refusal is not None
    return FenceDenial(
        account=ask.account,
        subaccount=ask.subaccount,
        kind=ask.kind[:16],
        origin=ask.origin[:24],
        to=masked(verdict.to),
        rule=rule.rule,
        code=verdict.refusal.code,
    )


def masked(to: str) -> str:
    """Country code and last two digits of a number, the host of a SIP address (WEB-10)."""
    if to.startswith("sip:"):
        return f"sip:…@{to.rpartition('@')[2]}"[:64]
    digits = "".join(character for character in to if character in "+0123456789")
    return f"{digits[:3]}…{digits[-2:]}" if len(digits) > 6 else "…"
