"""The network's hand: a process that rings, speaks and texts on simulated phones of a running web.

It reads one JSON object a line, `{"do": name, …}`, and answers with one. Used by browser tests,
whose web server has a database of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

_UVICORN = (
    *("-W", "ignore", "-m", "uvicorn", "console.asgi:application"),
    *("--log-level", "error", "--timeout-graceful-shutdown", "1"),
)
ROOT = Path(__file__).resolve().parents[2]


class Hand:
    """The near end of the process: `hand("ring", to=…)`."""

    def __init__(self, env: dict[str, str], url: str) -> None:
        self.url = url
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.hand"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, do: str, **words: Any) -> Any:
        """What the far end gave."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"do": do, **words}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


@contextlib.contextmanager
def web_with_hand(port: int, database_url: str) -> Iterator[Hand]:
    """A web process over a fresh database, and a hand on the same one."""
    with tempfile.TemporaryDirectory(prefix="ringfence-hand-") as folder:
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        env |= {"RINGFENCE_DATA": folder, "RINGFENCE_PORT": str(port)}
        if database_url:
            env["DATABASE_URL"] = database_url
        manage = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(manage, cwd=ROOT, env=env, check=True)
        web = subprocess.Popen(
            [sys.executable, *_UVICORN, "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/readyz")
            hand = Hand(env, url)
            yield hand
            hand.close()
        finally:
            web.terminate()
            web.wait(timeout=60)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 600
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < until, "the web process did not start"
            time.sleep(0.1)


# ---- The far end ----
def _serve() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "console.settings"
    import django

    django.setup()
    for line in sys.stdin:
        words = json.loads(line)
        sys.stdout.write(json.dumps(_DEEDS[words.pop("do")](**words)) + "\n")
        sys.stdout.flush()


def _sign_up(email: str, numbers: list[str], did: str) -> dict[str, str]:
    """A member with open handsets and a DID; gives the session cookie."""
    from django.conf import settings
    from django.test import Client

    from console.accounts.models import Account, Membership, Role, User
    from console.core import clock
    from console.numbers.models import RentedNumber, StockNumber
    from sandbox.network import services

    account = Account.objects.create(name="Browser Ltd", credit="10")
    user = User.objects.create(email=email)
    Membership.objects.create(user=user, account=account, role=Role.OWNER)
    for number in numbers:
        services.open_handset(account=account, number=number)
    stock = StockNumber.objects.create(
        number=did, national=did[2:], country="US", type="local", sms_enabled=True, available=False
    )
    RentedNumber.objects.create(
        account=account, stock=stock, number=did, renewal_date=clock.now().date()
    )
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def _permit(to: str, kind: str) -> Any:
    from console.core import clock
    from sandbox.network.models import HandsetAccess, Permit

    account = HandsetAccess.objects.get(number=to).account
    return Permit.objects.create(
        account=account,
        kind=kind,
        to=to,
        network="simulated",
        origin="test",
        expires_at=clock.now() + timedelta(seconds=60),
    )


def _driver() -> Any:
    from sandbox.network.simulated import SimulatedDriver

    return SimulatedDriver()


def _ring(to: str, **words: Any) -> str:
    call_uuid = uuid4()
    _driver().ring(permit=_permit(to, "call"), call_uuid=call_uuid, **words)
    return str(call_uuid)


def _text(to: str, **words: Any) -> str:
    message_uuid = uuid4()
    permit = _permit(to, "message")
    _driver().deliver(permit=permit, message_uuid=message_uuid, key=str(message_uuid), **words)
    return str(message_uuid)


def _on_call(name: str) -> Any:
    def do(call_uuid: str, **words: Any) -> Any:
        return getattr(_driver(), name)(call_uuid=UUID(call_uuid), **words)

    return do


def _clear() -> None:
    """Makes the phones as new."""
    from console.core.models import OutboxRow
    from sandbox.network.models import HandsetCall, HandsetMessage

    for model in (HandsetCall, HandsetMessage, OutboxRow):
        model.objects.all().delete()


def _told(kind: str) -> list[dict[str, Any]]:
    """Payloads of the outbox rows of a kind, in order; what phones typed is opened."""
    from console.core.models import OutboxRow
    from sandbox.network.events import opened

    rows = OutboxRow.objects.filter(kind=kind).order_by("pk")
    return [opened(row.payload) for row in rows]


_DEEDS = {
    "sign_up": _sign_up,
    "ring": _ring,
    "text": _text,
    "speak": _on_call("speak"),
    "said": _on_call("said"),
    "answered": _on_call("answered"),
    "hang_up": _on_call("hang_up"),
    "clear": _clear,
    "told": _told,
}

if __name__ == "__main__":
    _serve()
