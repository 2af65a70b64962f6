"""A program that speaks to the REST API, and the bodies that the SDKs' own tests expect."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from django.test import Client

from console.accounts.models import Account, Subaccount
from console.accounts.services import issue_token
from console.accounts.services.tokens import AuthToken

SHAPES = json.loads((Path(__file__).parent.parent / "compat" / "shapes.json").read_text())
"""Keys and JSON types (not values) of the bodies that the official Python SDK's tests expect."""


class Api:
    """Basic credentials of one account or subaccount; paths are relative to its own."""

    def __init__(self, account: Account, subaccount: Subaccount | None = None) -> None:
        AuthToken.objects.for_account(account).filter(subaccount=subaccount).delete()
        self.token = issue_token(account, subaccount)
        self.auth_id = (subaccount or account).auth_id
        self.base = f"/v1/Account/{self.auth_id}/"
        pair = base64.b64encode(f"{self.auth_id}:{self.token}".encode()).decode()
        self.client = Client(headers={"Authorization": f"Basic {pair}"})

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer; `body` is sent as JSON on any method, as the SDKs do."""
        sent = b"" if body is None else json.dumps(body).encode()
        url = path if path.startswith("/") else self.base + path
        return self.client.generic(
            method, url, sent, content_type="application/json", headers=headers
        )

    def get(self, path: str = "", body: Any = None, **headers: str) -> Any:
        """GET."""
        return self.call("GET", path, body, **headers)

    def post(self, path: str = "", body: Any = None, **headers: str) -> Any:
        """POST."""
        return self.call("POST", path, body, **headers)

    def delete(self, path: str = "", body: Any = None, **headers: str) -> Any:
        """DELETE."""
        return self.call("DELETE", path, body, **headers)


def fixture(name: str) -> Any:
    """The keys and JSON types of a body as the official SDK's tests have it."""
    return SHAPES[name]


def differences(live: Any, wanted: Any, at: str = "body") -> list[str]:
    """What a live body lacks, or has of another type, beside a fixture.

    Null on either side matches anything; of a list the first item stands for all.
    """
    if live is None or wanted is None:
        return []
    if isinstance(wanted, dict) and isinstance(live, dict):
        lacks = [f"{at}.{name} is missing" for name in wanted if name not in live]
        both = [name for name in wanted if name in live]
        return lacks + [
            d for name in both for d in differences(live[name], wanted[name], f"{at}.{name}")
        ]
    if isinstance(wanted, list) and isinstance(live, list):
        if not wanted or not live:
            return []
        return [d for one in live for d in differences(one, wanted[0], f"{at}[]")]
    kinds = {_kind(live), _kind(wanted)}
    return [] if len(kinds) == 1 else [f"{at}: {_kind(live)} instead of {_kind(wanted)}"]


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {int: "number", float: "number", str: "string", dict: "object", list: "array"}[
        type(value)
    ]
