"""The check that the guide prints accepts the published vectors and refuses what is changed."""

import re

import pytest

from console.help.content import Kind, library
from sandbox.webhooks.signatures import signature_headers
from tests.sandbox.webhooks.test_signatures import NONCE, TOKEN, VECTORS

LANGUAGES = ("python", "javascript", "php", "ruby", "java", "csharp", "go")


@pytest.fixture(scope="module")
def body() -> str:
    return library().find(Kind.GUIDE, "check-signatures").body


@pytest.fixture(scope="module")
def genuine(body):
    printed = next(
        code for code in re.findall(r"```python\n(.*?)```", body, re.DOTALL) if "def " in code
    )
    names: dict[str, object] = {}
    exec(printed, names)
    return names["genuine"]


def test_every_language_of_the_sdks_has_its_sample(body):
    assert set(re.findall(r"```(\w+)\n", body)) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("url", "form", "signature"), [(u, p, s) for m, u, p, s in VECTORS if m == "POST"]
)
def test_hook_01_the_printed_check_accepts_the_vectors(genuine, url, form, signature):
    assert genuine(url, form, NONCE, signature, TOKEN)
    assert genuine(url, form, NONCE, f"other,{signature}", TOKEN)
    assert not genuine(url, {**form, "Extra": ""}, NONCE, signature, TOKEN)
    assert not genuine(url, form, NONCE[::-1], signature, TOKEN)


def test_every_header_that_the_guide_names_is_sent(body):
    made = signature_headers(
        method="POST", url="https://h.example.com/", params={}, nonce=NONCE,
        tokens=[TOKEN], main_tokens=[TOKEN],
    )  # fmt: skip
    named = set(re.findall(r"`(X-Plivo-[\w-]+)`", body))
    assert named <= set(made)
