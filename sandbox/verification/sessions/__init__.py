"""Verify sessions: a tenant's own one-time codes, on the machinery of ours (OTP-22).

They are egress of the tenant: the fence's rules for trial accounts, countries and credit hold. The
budgets of the number are those of sandbox numbers, so that neither can be used to harass around the
other. No code ever comes out again.
"""

from __future__ import annotations

from sandbox.verification.sessions.creating import Wanted, create_session
from sandbox.verification.sessions.finding import Filters, find_session, list_sessions
from sandbox.verification.sessions.validating import validate_session

__all__ = [
    "Filters",
    "Wanted",
    "create_session",
    "find_session",
    "list_sessions",
    "validate_session",
]
