"""How hard the fault tests press; each figure can be set from the environment."""

from __future__ import annotations

import os

from tests.bench.codes import ROOMY


def count(name: str, default: int) -> int:
    """RINGFENCE_FAULTS_<NAME>, or the default."""
    return int(os.environ.get(f"RINGFENCE_FAULTS_{name}", default))


CODES = count("CODES", 100)
CALLS = count("CALLS", 50)
API_CALLS = count("API_CALLS", 30)
MEMBERS = count("MEMBERS", 4)  # of each of three rooms
MESSAGES = count("MESSAGES", 40)
HANGING = count("HANGING", 30)
KILL_EVERY = count("KILL_EVERY", 3)  # seconds of work, give or take a half
MOST_KILLS = 24  # then the clock's killer rests, so that work ends on the slowest machine
STRIKES = 3  # kills amid the requests, beside those of the clock

# Seconds without any progress after which something is stuck, on the slowest machine too.
PATIENCE = count("PATIENCE", 240)

# A row whose worker was killed comes back when its lease runs out; 60 s of that is only waiting.
LEASE = 8
STACK = ROOMY | {
    "RINGFENCE_TIME_SCALE": "4",
    "RINGFENCE_RESTART": "true",
    "RINGFENCE_TRUST_OUTBOX_LEASE": str(LEASE),
    # A row is given up when its worker dies each time; here that would be the killer's luck.
    "RINGFENCE_TRUST_OUTBOX_CLAIMS": "100",
    "RINGFENCE_TRUST_OTP_CHECKS_MINUTE": "100000",
    "RINGFENCE_TRUST_LOGIN_FAILURES_IP_HOUR": "100000",
    # Calls over the API begin one after the other; at two a second most of a test would be waiting.
    "RINGFENCE_TRUST_ACCOUNT_CALLS_A_SECOND": "5",
    "RINGFENCE_LOG_LEVEL": "INFO",
}
