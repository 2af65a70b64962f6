"""The hangup causes as the reference lists them (compat/cdr.md 2, compat/callbacks.md 3.1)."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import causes

NAMES = {
    0: "Unknown",
    1000: "Canceled",
    1010: "Canceled (Out Of Credits)",
    1020: "Canceled (Simultaneous dial limit reached)",
    2000: "Invalid Destination Address",
    2010: "Destination Out Of Service",
    2020: "Endpoint Not Registered",
    2030: "Destination Country Barred",
    2040: "Destination Number Barred",
    2050: "Destination Prefix Barred",
    2060: "Loop Detected",
    2070: "Violates Media Anchoring",
    3000: "No Answer",
    3010: "Busy Line",
    3020: "Rejected",
    3030: "Unknown Caller ID",
    3040: "Forbidden",
    3050: "Unallocated number",
    3070: "Request timeout",
    3080: "Internal server error from carrier",
    3090: "Network congestion from carrier",
    3100: "Busy everywhere",
    3110: "Declined",
    3120: "User does not exist anywhere",
    3130: "Spam block",
    3140: "DNO Caller ID",
    4000: "Normal Hangup",
    4010: "End Of XML Instructions",
    4020: "Multiparty Call Ended",
    4030: "Kicked Out Of Multiparty Call",
    4240: "SIP auth failed",
    4250: "SIP auth timeout",
    5000: "Network Error",
    5010: "Internal Error",
    5020: "Routing Error",
    5030: "Concurrency Limit Breached",
    6000: "Scheduled Hangup",
    6010: "Ring Timeout Reached",
    6020: "Media Timeout",
    7011: "Error Reaching Answer URL",
    7012: "Error Reaching Action URL",
    7013: "Error Reaching Transfer URL",
    7014: "Error Reaching Redirect URL",
    7022: "Invalid Action URL",
    7023: "Invalid Transfer URL",
    7024: "Invalid Redirect URL",
    7032: "Invalid Method For Action URL",
    7033: "Invalid Method For Transfer URL",
    7034: "Invalid Method For Redirect URL",
    8011: "Invalid Answer XML",
    8012: "Invalid Action XML",
    8013: "Invalid Transfer XML",
    8014: "Invalid Redirect XML",
    9000: "Lost Race",
    9100: "Machine Detected",
    9110: "Confirm Key Challenge Failed",
}
SOURCES = {
    "Unknown": {0, 4000, 4240, 4250},
    "API Request": {1000, 4030},
    "Carrier": {2010, 3000, 3030, 3040, 3050, 3070, 3080, 3090, 3100, 3120, 3130, 3140},
    "Callee": {3010, 3020, 3110},
    "Error": {5000, 5010, 5020, *(code for code in NAMES if 7000 <= code < 9000)},
}
TELEPHONY = {
    "NORMAL_CLEARING": {4000, 4010, 4020, 4030, 6000},
    "USER_BUSY": {3010},
    "NO_ANSWER": {3000, 6010},
    "CALL_REJECTED": {3020, 3110},
    "ORIGINATOR_CANCEL": {1000},
    "UNALLOCATED_NUMBER": {2000, 3050},
    "USER_NOT_REGISTERED": {2020},
    "LOSE_RACE": {9000},
    "NETWORK_OUT_OF_ORDER": {5000, 5010, 5020, 5030},
}
FETCHES = {
    "answer": (7011, 8011, 7011, 7011),
    "fallback": (7011, 8011, 7011, 7011),
    "action": (7012, 8012, 7022, 7032),
    "transfer": (7013, 8013, 7023, 7033),
    "redirect": (7014, 8014, 7024, 7034),
}


def of(groups: dict[str, set[int]], code: int, usual: str) -> str:
    return next((name for name, codes in groups.items() if code in codes), usual)


def test_no_cause_is_missing_and_none_is_invented():
    assert set(causes.CAUSES) == set(NAMES)


@pytest.mark.parametrize("code", sorted(NAMES))
def test_a_cause_has_the_name_the_source_and_the_telephony_name_of_the_reference(code):
    row = causes.cause(code)
    assert (row.code, row.name) == (code, NAMES[code])
    assert row.source == of(SOURCES, code, "Plivo")
    assert row.hangup_cause == of(TELEPHONY, code, "NORMAL_TEMPORARY_FAILURE")


@pytest.mark.parametrize("purpose", sorted(FETCHES))
def test_a_document_that_is_missing_has_the_causes_of_its_purpose(purpose):
    found = causes.FETCH_CAUSES[purpose]
    assert (found.unreachable, found.bad_xml, found.bad_url, found.bad_method) == FETCHES[purpose]


@pytest.mark.parametrize("code", sorted(NAMES))
def test_an_unanswered_outbound_leg_has_the_status_and_the_state_of_its_cause(code):
    statuses = {3010: "busy", 3000: "no-answer", 6010: "timeout"}
    states = {1000: "CANCEL", 3000: "NO_ANSWER", 3010: "BUSY", 6010: "TIMEOUT", 9000: "CANCEL"}
    status = causes.call_status(code, answered=False, direction="outbound")
    assert status == statuses.get(code, "failed")
    assert causes.call_state(code, answered=False) == states.get(code, "FAILED")


@pytest.mark.parametrize("code", sorted(NAMES))
def test_an_answered_leg_is_completed_whatever_its_cause(code):
    assert causes.call_status(code, answered=True, direction="outbound") == "completed"
    assert causes.call_status(code, answered=False, direction="inbound") == "completed"
    assert causes.call_state(code, answered=True) == "ANSWER"
