"""A signed-in HTTP client of the running stack, without a browser."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator

import httpx

from tests.support.stack import Stack

PASSWORD = "copper wires hum at night"


def token_of(page: str) -> str:
    """The CSRF token of a page's form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, "no form on the page"
    return found[1]


def post(
    client: httpx.Client, path: str, data: dict[str, str], *, page: str = ""
) -> httpx.Response:
    """Sends a form as its page would: with the page's token and a referer."""
    form = client.get(page or path, follow_redirects=True)
    sent = {**data, "csrfmiddlewaretoken": token_of(form.text)}
    headers = {"Referer": str(form.url)}
    return patiently(lambda: client.post(path, data=sent, headers=headers))


def patiently(ask: Callable[[], httpx.Response], *, seconds: float = 120) -> httpx.Response:
    """The answer; asks again while it is 503 with Retry-After, which says that nothing was done.

    SQLite has one writer at a time: on a slow machine one of many may wait for longer than it can.
    """
    until = time.monotonic() + seconds
    while (answer := ask()).status_code == 503 and "Retry-After" in answer.headers:
        if time.monotonic() > until:
            break
        time.sleep(0.5)
    return answer


@contextlib.contextmanager
def signed_in(stack: Stack, email: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
    """A client that is signed in as `email`."""
    with httpx.Client(base_url=stack.url, timeout=120, follow_redirects=False) as client:
        done = post(client, "/accounts/login/", {"login": email, "password": password})
        assert done.status_code == 302, done.text[:2000]
        yield client
