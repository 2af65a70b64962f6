"""Hangup causes: one table for the engine, the records, the help center and the tests.

Source: compat/cdr.md section 2 (codes, names, sources), compat/callbacks.md section 3.1
(telephony names and the final CallStatus).
"""

from typing import Final, NamedTuple

CALLER: Final = "Caller"
CALLEE: Final = "Callee"
PLIVO: Final = "Plivo"
CARRIER: Final = "Carrier"
API_REQUEST: Final = "API Request"
ANSWER_XML: Final = "Answer XML"
ERROR: Final = "Error"
UNKNOWN: Final = "Unknown"

INBOUND: Final = "inbound"
OUTBOUND: Final = "outbound"


class Cause(NamedTuple):
    """Why a leg ended: `source` is the default when the ender is not known better."""

    code: int
    name: str
    source: str
    hangup_cause: str


_NORMAL: Final = "NORMAL_CLEARING"
_FAILURE: Final = "NORMAL_TEMPORARY_FAILURE"

_ROWS: Final = (
    Cause(0, "Unknown", UNKNOWN, _FAILURE),
    Cause(1000, "Canceled", API_REQUEST, "ORIGINATOR_CANCEL"),
    Cause(1010, "Canceled (Out Of Credits)", PLIVO, _FAILURE),
    Cause(1020, "Canceled (Simultaneous dial limit reached)", PLIVO, _FAILURE),
    Cause(2000, "Invalid Destination Address", PLIVO, "UNALLOCATED_NUMBER"),
    Cause(2010, "Destination Out Of Service", CARRIER, _FAILURE),
    Cause(2020, "Endpoint Not Registered", PLIVO, "USER_NOT_REGISTERED"),
    Cause(2030, "Destination Country Barred", PLIVO, _FAILURE),
    Cause(2040, "Destination Number Barred", PLIVO, _FAILURE),
    Cause(2050, "Destination Prefix Barred", PLIVO, _FAILURE),
    Cause(2060, "Loop Detected", PLIVO, _FAILURE),
    Cause(2070, "Violates Media Anchoring", PLIVO, _FAILURE),
    Cause(3000, "No Answer", CARRIER, "NO_ANSWER"),
    Cause(3010, "Busy Line", CALLEE, "USER_BUSY"),
    Cause(3020, "Rejected", CALLEE, "CALL_REJECTED"),
    Cause(3030, "Unknown Caller ID", CARRIER, _FAILURE),
    Cause(3040, "Forbidden", CARRIER, _FAILURE),
    Cause(3050, "Unallocated number", CARRIER, "UNALLOCATED_NUMBER"),
    Cause(3070, "Request timeout", CARRIER, _FAILURE),
    Cause(3080, "Internal server error from carrier", CARRIER, _FAILURE),
    Cause(3090, "Network congestion from carrier", CARRIER, _FAILURE),
    Cause(3100, "Busy everywhere", CARRIER, _FAILURE),
    Cause(3110, "Declined", CALLEE, "CALL_REJECTED"),
    Cause(3120, "User does not exist anywhere", CARRIER, _FAILURE),
    Cause(3130, "Spam block", CARRIER, _FAILURE),
    Cause(3140, "DNO Caller ID", CARRIER, _FAILURE),
    Cause(4000, "Normal Hangup", UNKNOWN, _NORMAL),
    Cause(4010, "End Of XML Instructions", PLIVO, _NORMAL),
    Cause(4020, "Multiparty Call Ended", PLIVO, _NORMAL),
    Cause(4030, "Kicked Out Of Multiparty Call", API_REQUEST, _NORMAL),
    Cause(4240, "SIP auth failed", UNKNOWN, _FAILURE),
    Cause(4250, "SIP auth timeout", UNKNOWN, _FAILURE),
    Cause(5000, "Network Error", ERROR, "NETWORK_OUT_OF_ORDER"),
    Cause(5010, "Internal Error", ERROR, "NETWORK_OUT_OF_ORDER"),
    Cause(5020, "Routing Error", ERROR, "NETWORK_OUT_OF_ORDER"),
    Cause(5030, "Concurrency Limit Breached", PLIVO, "NETWORK_OUT_OF_ORDER"),
    Cause(6000, "Scheduled Hangup", PLIVO, _NORMAL),
    Cause(6010, "Ring Timeout Reached", PLIVO, "NO_ANSWER"),
    Cause(6020, "Media Timeout", PLIVO, _FAILURE),
    Cause(7011, "Error Reaching Answer URL", ERROR, _FAILURE),
    Cause(7012, "Error Reaching Action URL", ERROR, _FAILURE),
    Cause(7013, "Error Reaching Transfer URL", ERROR, _FAILURE),
    Cause(7014, "Error Reaching Redirect URL", ERROR, _FAILURE),
    Cause(7022, "Invalid Action URL", ERROR, _FAILURE),
    Cause(7023, "Invalid Transfer URL", ERROR, _FAILURE),
    Cause(7024, "Invalid Redirect URL", ERROR, _FAILURE),
    Cause(7032, "Invalid Method For Action URL", ERROR, _FAILURE),
    Cause(7033, "Invalid Method For Transfer URL", ERROR, _FAILURE),
    Cause(7034, "Invalid Method For Redirect URL", ERROR, _FAILURE),
    Cause(8011, "Invalid Answer XML", ERROR, _FAILURE),
    Cause(8012, "Invalid Action XML", ERROR, _FAILURE),
    Cause(8013, "Invalid Transfer XML", ERROR, _FAILURE),
    Cause(8014, "Invalid Redirect XML", ERROR, _FAILURE),
    Cause(9000, "Lost Race", PLIVO, "LOSE_RACE"),
    Cause(9100, "Machine Detected", PLIVO, _FAILURE),
    Cause(9110, "Confirm Key Challenge Failed", PLIVO, _FAILURE),
)

CAUSES: Final[dict[int, Cause]] = {row.code: row for row in _ROWS}


class FetchCauses(NamedTuple):
    """The causes a call ends with when a document cannot be had for one purpose."""

    unreachable: int
    bad_xml: int
    bad_url: int
    bad_method: int


_ANSWER: Final = FetchCauses(7011, 8011, 7011, 7011)

FETCH_CAUSES: Final[dict[str, FetchCauses]] = {
    "answer": _ANSWER,
    "fallback": _ANSWER,
    "action": FetchCauses(7012, 8012, 7022, 7032),
    "transfer": FetchCauses(7013, 8013, 7023, 7033),
    "redirect": FetchCauses(7014, 8014, 7024, 7034),
}


def cause(code: int) -> Cause:
    """Return the row of `code`; a code nobody knows gives the row of 0 (Unknown)."""
    return CAUSES.get(code, CAUSES[0])


def call_status(code: int, *, answered: bool, direction: str) -> str:
    """Return the final CallStatus of a leg (compat/callbacks.md section 3.1).

    Inbound legs always end as `completed`.
    """
    if answered or direction == INBOUND:
        return "completed"
    return {3010: "busy", 3000: "no-answer", 6010: "timeout"}.get(code, "failed")


def call_state(code: int, *, answered: bool) -> str:
    """Return `call_state` of the record of a leg (compat/cdr.md section 1)."""
    if answered:
        return "ANSWER"
    states = {1000: "CANCEL", 3000: "NO_ANSWER", 3010: "BUSY", 6010: "TIMEOUT", 9000: "CANCEL"}
    return states.get(code, "FAILED")
