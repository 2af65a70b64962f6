"""Where a customer's URL may lead: resolve once, judge every address (SSRF-02, SSRF-03)."""

from __future__ import annotations

from sandbox.webhooks.addresses import IPAddress
from sandbox.webhooks.answers import TryFailedError
from sandbox.webhooks.policy import ErrorClass, Policy
from sandbox.webhooks.resolver import LookupFailedError, Resolver
from sandbox.webhooks.targets import Target


def judged_addresses(
    target: Target, *, policy: Policy, resolver: Resolver, seconds: float, owner: str = ""
) -> tuple[IPAddress, ...]:
    """The addresses of the target's host, every one of them allowed, and its port open.

    Connect to one of these and to nothing else. `seconds` limits the look-up, which
    counts as its `owner`'s. Raises TryFailedError.
    """
    literal = target.address
    found = (literal,) if literal else _look_up(target.host, policy, resolver, seconds, owner)
    rules = policy.addresses
    if not rules.allows_all(found):
        raise TryFailedError(
            ErrorClass.NOT_ALLOWED,
            "This host is not on the public internet; it was not called.",
        )
    if target.port not in policy.ports and not all(map(rules.opened, found)):
        ports = ", ".join(map(str, sorted(policy.ports)))
        raise TryFailedError(
            ErrorClass.NOT_ALLOWED,
            f"Port {target.port} is not open for callbacks. Use one of {ports}.",
        )
    return found


def _look_up(
    host: str, policy: Policy, resolver: Resolver, seconds: float, owner: str
) -> tuple[IPAddress, ...]:
    try:
        limit = min(policy.resolve_seconds, seconds)
        return resolver.resolve(host, timeout=limit, owner=owner)
    except LookupFailedError as error:
        sentence = (
            f"The name {host} could not be looked up in time."
            if error.timed_out
            else f"There is no host named {host}."
        )
        raise TryFailedError(ErrorClass.NO_CONNECTION, sentence, retry_kind="ct") from error
