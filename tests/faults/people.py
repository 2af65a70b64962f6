"""Customers of the stack: their accounts, phones, numbers and applications, all over pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from tests.support.client import PASSWORD, patiently, signed_in, token_of
from tests.support.codes import codes_on
from tests.support.stack import Stack

_RENT = re.compile(r"/numbers/(?:%2B|\+)(\d+)/rent/")
_HEARD = re.compile(r'id="heard-([0-9a-f-]{36})".*?</details>', re.S)
_LINE = re.compile(r"<li>(.*?)</li>", re.S)
_TAG = re.compile(r"<[^>]+>")
_MAKE = """
from console.accounts.services import create_account
for email in {emails}:
    create_account(email=email, password="{password}", plan="full", credit="100", staff=False)
"""


@dataclass
class Customer:
    """Somebody who is signed in."""

    client: httpx.Client
    email: str
    token: str = ""

    def post(self, path: str, data: dict[str, str], *, status: int = 302) -> httpx.Response:
        """Sends a form; the token of one page holds for the whole session."""
        self.token = self.token or token_of(self.client.get("/sandbox-numbers/").text)
        headers = {"X-Requested-With": "fetch"} if status == 204 else {}
        sent = {**data, "csrfmiddlewaretoken": self.token}
        answer = patiently(lambda: self.client.post(path, data=sent, headers=headers))
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:1500]}"
        return answer

    def add_phone(self, number: str) -> str:
        """Adds a sandbox number, asking for a code by SMS; gives the path of its page."""
        wanted = {"number": number, "confirmed": number, "channel": "sms"}
        return self.post("/sandbox-numbers/", wanted).headers["Location"]

    def press(self, number: str, deed: str, **data: str) -> None:
        """A key or button of a handset."""
        self.post(f"/handsets/{quote(number)}/{deed}/", data, status=204)

    def codes(self, number: str) -> list[str]:
        """The codes that a handset shows."""
        return codes_on(self.client, number)

    def verify(self, place: str, code: str) -> None:
        """Types a code in, which must be right."""
        self.post(f"{place}verify/", {"code": code})

    def script(self, number: str, **fields: str) -> None:
        """What a handset does by itself."""
        self.post(f"/handsets/{quote(number)}/script/", fields)

    def rent(self) -> str:
        """Rents the first number on offer and gives it."""
        page = self.client.get("/numbers/search/?country=US&capability=voice").text
        number = f"+{_RENT.findall(page)[0]}"
        self.post(f"/numbers/{quote(number)}/rent/", {"alias": ""})
        return number

    def application(self, name: str, answer_url: str, hangup_url: str) -> str:
        """Makes an application and gives its id."""
        wanted = {
            "name": name,
            "answer_url": answer_url,
            "hangup_url": hangup_url,
            "answer_method": "POST",
            "hangup_method": "POST",
            "fallback_method": "POST",
            "message_method": "POST",
        }
        done = self.post("/applications/new/", wanted)
        return done.headers["Location"].rstrip("/").rpartition("/")[2]

    def line(self, name: str, answer_url: str, hangup_url: str) -> str:
        """A rented number with an application of its own."""
        number, app_id = self.rent(), self.application(name, answer_url, hangup_url)
        wanted = {"alias": name, "application": app_id}
        self.post(f"/numbers/{quote(number)}/", wanted)
        return number

    def heard(self, number: str) -> dict[str, list[str]]:
        """What a handset has heard in each of its past calls."""
        page = self.client.get(f"/handsets/{quote(number)}/").text
        return {
            found[1]: [" ".join(_TAG.sub("", line).split()) for line in _LINE.findall(found[0])]
            for found in _HEARD.finditer(page)
        }


@contextmanager
def customers(stack: Stack, count: int, name: str) -> Iterator[list[Customer]]:
    """New full accounts, signed in."""
    emails = [f"{name}{index}@example.com" for index in range(count)]
    stack.manage("shell", "-v", "0", "-c", _MAKE.format(emails=emails, password=PASSWORD))
    with ExitStack() as stays:
        yield [Customer(stays.enter_context(signed_in(stack, email)), email) for email in emails]


def add_phones(
    people: list[Customer], numbers: list[str], *, after: Callable[[], None] = lambda: None
) -> dict[str, tuple[Customer, str]]:
    """Each adds a share of the numbers, asking for a code; gives owner and page of each.

    `after` is called after each request.
    """

    def ask(person: Customer, number: str) -> tuple[Customer, str]:
        place = person.add_phone(number)
        after()
        return person, place

    def share(index: int) -> dict[str, tuple[Customer, str]]:
        mine, person = numbers[index :: len(people)], people[index]
        return {number: ask(person, number) for number in mine}

    with ThreadPoolExecutor(len(people)) as pool:
        shares = list(pool.map(share, range(len(people))))
    return {number: owned for one in shares for number, owned in one.items()}
