"""The one HTTP client for customers' URLs (SSRF-01…06, HOOK-03)."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlencode

import httpx

from console.core import clock as system_clock
from console.core import randomness
from console.core.clock import Clock
from sandbox.webhooks import chaos
from sandbox.webhooks.addresses import IPAddress
from sandbox.webhooks.answers import (
    REMOTE_ERRORS,
    TryFailedError,
    failed,
    read_answer,
    remote_failure,
)
from sandbox.webhooks.judging import judged_addresses
from sandbox.webhooks.policy import (
    Attempt,
    ErrorClass,
    FetchResult,
    OutgoingRequest,
    Policy,
)
from sandbox.webhooks.resolver import SYSTEM_RESOLVER, Resolver
from sandbox.webhooks.signatures import NONCE_DIGITS, delivery_headers, signature_headers
from sandbox.webhooks.targets import Target, TargetError, parse_target
from sandbox.webhooks.transport import Budget, PinnedTransport

# A task has 45 s in all (BG-07), and a fetch may take 40 of them.
_SECOND_SENDING = 3.0
_FORM = "application/x-www-form-urlencoded; charset=UTF-8"
# The library writes every URL, parameters included, into the log at INFO (WEB-10).
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


class Watcher(Protocol):
    """Told of every try, before and after, so that a record survives a killed worker."""

    def started(self, attempt: Attempt) -> None:
        """`attempt` is about to be sent; it has no outcome yet."""
        ...

    def finished(self, attempt: Attempt) -> None:
        """`attempt` has its outcome."""
        ...


def fetch(
    request: OutgoingRequest,
    *,
    policy: Policy,
    resolver: Resolver = SYSTEM_RESOLVER,
    clock: Clock = system_clock,
    watcher: Watcher | None = None,
    dice: chaos.Dice = chaos.no_fault,
) -> FetchResult:
    """Sends a request to a customer's server, with the retries its URL asks for.

    What the other side does wrong comes back in the result and is never raised. All tries
    together end within the total of the URL's settings (15 s unless it says otherwise, 40 s at
    the most), however slowly bytes arrive. No query; safe to call from any thread.

    `dice` says before each try what its owner wants to go wrong with it. A request that is to
    arrive twice is sent again after its last try, for 3 s at the most; nobody acts on that answer,
    which only the watcher sees.
    """
    try:
        target = parse_target(request.url, defaults=policy.defaults)
    except TargetError as error:
        attempt = _refused(request, clock, str(error))
        if watcher:
            watcher.started(attempt)
            watcher.finished(attempt)
        return FetchResult((attempt,))
    params = {_clean(key): _clean(value) for key, value in request.params.items()}
    if request.method == "GET":
        target = target.with_query(urlencode(params))
    request = replace(request, params=params)
    return _Fetch(request, target, policy, resolver, clock, watcher, dice).run()


class _Fetch:
    """One request under way: the target, the clock it runs against, and its tries."""

    def __init__(
        self,
        request: OutgoingRequest,
        target: Target,
        policy: Policy,
        resolver: Resolver,
        clock: Clock,
        watcher: Watcher | None,
        dice: chaos.Dice,
    ) -> None:
        self.request, self.target, self.policy = request, target, policy
        self.resolver, self.clock, self.watcher, self.dice = resolver, clock, watcher, dice
        self.deadline = time.monotonic() + target.settings.total_ms / 1000

    def run(self) -> FetchResult:
        settings = self.target.settings
        tries = 1 + (settings.retries if self.request.retry else 0)
        done: list[Attempt] = []
        twice = False
        for offset in range(tries):
            fault = self.dice()
            twice = twice or fault.double
            attempt = self._try(self.request.first_attempt + offset, fault)
            done.append(attempt)
            if attempt.retry_kind not in settings.retry_on or time.monotonic() >= self.deadline:
                break
        if twice and done[-1].error is not ErrorClass.NOT_ALLOWED:
            self.deadline = time.monotonic() + _SECOND_SENDING
            self._try(done[-1].number + 1, chaos.Fault(double=True), double=True)
        return FetchResult(tuple(done))

    def _try(self, number: int, fault: chaos.Fault, *, double: bool = False) -> Attempt:
        attempt = Attempt(
            number=number,
            started_at=self.clock.now(),
            url=self.target.url,
            method=self.request.method,
            headers={},
            fault=fault.sentence,
            double=double,
        )
        attempt = replace(attempt, headers=self._headers(attempt))
        if self.watcher:
            self.watcher.started(attempt)
        began = time.monotonic()
        attempt = self._outcome(attempt, fault)
        attempt = replace(attempt, elapsed_ms=round((time.monotonic() - began) * 1000))
        if self.watcher:
            self.watcher.finished(attempt)
        return attempt

    def _headers(self, attempt: Attempt) -> dict[str, str]:
        form = {"Content-Type": _FORM} if self.request.method == "POST" else {}
        return {
            "Host": self.target.netloc,
            "User-Agent": self.policy.user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **form,
            **signature_headers(
                method=self.request.method,
                url=self.target.url,
                params=self.request.params,
                nonce=randomness.digits(NONCE_DIGITS),
                tokens=self.request.tokens,
                main_tokens=self.request.main_tokens,
            ),
            **delivery_headers(
                delivery_id=self.request.delivery_id,
                attempt=attempt.number,
                at=attempt.started_at,
                event_at=self.request.event_at,
                sequence=self.request.sequence,
            ),
        }

    def _outcome(self, attempt: Attempt, fault: chaos.Fault) -> Attempt:
        try:
            addresses = self._addresses()
            chaos.before(fault, deadline=self.deadline)
            if fault.status:
                return chaos.answer_in_place(fault, attempt)
            attempt = self._exchange(attempt, addresses)
            return chaos.after(fault, attempt, deadline=self.deadline)
        except TryFailedError as failure:
            return failed(attempt, failure)

    def _addresses(self) -> tuple[IPAddress, ...]:
        return judged_addresses(
            self.target,
            policy=self.policy,
            resolver=self.resolver,
            seconds=max(0.0, self.deadline - time.monotonic()),
            owner=self.request.owner,
        )

    def _exchange(self, attempt: Attempt, addresses: tuple[IPAddress, ...]) -> Attempt:
        settings = self.target.settings
        budget = Budget(
            connect=settings.connect_ms / 1000,
            read=settings.read_ms / 1000,
            deadline=self.deadline,
        )
        transport = PinnedTransport(
            self.target,
            addresses,
            budget=budget,
            max_bytes=self.request.max_bytes,
            tls=self.policy.tls,
        )
        try:
            with httpx.Client(transport=transport, trust_env=False) as client:
                return self._send(client, attempt)
        except REMOTE_ERRORS as error:
            raise remote_failure(error, connected=budget.connected) from error

    def _send(self, client: httpx.Client, attempt: Attempt) -> Attempt:
        body = urlencode(self.request.params).encode() if self.request.method == "POST" else None
        # The name in the URL is for the library's eyes; the transport sends the target's bytes.
        place = httpx.URL(scheme=self.target.scheme, host=self.target.host, path="/")
        outgoing = httpx.Request(
            self.request.method, place, headers=dict(attempt.headers), content=body
        )
        answer = client.send(outgoing, stream=True, follow_redirects=False)
        try:
            return read_answer(answer, attempt, self.request)
        finally:
            answer.close()


def _refused(request: OutgoingRequest, clock: Clock, sentence: str) -> Attempt:
    return Attempt(
        number=request.first_attempt,
        started_at=clock.now(),
        url=request.url.partition("#")[0],
        method=request.method,
        headers={},
        error=ErrorClass.NOT_ALLOWED,
        sentence=sentence,
    )


def _clean(text: str) -> str:
    """Text that UTF-8 can carry: lone surrogates become question marks, as they would be signed."""
    return text.encode("utf-8", "replace").decode("utf-8")
