"""The signature debugger: how a signature comes about, and why one does not match.

Pure: what a receiver saw and the tokens go in, a report comes out. No token is ever in a report.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from console.accounts.services.tokens import LiveToken
from sandbox.webhooks import misreadings
from sandbox.webhooks.misreadings import Seen
from sandbox.webhooks.signatures import signature_v2, signature_v3, v3_base


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to the message: what is done, what comes out, and why."""

    title: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token signs for this request; `matched` names the headers that hold it."""

    owner: str
    hint: str
    main: bool
    ending: bool
    v3: str
    v2: str
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The end of it: `ok`, `bad` (a mistake was found) or `unknown`; what is wrong and the fix."""

    tone: str
    title: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page shows."""

    verdict: Verdict
    steps: tuple[Step, ...]
    message: str
    expected: tuple[Expected, ...]


_OWN_ERRORS = "This signature was not made by us but by your own program"


def check(seen: Seen, tokens: Sequence[LiveToken]) -> Report:
    """The steps to the message, what each token makes of it, and what went wrong, if anything."""
    expected = tuple(_expected(seen, token) for token in tokens)
    return Report(
        verdict=_verdict(seen, tokens, expected),
        steps=tuple(_steps(seen)),
        message=f"{_base(seen)}.{seen.nonce}",
        expected=expected,
    )


def _base(seen: Seen) -> str:
    return v3_base(method=seen.method, url=seen.signed_url, params=seen.posted)


def _v3(seen: Seen, token: str) -> str:
    return signature_v3(
        method=seen.method,
        url=seen.signed_url,
        params=seen.posted,
        nonce=seen.nonce,
        token=token,
    )


def _v2(seen: Seen, token: str) -> str:
    return signature_v2(url=seen.url, nonce=seen.nonce, token=token)


def _expected(seen: Seen, token: LiveToken) -> Expected:
    v3, v2 = _v3(seen, token.clear), _v2(seen, token.clear)
    held = [
        name
        for name, signatures in seen.signatures.items()
        if (v2 if name.endswith("V2") else v3) in signatures
    ]
    return Expected(
        owner=token.owner,
        hint=token.hint,
        main=token.main,
        ending=token.ending,
        v3=v3,
        v2=v2,
        matched=tuple(held),
    )


def _steps(seen: Seen) -> Iterator[Step]:
    parts = urlsplit(seen.signed_url)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    posted = sorted(seen.posted.items())
    bare = urlunsplit(parts._replace(query="", fragment=""))
    yield Step("Take the URL without its query", bare, "As it was asked for, with its port if any.")
    yield Step(
        "Decode the query, sort it by key, join it with &",
        "&".join(f"{key}={value}" for key, value in query),
        "A plus sign in a number stays a plus. With GET all parameters are part of the query.",
    )
    yield Step(
        "Decode the form, sort it by key, put it together without any sign between",
        "".join(f"{key}{value}" for key, value in posted),
        "Only what was posted; with GET there is none.",
    )
    yield Step(
        "Put them together",
        _base(seen),
        "A ? after the URL when there is anything more, a dot between query and form.",
    )
    yield Step("Add a dot and the nonce: this is signed", f"{_base(seen)}.{seen.nonce}")
    yield Step(
        "HMAC with SHA-256, keyed with the auth token, written in Base64",
        "base64(hmac_sha256(auth_token, message))",
        "The header may hold several, joined by commas: one match is enough.",
    )


def _verdict(seen: Seen, tokens: Sequence[LiveToken], expected: Sequence[Expected]) -> Verdict:
    if not seen.all_signatures:
        return Verdict("", "Nothing to compare with: the headers hold no signature.")
    good = [one for one in expected if set(one.matched) & set(seen.strongest)]
    if good:
        return Verdict("ok", _praise(good[0]), tuple(_remarks(good[0])))
    if not tokens:
        return Verdict("unknown", "This account has no live token, so nothing can match.")
    if _has_v3(seen) and seen.claimed & {one.v2 for one in expected}:
        return Verdict("bad", "This is a V2 signature in the place of V3.", (_V2_FOR_V3,))
    misread = next(_matching_readings(seen, tokens), None)
    if misread is not None:
        return Verdict("bad", "Genuine, but your program saw something else than we sent.", misread)
    mistake = next(_matching_mistakes(seen, tokens), None)
    if mistake is not None:
        return Verdict("bad", f"{_OWN_ERRORS}, and it makes a mistake.", (mistake,))
    return Verdict("unknown", "No match, and it is none of the usual mistakes.", _LEFT)


CHANGED = Verdict(
    "bad",
    "Genuine, but your program saw something else than we sent.",
    (
        "The signature is the one that we sent. The table shows what differs; if nothing does, the "
        "token that made it has ended since.",
    ),
)
"""What to say when the log knows the signature and no usual mistake explains the rest."""
_V2_FOR_V3 = (
    "The header X-Plivo-Signature-V3 goes with the V3 check, X-Plivo-Signature-V2 with the older "
    "one. Take V3: it covers the query and the parameters too."
)
_LEFT = (
    "Most often the token is another one: rotated since, revoked, or of another account. Compare "
    "its first and last four characters with the tokens below.",
    "Or a parameter was added, left out or changed on the way, or the host is not the one that we "
    "asked. Every parameter counts, empty ones too.",
)


def _praise(one: Expected) -> str:
    return f"It matches: signed with the token {one.hint} of {one.owner}."


def _remarks(one: Expected) -> Iterator[str]:
    if one.ending:
        yield "This token is being rotated and will end soon: move to its successor."
    if not one.main:
        yield (
            "This is a subaccount’s token. A program that holds only the main account’s token "
            "checks X-Plivo-Signature-Ma-V3 instead."
        )
    if all(name.endswith("V2") for name in one.matched):
        yield (
            "Only the older V2 signature matches. It covers neither query nor parameters; "
            "check V3 instead."
        )
    if one.main and all("MA" in name for name in one.matched):
        yield (
            "It is the main account’s signature. The header without Ma is signed with the "
            "subaccount’s token."
        )


def _matching_readings(seen: Seen, tokens: Sequence[LiveToken]) -> Iterator[tuple[str, ...]]:
    given, sign = seen.claimed, _v3 if _has_v3(seen) else _v2
    readings = sorted(misreadings.readings(seen), key=lambda reading: len(reading.reasons))
    for reading in readings:
        for token in tokens:
            if sign(reading.seen, token.clear) in given:
                yield reading.reasons


def _matching_mistakes(seen: Seen, tokens: Sequence[LiveToken]) -> Iterator[str]:
    given = seen.claimed
    for mistake in misreadings.mistakes(seen):
        for token in tokens:
            if given & set(_digests(token.clear, mistake.message)):
                yield mistake.reason
    message = f"{_base(seen)}.{seen.nonce}"
    for token in tokens:
        _, hex_256, sha1 = _digests(token.clear, message)
        if hex_256 in given:
            yield "It is written in hexadecimal; the header is Base64."
        if sha1 in given:
            yield "It was made with SHA-1; take SHA-256."


def _has_v3(seen: Seen) -> bool:
    return any(name.endswith("V3") for name in seen.strongest)


def _digests(token: str, message: str) -> tuple[str, str, str]:
    key, text = token.encode(), message.encode()
    sha256 = hmac.new(key, text, hashlib.sha256)
    sha1 = hmac.new(key, text, hashlib.sha1)
    return _base64(sha256.digest()), sha256.hexdigest(), _base64(sha1.digest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def differences(
    seen: Seen, *, method: str, url: str, params: Mapping[str, str], hidden: str
) -> list[tuple[str, str, str]]:
    """What we sent and what the receiver saw, where they differ: (name, sent, seen).

    `hidden` stands for values that were not kept; those are not compared.
    """
    found = []
    if seen.method != method:
        found.append(("Method", method, seen.method))
    theirs = dict(seen.params)
    if method == "GET" and not theirs:
        sent_query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) | dict(params)
        theirs = dict(parse_qsl(urlsplit(seen.url).query, keep_blank_values=True))
        params, url, bare = sent_query, url.partition("?")[0], seen.url.partition("?")[0]
    else:
        bare = seen.url.partition("#")[0]
    if bare != url:
        found.append(("URL", url, bare))
    for name in sorted({*params, *theirs}):
        sent, got = params.get(name), theirs.get(name)
        if sent != got and sent != hidden:
            found.append((name, "(not sent)" if sent is None else sent, _or_missing(got)))
    return found


def _or_missing(value: str | None) -> str:
    return "(missing)" if value is None else value
