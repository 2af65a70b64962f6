"""The newcomer's journey: from sign-up to the CDR of a first call, in a real browser."""

from __future__ import annotations

import csv
import io

import plivo.utils
import pytest
from plivo import plivoxml

from tests.journeys import steps

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def menu(url: str):
    """The customer's front desk, as XML built by Plivo's own SDK."""

    def answer(_request) -> str:
        ask = plivoxml.GetDigitsElement(action=f"{url}/chosen/", num_digits=1, timeout=600)
        ask.add(plivoxml.SpeakElement("Press 1 for the weather."))
        return plivoxml.ResponseElement().add(ask).to_string()

    return answer


def weather(request) -> str:
    """Says what was chosen, waits so that it can be read, then hangs up."""
    said = "It is sunny." if request.params.get("Digits") == "1" else "Goodbye."
    response = plivoxml.ResponseElement().add(plivoxml.SpeakElement(said))
    return response.add(plivoxml.WaitElement(length=40)).to_string()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_newcomer_gets_from_sign_up_to_the_record_of_a_first_call(
    visit, stack, answer_server, tmp_path, width
):
    answer_server.answers |= {
        "/answer/": menu(answer_server.url),
        "/chosen/": weather,
        "/hangup/": lambda _: "",
    }
    number = f"+1415555{100 + width % 90:04d}"
    watched, seen = visit(width), set()
    page, base = watched.page, stack.url

    token = steps.sign_up(page, base, f"newcomer{width}@example.com", seen)
    steps.verify_number(page, base, number, seen)
    did = steps.rent_number(page, base, seen)
    steps.create_application(page, base, answer_server.url, seen)
    steps.assign(page, base, did, seen)
    steps.call_from_handset(page, base, number, did, seen)
    steps.read_story(page, base, seen)
    rows = list(csv.DictReader(io.StringIO(steps.download_csv(page, base, tmp_path), newline="")))

    (row,) = rows
    assert (row["from_number"], row["to_number"]) == (number, did)
    assert row["hangup_cause_name"] == "End Of XML Instructions"
    assert int(row["billed_duration"]) % 60 == 0
    (asked,) = answer_server.seen("/answer/")
    assert asked.params["From"] == number
    assert asked.params["CallStatus"] == "ringing"
    assert plivo.utils.validate_v3_signature(
        asked.method,
        asked.url,
        asked.headers["X-Plivo-Signature-V3-Nonce"],
        token,
        asked.headers["X-Plivo-Signature-V3"],
        asked.params,
    )
    assert watched.complaints == []
