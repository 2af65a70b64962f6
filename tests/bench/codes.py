"""From "Send code" to the code on the handset, over HTTP against the running stack."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from tests.bench.rows import Row
from tests.support.client import signed_in
from tests.support.codes import ask_for_code, wait_for_code
from tests.support.stack import Stack, running

CODES = int(os.environ.get("RINGFENCE_BENCH_CODES", "100"))
# The limits that protect people are not what is measured here.
ROOMY = {
    f"RINGFENCE_TRUST_OTP_{name}": "100000"
    for name in [
        "NUMBER_HOUR",
        "NUMBER_DAY",
        "ACCOUNT_HOUR",
        "ACCOUNT_DAY",
        "UNCONVERTED_IN_A_ROW",
        "IP_HOUR",
        "IP_DAY",
        "BLOCK_HOUR",
        "BLOCK_DAY",
        "REGION_HOUR",
        "REGION_DAY",
        "GLOBAL_HOUR",
        "GLOBAL_DAY",
        "BREAKER_SENDS",
    ]
} | {
    "RINGFENCE_TRUST_SANDBOX_NUMBERS": "10000",
    "RINGFENCE_TRUST_SANDBOX_NUMBERS_ADDED_30_DAYS": "10000",
}


def _one(stack: Stack, email: str, number: str) -> float:
    with signed_in(stack, email) as client:
        began = time.perf_counter()
        ask_for_code(client, number)
        wait_for_code(client, number)
        return time.perf_counter() - began


def run() -> Iterator[Row]:
    """Codes one after the other, each for a number of its own."""
    with running(**ROOMY) as stack:
        took = []
        for turn in range(CODES):
            email = f"bench{turn // 50}@example.com"
            if turn % 50 == 0:
                stack.manage("create_account", "--email", email, *_WORDS)
            took.append(_one(stack, email, f"+1{212 + turn // 100}55501{turn % 100:02d}"))
    took.sort()
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    yield Row(
        "code requested → on the handset, median", f"{took[len(took) // 2]:.2f} s", "", met=True
    )
    yield Row(f"code requested → on the handset, p99 of {CODES}", f"{p99:.2f} s", "< 1 s", p99 < 1)


_WORDS = ("--password", "copper wires hum at night", "--plan", "full", "--json")
