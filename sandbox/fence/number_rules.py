"""Rules about the destination (NUM-01 to NUM-08, GATE-04, GATE-05)."""

from __future__ import annotations

from urllib.parse import urlencode

from console.core.numbers import display
from sandbox.fence.kinds import Kind, Origin, Place
from sandbox.fence.models import NumberState
from sandbox.fence.policy import open_regions
from sandbox.fence.question import Question
from sandbox.fence.verdict import Answer, Finding, Refusal, skipped


def number_form(ask: Question) -> Answer:
    """NUM-01 to NUM-05: one number or one SIP address, in a form that is what it looks like."""
    if ask.sip is not None:
        if ask.kind == Kind.MESSAGE:
            return _malformed("A message goes to a phone number, not to a SIP address.")
        return Finding(f"SIP address {ask.sip.uri}")
    if ask.number is None:
        return _malformed(ask.number_error.message if ask.number_error else "This is no number.")
    return Finding(f"{display(ask.number.e164)}, {ask.number.country}")


def _malformed(saw: str) -> Refusal:
    return Refusal(
        saw=saw,
        code="invalid_number",
        cause=2000,
        fix="Write it with + and the country code, such as +1 202 555 0142",
        fix_url="/help/errors/invalid_number/",
    )


def number_type(ask: Question) -> Answer:
    """NUM-06: mobiles and fixed lines; premium, shared-cost and satellite numbers never."""
    if ask.number is None or ask.stays_here:
        return skipped(f"It is {ask.place.label}.")
    number = ask.number
    texted_line = ask.kind == Kind.MESSAGE and not number.sms_otp
    if number.supported and not texted_line:
        return Finding(f"It is {number.type.words}.")
    what = "a satellite or global number" if number.region == "001" else number.type.words
    return Refusal(
        saw=f"It is {what}, which Ringfence does not "
        f"{'text' if ask.kind == Kind.MESSAGE else 'call'}.",
        code="destination_type_not_supported",
        cause=2040,
        fix="Call it instead" if number.supported else "Choose a mobile number",
        fix_url="/help/errors/destination_type_not_supported/",
    )


def high_risk_prefix(ask: Question) -> Answer:
    """NUM-08: ranges that are used for fraud are closed to all, before any country is looked at."""
    if ask.number is None or ask.stays_here:
        return skipped(f"It is {ask.place.label}.")
    if (row := ask.closed_prefix) is not None:
        return Refusal(
            saw=f"Numbers that begin with {row.prefix} are closed: {row.reason}.",
            code="geo_not_permitted",
            status=403,
            cause=2050,
            fix="Ask the operator about this range",
            fix_url="/help/errors/geo_not_permitted/",
        )
    return Finding("Its prefix is not on the list of closed ranges.")


def region(ask: Question) -> Answer:
    """NUM-07: the country, not the country code, must be open."""
    if ask.number is None or ask.stays_here:
        return skipped(f"It is {ask.place.label}.")
    if ask.number.region not in open_regions(ask.account, ask.policy):
        return Refusal(
            saw=f"{ask.number.country} is not open on this installation.",
            code="geo_not_permitted",
            status=403,
            cause=2030,
            fix="Ask the operator to open this country",
            fix_url="/help/errors/geo_not_permitted/",
        )
    return Finding(f"{ask.number.country} is open.")


def sip(ask: Question) -> Answer:
    """GATE-05: a trial reaches its own endpoints only; external SIP addresses are closed to it."""
    if ask.sip is None:
        return skipped("It is not a SIP address.")
    if ask.place == Place.OWN_ENDPOINT:
        return Finding("It is one of your own endpoints.")
    if ask.sip.is_ours:
        return Refusal(
            saw="No endpoint of this account has this SIP address.",
            code="trial_destination_not_verified",
            cause=2020,
            fix="See your endpoints",
            fix_url="/endpoints/",
        )
    if ask.account.on_trial:
        return Refusal(
            saw="A trial account cannot call SIP addresses outside this platform.",
            code="trial_destination_not_verified",
            cause=2040,
            fix="Create an endpoint and call that",
            fix_url="/endpoints/new/",
        )
    return Finding("It is an external SIP address, which a full account may call.")


def destination(ask: Question) -> Answer:
    """GATE-04: what a trial may reach."""
    if ask.origin == Origin.OTP:
        return skipped("The platform itself sends the code that proves the number.")
    if ask.stays_here:
        return Finding(f"It is {ask.place.label}.")
    if not ask.account.on_trial:
        return skipped("Only trial accounts are held to verified numbers.")
    if ask.number is not None and ask.has_proved(ask.number.e164):
        return Finding("It is one of your verified sandbox numbers.")
    return _not_verified(ask)


def _not_verified(ask: Question) -> Refusal:
    number, shown = ask.sandbox_number, display(ask.to)
    if number is None:
        saw, fix = f"{shown} is not a sandbox number of this account.", f"Verify {shown}"
        url = f"/sandbox-numbers/?{urlencode({'number': ask.to})}"
    else:
        state, public_id = number
        saw, fix = _standing(shown, state)
        url = f"/sandbox-numbers/{public_id}/"
    return Refusal(saw=saw, code="trial_destination_not_verified", cause=2040, fix=fix, fix_url=url)


def _standing(shown: str, state: str) -> tuple[str, str]:
    if state == NumberState.PENDING:
        return f"{shown} is not verified yet.", f"Enter the code for {shown}"
    return f"The verification of {shown} no longer holds.", f"Verify {shown} again"
