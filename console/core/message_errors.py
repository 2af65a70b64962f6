"""Error codes of messages and their reasons.

Source: compat/cdr.md section 3, "Message error codes". Pure data: no query, no import of ours.
"""

from collections.abc import Mapping
from types import MappingProxyType

MESSAGE_ERRORS: Mapping[int, str] = MappingProxyType(
    {
        10: "Invalid message",
        20: "Network error",
        30: "Spam detected",
        40: "Invalid source number",
        50: "Invalid destination number",
        60: "Loop detected",
        70: "Destination permanently unavailable",
        80: "Destination temporarily unavailable",
        90: "No route available",
        100: "Prohibited by carrier",
        110: "Message too long",
        200: "Source number blocked by STOP from destination number",
        201: "US toll-free to Canada blocked",
        300: "Failed to dispatch message",
        420: "Message expired",
        450: "Destination country barred",
        900: "Insufficient credit",
        910: "Account disabled",
        1000: "Unknown error",
    }
)
