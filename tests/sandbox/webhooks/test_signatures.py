"""HOOK-01: signatures, by published vectors and by the validators of Plivo's SDK."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils import validate_signature, validate_v3_signature

from sandbox.webhooks.signatures import (
    delivery_headers,
    signature_headers,
    signature_v2,
    signature_v3,
)

TOKEN = "ZmFrZS10b2tlbi1mb3ItdGVzdC12ZWN0b3JzLW9ubHk"
NONCE = "60414953904012345678"
P1 = {
    "CallUUID": "7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e",
    "From": "+14155550100",
    "To": "14155550123",
    "CallStatus": "in-progress",
    "Direction": "outbound",
    "Event": "StartApp",
}
HOST = "https://hooks.example.test"
UNICODE = {"From": "14155550100", "Text": "héllo ✓ 😀 a+b&c=d"}
GET_QUERY = "flow=a&CallUUID=7d0b1f0e&From=%2B14155550100&To=14155550123"
VECTORS = [
    ("POST", f"{HOST}/voice/answer/", P1, "Th3bQVd6HaV8I07s5ktegC00PHYKIDNy24S0VFYDPMQ="),
    (
        "POST",
        f"{HOST}/voice/answer/?lang=en&flow=b&flow=a",
        P1,
        "IlCKMAwmVs2dMhXbbWM/2IIp9dWHEkFzW0SsP9BP5wU=",
    ),
    (
        "GET",
        f"{HOST}/voice/answer/?{GET_QUERY}",
        {},
        "3rne87ze4865yVelBmBfPMb/UVTFDyu4XXjPwpgpq/A=",
    ),
    ("POST", f"{HOST}/sms/?x=1", UNICODE, "65DchJZ96JoiZgUXOHbv67Nxxh2gGx3IyREgQHe4G4A="),
    ("POST", "http://localhost:8000/cb?x=1", P1, "SoToC09kIa57GFoUvk+tFloMdpWCx/fcXJKzPOM4eWc="),
    ("POST", f"{HOST}/voice/answer/", {}, "orAtAEX6doQ/omtb7jbJ5wUvKwllCLgCjNJzqpQmzyE="),
    (
        "POST",
        f"{HOST}/sms/?x=&y=2",
        {"From": "", "Text": "a"},
        "dXXpUrb+X4jbfvl96wxnxbTGYS5U/CRxxTXBXAtTNb4=",
    ),
]
RF_TOKEN = "rf_exampleTokenNotARealSecret0000000"
RF_NONCE = "12345678901234567890"
RF = "https://app.example.com/answer/"
RF_VECTORS = [
    (
        "GET",
        f"{RF}?b=2&a=1&From=%2B14155550100&To=%2B14155550123&CallUUID=c1",
        {},
        "I5x/skUD7/TOslp0EkzUSZHAiuwVejmhd9+USpT+yig=",
    ),
    (
        "POST",
        f"{RF}?b=2&a=1",
        {"From": "14155550100", "To": "14155550123", "CallUUID": "c1"},
        "k6oTC+x328jwyuP6etpHV47anO9VY4qfM4y74HgN0fk=",
    ),
    (
        "POST",
        RF,
        {"From": "14155550100", "To": "14155550123"},
        "LeTZS2OfPotvijai3L7i0bvxXR0L8aVQbi0/+5lMe30=",
    ),
    ("POST", RF, {}, "2ieSW4oYHghFYO9HOiX64Md6SzQP+p483BK4qDBB6lU="),
]


@pytest.mark.parametrize(("method", "url", "params", "expected"), VECTORS)
def test_hook_01_v3_matches_the_vectors_of_the_callbacks_page(method, url, params, expected):
    made = signature_v3(method=method, url=url, params=params, nonce=NONCE, token=TOKEN)
    assert made == expected


@pytest.mark.parametrize(("method", "url", "params", "expected"), RF_VECTORS)
def test_hook_01_v3_matches_the_vectors_of_the_trust_model(method, url, params, expected):
    made = signature_v3(method=method, url=url, params=params, nonce=RF_NONCE, token=RF_TOKEN)
    assert made == expected


@pytest.mark.parametrize(("method", "url", "params", "expected"), VECTORS)
def test_hook_01_the_sdk_accepts_v3(method, url, params, expected):
    assert validate_v3_signature(method, url, NONCE, TOKEN, expected, dict(params))


def test_hook_01_v2_matches_its_vector_and_the_sdk_accepts_it():
    url = f"{HOST}/voice/answer/?a=b"
    made = signature_v2(url=url, nonce=NONCE, token=TOKEN)
    assert made == "/vpF+YNNRPdmxvVbqunLWsQ1+XyC2fMTjFdGZduzW/o="
    assert validate_signature(url, NONCE, made, TOKEN)


def test_a_fragment_is_not_signed():
    with_it, without = (
        signature_v3(method="POST", url=url, params=P1, nonce=NONCE, token=TOKEN)
        for url in (f"{HOST}/a?x=1#rc=2", f"{HOST}/a?x=1")
    )
    assert with_it == without


# What form bodies hold; line ends are left out since a validator sees them as the server decodes.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
keys = st.text("ABCXYZabcxyz019_+ é", min_size=1, max_size=8)
ascii_texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
ascii_keys = st.text("ABCxyz019_+& ", min_size=1, max_size=6)
queries = st.lists(st.tuples(ascii_keys, ascii_texts), max_size=5)


@given(params=st.dictionaries(keys, texts, max_size=6), query=queries, path=st.sampled_from("/ax"))
def test_hook_01_the_sdk_accepts_any_post(params, query, path):
    url = f"{HOST}/{path}" + (f"?{urlencode(query)}" if query else "")
    made = signature_v3(method="POST", url=url, params=params, nonce=NONCE, token=TOKEN)
    assert validate_v3_signature("POST", url, NONCE, TOKEN, made, dict(params))


@given(query=queries)
def test_hook_01_the_sdk_accepts_any_get(query):
    url = f"{HOST}/a/" + (f"?{urlencode(query)}" if query else "")
    made = signature_v3(method="GET", url=url, params={}, nonce=NONCE, token=TOKEN)
    assert validate_v3_signature("GET", url, NONCE, TOKEN, made)


@given(params=st.dictionaries(keys, texts, min_size=1, max_size=3))
def test_hook_01_another_token_signs_otherwise(params):
    one, other = (
        signature_v3(method="POST", url=HOST, params=params, nonce=NONCE, token=token)
        for token in (TOKEN, RF_TOKEN)
    )
    assert one != other


def headers(url=f"{HOST}/a", tokens=("sub-token",), main_tokens=("main-token",)):
    return signature_headers(
        method="POST",
        url=url,
        params=P1,
        nonce=NONCE,
        tokens=tokens,
        main_tokens=main_tokens,
    )


def test_hook_01_all_six_headers_are_there_with_one_nonce():
    made = headers()
    assert set(made) == {
        "X-Plivo-Signature-V3",
        "X-Plivo-Signature-Ma-V3",
        "X-Plivo-Signature-V3-Nonce",
        "X-Plivo-Signature-V2",
        "X-Plivo-Signature-Ma-V2",
        "X-Plivo-Signature-V2-Nonce",
    }
    assert made["X-Plivo-Signature-V3-Nonce"] == made["X-Plivo-Signature-V2-Nonce"] == NONCE


def test_hook_01_the_owner_and_the_main_account_each_find_their_own():
    made = headers()
    url = f"{HOST}/a"
    for header, token in (("V3", "sub-token"), ("Ma-V3", "main-token")):
        given_signature = made[f"X-Plivo-Signature-{header}"]
        assert validate_v3_signature("POST", url, NONCE, token, given_signature, dict(P1))
    assert validate_signature(url, NONCE, made["X-Plivo-Signature-V2"], "sub-token")
    assert validate_signature(url, NONCE, made["X-Plivo-Signature-Ma-V2"], "main-token")


def test_hook_01_while_an_old_token_lives_both_are_accepted():
    made = headers(tokens=("new", "old"))
    joined = made["X-Plivo-Signature-V3"]
    assert " " not in joined
    assert joined.count(",") == 1
    for token in ("new", "old"):
        assert validate_v3_signature("POST", f"{HOST}/a", NONCE, token, joined, dict(P1))


def test_v2_is_signed_by_the_newest_token_since_its_validators_compare_the_whole_header():
    made = headers(tokens=("new", "old"))
    assert validate_signature(f"{HOST}/a", NONCE, made["X-Plivo-Signature-V2"], "new")


@pytest.mark.parametrize("seen", [HOST, f"{HOST}/"])
def test_a_url_without_a_path_is_accepted_as_written_and_as_seen(seen):
    joined = headers(url=HOST)["X-Plivo-Signature-V3"]
    assert validate_v3_signature("POST", seen, NONCE, "sub-token", joined, dict(P1))


def test_hook_02_delivery_attempt_and_time_are_told():
    at = datetime(2026, 1, 2, 3, 4, 5, 999_999, tzinfo=UTC)
    assert delivery_headers(delivery_id="d-1", attempt=3, at=at) == {
        "X-Ringfence-Delivery": "d-1",
        "X-Ringfence-Attempt": "3",
        "X-Ringfence-Timestamp": "1767323045",
    }
