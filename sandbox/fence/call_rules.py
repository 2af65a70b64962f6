"""Rules about the caller ID, the money and the pace (GATE-06, GATE-09)."""

from __future__ import annotations

from console.core import limits
from console.core.money import ZERO, money
from console.core.numbers import display
from sandbox.fence.kinds import NEW_CALLS, OWN_SENDER, Kind, Origin
from sandbox.fence.question import Question, sip_address
from sandbox.fence.verdict import Answer, Finding, Refusal, skipped


def caller_id(ask: Question) -> Answer:
    """GATE-06: the caller shows a number that is the account's to show."""
    if ask.origin in OWN_SENDER:
        return skipped("The platform's own sender.")
    if not ask.from_:
        if ask.dry and ask.origin == Origin.DRY_RUN:
            return skipped("No caller ID was given.")
        return _not_owned("No caller ID was given.")
    address = sip_address(ask.from_)
    if address is not None:
        mine = address.is_ours and ask.owns_endpoint(address.user)
        return Finding("It is your endpoint.") if mine else _not_owned("It is not your endpoint.")
    return _number_as_caller(ask)


def _number_as_caller(ask: Question) -> Answer:
    number = ask.from_number
    if number is None:
        why = f": {ask.from_error.message}" if ask.from_error else "."
        return _not_owned(f"The caller ID is no phone number{why}")
    shown = display(number.e164)
    if ask.owns_number(number.e164):
        return Finding(f"{shown} is one of your numbers.")
    if ask.policy.verified_caller_ids and ask.has_proved(number.e164):
        return Finding(f"{shown} is one of your verified numbers.")
    return _not_owned(f"{shown} is neither rented by nor verified on this account.")


def _not_owned(saw: str) -> Refusal:
    return Refusal(
        saw=saw,
        code="caller_id_not_owned",
        cause=3030,
        fix="Choose one of your numbers",
        fix_url="/numbers/",
        field="from",
    )


def credit(ask: Question) -> Answer:
    """The account pays for what leaves; the platform pays for its codes."""
    if ask.origin == Origin.OTP:
        return skipped("Codes cost the account nothing.")
    left = money(ask.account.credit)
    if left <= ZERO:
        return Refusal(
            saw="The account has no credit left.",
            code="insufficient_credit",
            cause=1010,
            fix="Ask for more credit",
            fix_url="/settings/",
        )
    return Finding(f"The account has ${left:.2f}.")


def concurrent_calls(ask: Question) -> Answer:
    """GATE-09: a trial's calls at the same time. Further legs of a running call are not counted."""
    if (why := _not_a_new_call(ask)) is not None:
        return why
    limit = ask.policy.concurrent_calls
    ask.hold(calls_bucket(ask))
    living = ask.live_calls() + (ask.ahead or 0)
    # On the second look the call itself is among those that live.
    if living >= limit + (1 if ask.again else 0):
        return Refusal(
            saw=f"{living} calls are running; a trial has {limit} at a time.",
            code="trial_limit_reached",
            status=429,
            cause=5030,
            retry_after=10,
            fix="See the living calls",
            fix_url="/calls/live/",
        )
    return Finding(f"{living} of {limit} calls at a time are in use.")


def calls_a_second(ask: Question) -> Answer:
    """GATE-09: how fast a trial may begin calls. The first look counts, the second does not."""
    if (why := _not_a_new_call(ask)) is not None:
        return why
    if ask.again:
        return skipped("It was counted when the request came in.")
    if ask.ahead is not None:
        return skipped(f"It waits its turn: {ask.policy.calls_a_second} a second.")
    try:
        if not ask.pace_checked:
            (limits.check if ask.dry else limits.take)([calls_bucket(ask)])
    except limits.BucketFull as full:
        return Refusal(
            saw=f"A trial begins {ask.policy.calls_a_second} call a second.",
            code="trial_limit_reached",
            status=429,
            cause=5030,
            retry_after=full.retry_after,
            fix="Wait a second",
        )
    return Finding(f"At most {ask.policy.calls_a_second} a second.")


def calls_bucket(ask: Question) -> limits.Bucket:
    """The account's new calls, in any second (GATE-09)."""
    window = limits.Window(ask.policy.calls_a_second, 1)
    return limits.Bucket(kind="calls", subject=ask.account.auth_id, windows=(window,))


def _not_a_new_call(ask: Question) -> Finding | None:
    if ask.kind != Kind.CALL or ask.origin == Origin.OTP:
        return skipped("It is no call of the account's.")
    if ask.origin not in NEW_CALLS:
        return skipped("It is a further leg of a call that runs already.")
    if not ask.account.on_trial:
        return skipped("Only trial accounts are held to this.")
    return None
