"""Four calls on the running stack, each against a real answer server, by API and handsets."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.support.answer_server import AnswerServer, Received
from tests.support.client import PASSWORD
from tests.support.stack import Stack

EMAIL = "stories@example.com"
PHONES = ("+13125550171", "+13125550172")
FAILS_OVER = "+15005550127"
MENU = """<Response>
  <GetDigits action="{url}/chosen/" numDigits="1" validDigits="12" retries="3" timeout="60">
    <Speak>For opening hours press 1. For our address press 2.</Speak>
  </GetDigits>
  <Speak>Goodbye.</Speak>
</Response>"""
HOURS = """<Response>
  <GetDigits action="{url}/day/" numDigits="1" timeout="60">
    <Speak>Weekdays press 1. Weekend press 2.</Speak>
  </GetDigits>
</Response>"""
DAY = """<Response>
  <Speak>We open at nine.</Speak>
  <Hangup/>
</Response>"""
FORWARD = f"""<Response>
  <Dial timeLimit="60" action="{{url}}/dialled/"><Number>{FAILS_OVER}</Number></Dial>
</Response>"""
SORRY = "<Response><Speak>We are sorry, please call again later.</Speak></Response>"
MEET = "<Response><Conference>Monday</Conference></Response>"
_WITHIN = 240.0


class Customer:
    """A customer's program: the REST API, two handsets, and the answer server that they own."""

    def __init__(self, stack: Stack, server: AnswerServer) -> None:
        words = ("--email", EMAIL, "--password", PASSWORD, "--plan", "full", "--credit", "50")
        made = stack.manage("create_account", *words, "--json")
        self.server = server
        self._client = httpx.Client(
            base_url=f"{stack.url}/v1/Account/{made['auth_id']}",
            auth=(made["auth_id"], made["auth_token"]),
            timeout=120,
        )
        for phone in PHONES:
            stack.manage("verify_number", made["auth_id"], phone, "--json")

    def close(self) -> None:
        """Ends the connections."""
        self._client.close()

    def ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        """One request to the API that must not be refused."""
        wanted = {"params": body} if method == "GET" else {"json": body}
        answer = self._client.request(method, path, **wanted)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    def number(self, name: str, path: str, **urls: str) -> str:
        """A rented number whose application asks `path` of the answer server."""
        made = self.ask(
            "POST", "/Application/", app_name=name, answer_url=self.server.url + path,
            hangup_url=f"{self.server.url}/hangup/", **urls,
        )  # fmt: skip
        found = self.ask("GET", "/PhoneNumber/", country_iso="US", services="voice", limit=1)
        number = str(found["objects"][0]["number"])
        self.ask("POST", f"/PhoneNumber/{number}/", app_id=made["app_id"])
        return f"+{number}"

    def call(self, phone: str, number: str) -> str:
        """The handset calls; gives the call's UUID."""
        return str(self.ask("POST", f"/Sandbox/Handset/{phone}/Call/", to=number)["call_uuid"])

    def do(self, phone: str, deed: str, call: str, **more: str) -> None:
        """A key or a button of the handset."""
        self.ask("POST", f"/Sandbox/Handset/{phone}/{deed}/", call_uuid=call, **more)

    def wait(self, call: str, kind: str, times: int = 1) -> None:
        """Until the story has so many lines of a kind."""
        until = time.monotonic() + _WITHIN
        while True:
            story = self._story(call)
            if sum(line["kind"] == kind for line in story) >= times:
                return
            assert time.monotonic() < until, (kind, [line["kind"] for line in story])
            time.sleep(0.1)

    def _story(self, call: str) -> list[dict[str, Any]]:
        """The lines so far; none before a worker has taken the call up."""
        answer = self._client.get(f"/Sandbox/Call/{call}/Story/")
        if answer.status_code == 404:
            return []
        assert answer.is_success, f"{call}: {answer.status_code} {answer.text}"
        return list(answer.json()["objects"])


def serve(server: AnswerServer) -> None:
    """What the customer's program answers."""

    def xml(text: str) -> Callable[[Received], str]:
        return lambda _: text.format(url=server.url)

    server.answers |= {
        "/menu/": xml(MENU), "/chosen/": xml(HOURS), "/day/": xml(DAY),
        "/forward/": xml(FORWARD), "/broken/": lambda _: "Internal error", "/meet/": xml(MEET),
        "/sorry/": xml(SORRY), "/dialled/": lambda _: "<Response/>", "/hangup/": lambda _: "",
    }  # fmt: skip
    server.status["/broken/"] = 500


def make_calls(customer: Customer) -> dict[str, str]:
    """Lets the four calls run beside each other; gives the UUID of each by its name."""
    ada, bob = PHONES
    url = customer.server.url
    calls = {
        "menu": customer.call(ada, customer.number("Front desk", "/menu/")),
        "forwarded": customer.call(ada, customer.number("Forwarding", "/forward/")),
        "fallback": customer.call(
            ada, customer.number("Shop", "/broken/", fallback_answer_url=f"{url}/sorry/")
        ),
    }
    room = customer.number("Meeting", "/meet/")
    calls["room"], other = customer.call(ada, room), customer.call(bob, room)
    customer.wait(calls["menu"], "said")
    for keys in ("9", "1"):
        customer.do(ada, "Digits", calls["menu"], digits=keys)
        customer.wait(calls["menu"], "said", times=2 if keys == "9" else 3)
    customer.do(ada, "Digits", calls["menu"], digits="1")
    customer.wait(calls["forwarded"], "legs_connected")
    customer.do(ada, "Hangup", calls["forwarded"])
    for one in (calls["room"], other):
        customer.wait(one, "room_joined")
    customer.do(bob, "Hangup", other)
    customer.wait(calls["room"], "room_heard_left")
    customer.do(ada, "Hangup", calls["room"])
    for one in calls.values():
        customer.wait(one, "hung_up")
    return calls
