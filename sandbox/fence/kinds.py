"""The words that the fence speaks: kinds of traffic, where it comes from, what a rule found."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """What wants to leave."""

    CALL = "call", "Call"
    MESSAGE = "message", "Message"


class Origin(models.TextChoices):
    """The path that led to the fence (GATE-04); one that is not here is refused (GATE-03)."""

    API_CALL = "api_call", "API call"
    API_MESSAGE = "api_message", "API message"
    XML_NUMBER = "xml_number", "Dial a number (XML)"
    XML_USER = "xml_user", "Dial a SIP address (XML)"
    XML_MESSAGE = "xml_message", "Message (XML)"
    CONFERENCE = "conference", "Conference"
    TRANSFER = "transfer", "Transfer"
    FORWARD = "forward", "Forwarding of a number"
    ENDPOINT_CALL = "endpoint_call", "Call from an endpoint"
    ENDPOINT_FORWARD = "endpoint_forward", "Forwarding of an endpoint"
    SCHEDULED = "scheduled", "Scheduled or repeated"
    REPLAY = "replay", "Replay from the console"
    TEST_CALL = "test_call", "Test call"
    OPERATOR = "operator", "Operator"
    CONSOLE_MESSAGE = "console_message", "Message from the console"
    DRY_RUN = "dry_run", "Dry run"
    OTP = "otp", "One-time code"
    VERIFY = "verify", "Verify session"


# The platform's own sender: what it sends shows no caller ID of the account's.
OWN_SENDER = frozenset({Origin.OTP, Origin.VERIFY})

# These begin a call of their own; the rest are further legs of a call that runs already.
NEW_CALLS = frozenset(
    {
        Origin.API_CALL,
        Origin.CONFERENCE,
        Origin.ENDPOINT_CALL,
        Origin.SCHEDULED,
        Origin.REPLAY,
        Origin.TEST_CALL,
        Origin.OPERATOR,
        Origin.DRY_RUN,
    }
)


class Outcome(models.TextChoices):
    """What a rule found; a rule is skipped when it does not apply or an earlier one refused."""

    PASS = "pass", "Pass"
    FAIL = "fail", "Refused"
    SKIPPED = "skipped", "Skipped"


class Place(models.TextChoices):
    """What a destination is to the account that asks."""

    OUTCOME = "outcome", "an outcome number"
    OWN_NUMBER = "own_number", "one of your own numbers"
    OWN_ENDPOINT = "own_endpoint", "one of your own endpoints"
    PUBLIC = "public", "a number of the public network"
    SIP = "sip", "an external SIP address"
    NOWHERE = "nowhere", "no address"
