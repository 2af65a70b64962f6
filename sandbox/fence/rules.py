"""The rules, in order. Each looks at the question and gives a finding or a refusal.

The first refusal decides; the rules after it are shown as skipped. Sources: trust.md GATE-01 to
GATE-07, NUM-02 to NUM-08; the error codes are GATE-10's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.fence import account_rules, call_rules, number_rules
from sandbox.fence.question import Question
from sandbox.fence.verdict import Answer


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's stable name, its title for people, and the function that decides."""

    name: str
    title: str
    decide: Callable[[Question], Answer]


RULES: tuple[Rule, ...] = (
    Rule("account_state", "The account may act", account_rules.account_state),
    Rule("known_path", "Known kind of traffic", account_rules.known_path),
    Rule("denial_rate", "Not too many refusals", account_rules.denial_rate),
    Rule("number_form", "A well-formed destination", number_rules.number_form),
    Rule("number_type", "A type of number that we reach", number_rules.number_type),
    Rule("high_risk_prefix", "Not in a closed range", number_rules.high_risk_prefix),
    Rule("region", "An open country", number_rules.region),
    Rule("sip", "A SIP address that may be called", number_rules.sip),
    Rule("destination", "A destination that the trial may reach", number_rules.destination),
    Rule("caller_id", "A caller ID of your own", call_rules.caller_id),
    Rule("credit", "Enough credit", call_rules.credit),
    Rule("concurrent_calls", "Calls at the same time", call_rules.concurrent_calls),
    Rule("calls_a_second", "Calls a second", call_rules.calls_a_second),
)
