"""Sandbox numbers over HTTP: ask for a code, read it on the handset, send it back."""

from __future__ import annotations

import re
import time
from urllib.parse import quote

import httpx

from tests.support.client import post

_CODE = re.compile(r"\b([0-9]{6}) is your Ringfence code")


def ask_for_code(client: httpx.Client, number: str) -> str:
    """Adds a number and asks for an SMS; gives the path of the number's page."""
    answer = post(
        client, "/sandbox-numbers/", {"number": number, "confirmed": number, "channel": "sms"}
    )
    assert answer.status_code in {200, 302, 303}, answer.text[:1500]
    return answer.headers.get("Location", "")


def codes_on(client: httpx.Client, number: str) -> list[str]:
    """The codes that the handset shows, newest first or last as the page has them."""
    return _CODE.findall(client.get(f"/handsets/{quote(number)}/").text)


def wait_for_code(client: httpx.Client, number: str, *, seconds: float = 120) -> str:
    """The code, as soon as the handset shows one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := codes_on(client, number):
            return found[-1]
        time.sleep(0.02)
    raise AssertionError(f"no code reached {number}")
