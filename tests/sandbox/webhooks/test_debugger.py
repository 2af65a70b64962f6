"""The signature debugger: it confirms what is right and names each of the usual mistakes."""

import base64
import hashlib
import hmac
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils import validate_v3_signature

from console.accounts.services.tokens import LiveToken
from sandbox.webhooks.debugger import check, differences
from sandbox.webhooks.misreadings import Seen, readings
from sandbox.webhooks.pasted import read_headers, read_params, seen_of
from sandbox.webhooks.signatures import signature_headers, signature_v2

MAIN = LiveToken(owner="MA0000000000000000TEST", hint="rf_A…1111", clear="rf_main_secret_1")
SUB = LiveToken(
    owner="SA0000000000000000TEST", hint="rf_S…2222", clear="rf_sub_secret_2", main=False
)
OLD = LiveToken(owner=MAIN.owner, hint="rf_O…3333", clear="rf_old_secret_3", ending=True)
NONCE = "60414953904012345678"
URL = "https://app.example.com/answer/?b=2&a=1"
PARAMS = {"From": "+14155550100", "To": "14155550123", "CallUUID": "c1"}


def sent(url=URL, method="POST", params=PARAMS, token=MAIN):
    """What its receiver would have seen, all being well."""
    made = signature_headers(
        method=method,
        url=url if method == "POST" or not params else f"{url}&{urlencode(params)}",
        params=params,
        nonce=NONCE,
        tokens=[token.clear],
        main_tokens=[MAIN.clear],
    )
    text = "\n".join(f"{name}: {value}" for name, value in made.items())
    body = urlencode(params) if method == "POST" else ""
    seen_url = url if method == "POST" or not params else f"{url}&{urlencode(params)}"
    return seen_of(method=method, url=seen_url, headers=text, body=body)


def verdict(seen, *tokens):
    return check(seen, tokens or (MAIN, SUB)).verdict


def only_v3(seen):
    return replace(seen, signatures={"SIGNATURE-V3": seen.signatures["SIGNATURE-V3"]})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_right_signature_is_confirmed_with_its_token(method):
    found = verdict(sent(method=method))
    assert found.tone == "ok"
    assert "rf_A…1111" in found.title


def test_the_message_is_the_one_the_sdk_signs():
    report = check(sent(), [MAIN])
    assert report.message == (
        "https://app.example.com/answer/?a=1&b=2.CallUUIDc1From+14155550100To14155550123." + NONCE
    )
    assert report.steps[-2].text == report.message
    (expected,) = report.expected
    assert validate_v3_signature("POST", URL, NONCE, MAIN.clear, expected.v3, dict(PARAMS))


def test_the_subaccounts_token_is_told_from_the_main_accounts():
    found = verdict(only_v3(sent(token=SUB)))
    assert found.tone == "ok"
    assert "SA0000" in found.title
    assert "X-Plivo-Signature-Ma-V3" in found.reasons[0]


def test_a_token_that_is_being_rotated_is_pointed_out():
    found = verdict(only_v3(sent(token=OLD)), MAIN, OLD)
    assert "rotated" in found.reasons[0]


def wrong(seen, **changes):
    return verdict(only_v3(replace(seen, **changes)))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"url": URL.replace("https", "http")}, "proxy"),
        ({"url": URL.replace("answer/", "answer")}, "ends with a slash"),
        ({"url": URL.replace("example.com", "example.com:443")}, "port :443"),
        ({"method": "GET"}, "checked it as GET"),
        ({"params": PARAMS | {"From": " 14155550100"}}, "plus sign"),
        ({"params": PARAMS | {"From": "%2B14155550100"}}, "not decoded"),
        ({"params": PARAMS | {"a": "1", "b": "2"}}, "query were counted"),
    ],
)
def test_hook_01_a_misread_request_is_recognised(changes, word):
    found = wrong(sent(), **changes)
    assert found.tone == "bad"
    assert any(word in reason for reason in found.reasons), found


def test_a_port_that_was_left_out_is_recognised():
    url = "http://app.example.com:8080/answer"
    found = wrong(sent(url=url), url="http://app.example.com/answer")
    assert "port :8080" in found.reasons[0]


def test_a_body_that_was_read_as_latin_1_is_recognised():
    params = {"Text": "héllo ✓"}
    seen = sent(params=params)
    found = wrong(seen, params={"Text": "héllo ✓".encode().decode("latin-1")})
    assert "UTF-8" in found.reasons[0]


def test_two_mistakes_at_once_are_both_named():
    found = wrong(sent(), url=URL.replace("https", "http").replace("answer/", "answer"))
    assert len(found.reasons) == 2


def test_a_plus_in_the_query_that_became_a_space_is_recognised():
    seen = only_v3(sent(method="GET"))
    found = verdict(replace(seen, url=seen.url.replace("%2B", "%20")))
    assert "plus sign" in found.reasons[0]


def computed(message, digest=hashlib.sha256):
    made = hmac.new(MAIN.clear.encode(), message.encode(), digest).digest()
    return base64.b64encode(made).decode()


def pasted(signature):
    return replace(sent(), signatures={"SIGNATURE-V3": (signature,)})


BASE = "https://app.example.com/answer/"
FORM = "CallUUIDc1From+14155550100To14155550123"


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (f"{BASE}?a=1&b=2.{FORM}", "nonce is missing"),
        (f"{BASE}?a=1&b=2.{FORM}{NONCE}", "dot before the nonce"),
        (f"{BASE}.{NONCE}", "Only the URL"),
        (f"{BASE}?b=2&a=1.{FORM}.{NONCE}", "query must be decoded and sorted"),
        (f"{BASE}?b=2&a=1.From+14155550100To14155550123CallUUIDc1.{NONCE}", "sorted by its keys"),
        (f"{BASE}.{FORM}.{NONCE}", "question mark, not a dot"),
        (f"{BASE}{FORM}.{NONCE}", "question mark between"),
    ],
)
def test_hook_01_a_message_put_together_wrongly_is_recognised(message, word):
    found = verdict(pasted(computed(message)))
    assert "not made by us" in found.title
    assert word in found.reasons[0]


def test_hexadecimal_and_sha_1_are_recognised():
    message = f"{BASE}?a=1&b=2.{FORM}.{NONCE}"
    hexed = hmac.new(MAIN.clear.encode(), message.encode(), hashlib.sha256).hexdigest()
    assert "hexadecimal" in verdict(pasted(hexed)).reasons[0]
    assert "SHA-1" in verdict(pasted(computed(message, hashlib.sha1))).reasons[0]


def test_v2_in_the_place_of_v3_is_recognised():
    made = signature_v2(url=URL, nonce=NONCE, token=MAIN.clear)
    assert "V2 signature" in verdict(pasted(made)).title


def test_a_v2_signature_in_its_own_header_is_right_but_weak():
    made = signature_v2(url=URL, nonce=NONCE, token=MAIN.clear)
    found = verdict(replace(sent(), signatures={"SIGNATURE-V2": (made,)}))
    assert found.tone == "ok"
    assert "neither query nor parameters" in found.reasons[0]


def test_a_v2_that_matches_does_not_make_up_for_a_v3_that_does_not():
    seen = replace(sent(), params=PARAMS | {"Extra": "x"})
    assert verdict(seen).tone == "unknown"


def test_another_token_is_what_is_left():
    stranger = LiveToken(owner="MAX", hint="rf_X…", clear="rf_other")
    found = verdict(sent(), stranger)
    assert found.tone == "unknown"
    assert "token is another one" in found.reasons[0]


def test_without_a_signature_there_is_nothing_to_compare():
    assert "no signature" in verdict(replace(sent(), signatures={})).title


def test_without_a_token_nothing_can_match():
    assert "no live token" in check(sent(), []).verdict.title


anything = st.text(max_size=40)


@given(url=anything, body=anything, headers=anything, method=st.sampled_from(["GET", "POST"]))
def test_acc_09_no_report_holds_a_token_whatever_is_pasted(url, body, headers, method):
    seen = seen_of(method=method, url="https://app.example.com/" + url, headers=headers, body=body)
    report = repr(check(seen, [MAIN, SUB, OLD]))
    assert not any(token.clear in report for token in (MAIN, SUB, OLD))
    assert MAIN.clear not in repr(MAIN)


@given(url=anything)
def test_readings_of_anything_are_few(url):
    assert len(list(readings(Seen("POST", "https://h.example.com:8000/" + url, NONCE)))) < 500


@pytest.mark.parametrize(
    "text",
    [
        "X-Plivo-Signature-V3: abc=,def=\nX-Plivo-Signature-V3-Nonce: 123",
        "x-plivo-signature-v3:abc=,def=\r\nx-plivo-signature-v3-nonce: 123\r\n",
        "HTTP_X_PLIVO_SIGNATURE_V3=abc=,def=\nHTTP_X_PLIVO_SIGNATURE_V3_NONCE=123",
        '"x-plivo-signature-v3": "abc=,def=",\n"x-plivo-signature-v3-nonce": "123"',
    ],
)
def test_headers_are_read_as_people_have_them(text):
    assert read_headers(text) == {"SIGNATURE-V3": "abc=,def=", "SIGNATURE-V3-NONCE": "123"}


@pytest.mark.parametrize(
    "text",
    [
        "From=%2B14155550100&Text=a+b&Empty=",
        '{"From": "+14155550100", "Text": ["a b"], "Empty": ""}',
        "From: +14155550100\nText: a b\nEmpty: ",
        "From=+14155550100\nText=a b\nEmpty=",
    ],
)
def test_parameters_are_read_as_people_have_them(text):
    assert read_params(text) == {"From": "+14155550100", "Text": "a b", "Empty": ""}


@pytest.mark.parametrize("text", ["", " \n", "{broken", "[1]", "no pairs"])
def test_what_is_no_parameter_is_none(text):
    assert read_params(text) == {}


def test_what_was_sent_and_what_was_seen_are_laid_side_by_side():
    seen = replace(sent(), params={"From": " 1", "To": "14155550123", "New": "x"})
    rows = differences(
        seen, method="POST", url=URL, params=PARAMS | {"Digits": "••••"}, hidden="••••"
    )
    assert rows == [
        ("CallUUID", "c1", "(missing)"),
        ("From", "+14155550100", " 1"),
        ("New", "(not sent)", "x"),
    ]


def test_a_get_is_compared_by_its_query():
    seen = sent(method="GET")
    assert differences(seen, method="GET", url=URL, params=PARAMS, hidden="••••") == []
    other = replace(seen, url=seen.url.replace("app.", "www."))
    (row,) = differences(other, method="GET", url=URL, params=PARAMS, hidden="••••")
    assert row[0] == "URL"
