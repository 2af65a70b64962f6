"""Headers that no browser and no SDK of ours ever sends: answered, never a 500 (WEB-07)."""

from __future__ import annotations

import pytest

NUL = '"\\000abcdefgh"'
"""How a cookie spells NUL: quoted, in octal, which Python's parser undoes."""
HOSTILE = {
    "htmx from no URL": {"HX-Request": "true", "HX-Current-URL": "http://["},
    "htmx from an encoded one": {
        "HX-Request": "true",
        "HX-Current-URL": "http%3A//%5B",
        "HX-Current-URL-URI-AutoEncoded": "true",
    },
    "an origin that is none": {"Referer": "http://[", "Origin": "http://["},
    "the null origin": {"Origin": "null"},
    "cookies with NUL": {"Cookie": f"ringfence_session={NUL}; ringfence_csrf={NUL}"},
    "cookies of no text": {"Cookie": "=;;;=\xff; ringfence_session=\xff\xfe"},
    "names of no text": {"X-Request-ID": "\xff", "User-Agent": "\xed\xa0\x80" * 500},
    "addresses of nobody": {"X-Forwarded-For": "fe80::1%eth0, ::ffff:192.0.2.3, x"},
    "a type without a boundary": {"Content-Type": "multipart/form-data; boundary=\xff"},
    "credentials with NUL": {"Authorization": "Basic //46AA=="},
    "a key of no text": {"Idempotency-Key": "\xff" * 300},
}
PATHS = ("/", "/accounts/login/", "/settings/", "/v1/Account/MANEVERWAS0000000000/Call/")


@pytest.mark.parametrize("which", HOSTILE)
def test_web_07_no_header_breaks_a_page_or_the_api(client, db, which):
    client.raise_request_exception = False
    statuses = [
        (path, ask(path, headers=HOSTILE[which]).status_code)
        for path in PATHS
        for ask in (client.get, client.post)
    ]
    assert [one for one in statuses if one[1] >= 500] == []


def test_web_03_an_origin_that_is_no_url_changes_nothing_over_the_api(api):
    answer = api.post("Application/", {"app_name": "x"}, Origin="http://[")
    assert answer.status_code == 403
    assert api.get("Application/").json()["objects"] == []
