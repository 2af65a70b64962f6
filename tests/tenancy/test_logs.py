"""What a request leaves in the log (WEB-10)."""

from __future__ import annotations

import pytest

from console.core.logs import scrub

LINKS = (
    "/accounts/confirm-email/{}/",
    "/accounts/password/reset/key/{}/",
    "/invitations/7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e/{}/",
)


@pytest.mark.parametrize("link", LINKS)
def test_web_10_the_secret_of_a_link_is_not_logged(link):
    secret = "MQ-cqk8x1:1vA_Secret-part"
    for line in (f"GET {link}", f"Forbidden: {link}", f"GET {link}?next=/"):
        assert "Secret" not in scrub(line.format(secret))


@pytest.mark.parametrize(
    "line",
    [
        "GET /calls/?number=%2B12025550142&since=x",
        "GET /handsets/+12025550142/",
        "Not Found: /numbers/12025550142/rent/",
    ],
)
def test_web_10_a_number_in_an_address_is_masked(line):
    assert "2025550142" not in scrub(line)
    assert "+12…42" in scrub(line)


def test_web_10_other_addresses_stay_readable():
    line = "GET /accounts/password/reset/done/ 200 /logs/webhooks/?purpose=answer"
    assert scrub(line) == line
