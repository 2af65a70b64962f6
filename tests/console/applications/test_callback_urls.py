"""SSRF-01 at the form: what a URL may look like."""

from __future__ import annotations

import pytest

from console.applications.callback_urls import clean_url
from console.core.errors import DomainError


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("", ""),
        ("  ", ""),
        ("https://app.example.com/answer/", "https://app.example.com/answer/"),
        (" http://127.0.0.1:9000/a?b=1&c=%20 ", "http://127.0.0.1:9000/a?b=1&c=%20"),
        ("HTTPS://App.Example.COM/Answer", "https://app.example.com/Answer"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://example.com/a#ct=500&rt=2000", "https://example.com/a#ct=500&rt=2000"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://example.com", "https://example.com"),
    ],
)
def test_ssrf_01_urls_are_stored_in_one_spelling(raw, stored):
    assert clean_url(raw, field="answer_url") == stored


@pytest.mark.parametrize(
    "raw",
    [
        "example.com/answer",
        "//example.com/answer",
        "ftp://example.com/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com:８０/",
        "https://exa mple.com/",
        "https://example.com/a b",
        "https://example.com\\@evil.example/",
        "https://example.com/\u202egpj",
        "https://example.com/\0",
        "https://example.com/\n",
        "https://-example.com/",
        "https://a..example.com/",
        "https://" + "a" * 64 + ".example.com/",
        "https://" + ".".join(["abcdefghi"] * 26) + "/",
        "https://example.com/" + "x" * 2000,
        "https://example.com/" + "ä" * 700,
        "https://[::1/",
        "https://[zz]/",
        "https://example.com/\ud800",
    ],
)
def test_ssrf_01_other_urls_are_refused_beside_their_field(raw):
    with pytest.raises(DomainError) as caught:
        clean_url(raw, field="hangup_url")
    assert (caught.value.code, caught.value.field) == ("invalid_url", "hangup_url")
