"""Reading what people paste into the signature debugger: headers, a body, parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from sandbox.webhooks.misreadings import Seen

NONCES = ("SIGNATURE-V3-NONCE", "SIGNATURE-V2-NONCE")
_SIGNATURES = ("SIGNATURE-V3", "SIGNATURE-MA-V3", "SIGNATURE-V2", "SIGNATURE-MA-V2")
_LINE = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*(?::|=>|=)\s*[\"']?(.*?)[\"']?,?\s*$")
_PAIR = re.compile(r"([^=:\n]+?)(?:: |=)(.*)$")


def seen_of(*, method: str, url: str, headers: str, body: str) -> Seen:
    """The request that was pasted; what cannot be found is left empty."""
    found = read_headers(headers)
    return Seen(
        method=method,
        url=url.strip(),
        nonce=next((found[name] for name in NONCES if name in found), ""),
        params=read_params(body),
        signatures={
            name: tuple(filter(None, (one.strip() for one in found[name].split(","))))
            for name in _SIGNATURES
            if name in found
        },
    )


def read_headers(text: str) -> dict[str, str]:
    """Plivo's headers by their names in capitals, without `X-Plivo-`.

    Lines as a browser or a log shows them (`Name: value`), or as a framework keeps them
    (`HTTP_X_PLIVO_SIGNATURE_V3=…`).
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            name = match[1].upper().replace("_", "-").removeprefix("HTTP-")
            found[name.removeprefix("X-PLIVO-")] = match[2].strip()
    return found


def read_params(text: str) -> dict[str, str]:
    """The parameters of a body: as it travels, as JSON, or a line each as a program shows them.

    A body as it travels (`a=b&c=d`) is decoded; the others are taken as they stand.
    """
    bare = text.strip("\r\n")
    if not bare.strip():
        return {}
    if bare.lstrip().startswith("{"):
        return _from_json(bare)
    if "\n" not in bare and "=" in bare and ": " not in bare:
        return dict(parse_qsl(bare.strip(), keep_blank_values=True))
    return dict(_pairs(bare))


def _from_json(text: str) -> dict[str, str]:
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return {}
    return {str(name): _plain(value) for name, value in data.items()}


def _plain(value: object) -> str:
    # Frameworks show each value of a form as a list of one.
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, str) else json.dumps(value)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = _PAIR.match(line)
        if match:
            yield match[1].strip(), match[2]
