"""What can be done with sandbox numbers; the faces call these and nothing else.

OTP-21: the console and the API's verified caller ids use the same functions, rows and limits.
"""

from __future__ import annotations

from sandbox.verification.services.checking import check_code
from sandbox.verification.services.numbers import (
    add_number,
    find_number,
    preview,
    remove_number,
    vouch,
)
from sandbox.verification.services.sending import cancel_challenge, resend_code, send_code
from sandbox.verification.services.staff import unfreeze

__all__ = [
    "add_number",
    "cancel_challenge",
    "check_code",
    "find_number",
    "preview",
    "remove_number",
    "resend_code",
    "send_code",
    "unfreeze",
    "vouch",
]
