"""States of every object: the words on the badge and the tone of its colour."""

from __future__ import annotations

_TONES: dict[str, tuple[str, ...]] = {
    "ok": (
        "verified", "completed", "active", "delivered", "received", "ready", "healthy", "up",
        "registered", "enabled", "success", "succeeded", "passed", "pass", "allowed", "approved",
        "accepted", "assigned", "answer",
    ),
    "warn": (
        "pending", "trial", "degraded", "expiring", "retrying", "suspended", "undelivered",
        "expired", "waiting", "paused_no_space",
    ),
    "bad": (
        "failed", "failure", "error", "down", "rejected", "refused", "fail", "blocked", "dead",
        "machine_error",
    ),
    "info": ("ringing", "in_progress", "queued", "sending", "sent", "running", "early", "new"),
}  # fmt: skip
_TONE_BY_STATE = {state: tone for tone, states in _TONES.items() for state in states}
_LIVE = frozenset({"ringing", "in_progress", "sending", "running", "paused_no_space"})
_WORDS = {
    "cancelled": "Canceled",
    "cancel": "Canceled",
    "answer": "Completed",
    "timeout": "No answer",
    "paused_no_space": "Waiting for disk space",
}


def _key(state: str) -> str:
    return state.strip().lower().replace("-", "_").replace(" ", "_")


def tone_of(state: str) -> str:
    """`ok`, `warn`, `bad`, `info`, or "" for states that are nobody's fault."""
    return _TONE_BY_STATE.get(_key(state), "")


def is_live(state: str) -> bool:
    """Whether the state is one that will soon change by itself."""
    return _key(state) in _LIVE


def label_of(state: str) -> str:
    """The state in the words of the interface: first letter large, blanks for underscores."""
    key = _key(state)
    return _WORDS.get(key) or key.replace("_", " ").capitalize()
