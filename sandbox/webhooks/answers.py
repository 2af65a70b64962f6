"""Reading a customer's answer, and putting what went wrong into plain words (SSRF-05, SSRF-06)."""

from __future__ import annotations

import http
from collections.abc import Mapping
from dataclasses import replace

import httpcore
import httpx

from sandbox.webhooks.policy import SHOWN_BODY, Attempt, ErrorClass, OutgoingRequest

REMOTE_ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpx.HTTPError,
    httpx.StreamError,
    OSError,
)


class TryFailedError(Exception):
    """A try came to nothing; becomes part of its record and never leaves the client."""

    def __init__(self, error: ErrorClass, sentence: str, *, retry_kind: str = "") -> None:
        super().__init__(sentence)
        self.error, self.sentence, self.retry_kind = error, sentence, retry_kind


def read_answer(answer: httpx.Response, attempt: Attempt, request: OutgoingRequest) -> Attempt:
    """The attempt with status and body filled in, and what is wrong with them.

    Reads at most `request.max_bytes` of a body that matters and 2 KiB of any other. Raises the
    transport's errors when a body that matters breaks off.
    """
    attempt = replace(
        attempt,
        status=answer.status_code,
        content_type=answer.headers.get("content-type", "")[:200],
        retry_after=answer.headers.get("retry-after", "")[:100],
    )
    failure = _status_failure(answer.status_code)
    try:
        if failure is None and request.wants_body:
            _check_headers(answer.headers, request.max_bytes)
            return replace(
                attempt,
                body=_whole_body(answer, request.max_bytes),
                sentence=f"The server answered {_reason(answer.status_code)}.",
            )
    except TryFailedError as error:
        failure = error
    attempt = replace(attempt, body=_first_bytes(answer, SHOWN_BODY))
    if failure:
        return failed(attempt, failure)
    return replace(attempt, sentence=f"The server answered {_reason(answer.status_code)}.")


def failed(attempt: Attempt, failure: TryFailedError) -> Attempt:
    """The attempt with its failure written down."""
    return replace(
        attempt,
        error=failure.error,
        sentence=failure.sentence,
        retry_kind=failure.retry_kind,
    )


def remote_failure(error: Exception, *, connected: bool) -> TryFailedError:
    """What a transport's error means for the customer; `connected` tells how far the try came."""
    if isinstance(error, httpcore.TimeoutException | TimeoutError):
        if connected:
            sentence = "The server took the request but did not answer in full in time."
            return TryFailedError(ErrorClass.TIMED_OUT, sentence, retry_kind="rt")
        sentence = "The server did not accept the connection in time."
        return TryFailedError(ErrorClass.TIMED_OUT, sentence, retry_kind="ct")
    if not connected:
        sentence = "No connection to the server: it refused, or its certificate is not valid."
        return TryFailedError(ErrorClass.NO_CONNECTION, sentence, retry_kind="ct")
    if isinstance(error, httpcore.ProtocolError):
        sentence = "The server's answer is not proper HTTP, or it broke off."
        return TryFailedError(ErrorClass.BAD_ANSWER, sentence, retry_kind="rt")
    sentence = "The server broke the connection off before its answer was complete."
    return TryFailedError(ErrorClass.BAD_ANSWER, sentence, retry_kind="rt")


def _check_headers(headers: Mapping[str, str], max_bytes: int) -> None:
    if headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise TryFailedError(
            ErrorClass.BAD_ANSWER, "The answer is compressed, though we asked for it plain."
        )
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > max_bytes:
        raise _too_large(max_bytes)


def _whole_body(answer: httpx.Response, limit: int) -> bytes:
    taken = bytearray()
    for chunk in answer.iter_raw():
        taken += chunk
        if len(taken) > limit:
            raise _too_large(limit)
    return bytes(taken)


def _first_bytes(answer: httpx.Response, limit: int) -> bytes:
    """What can be shown of a body that does not matter; a body half read already shows nothing."""
    taken = bytearray()
    try:
        for chunk in answer.iter_raw():
            taken += chunk
            if len(taken) >= limit:
                break
    except REMOTE_ERRORS:
        # The status already said enough.
        return bytes(taken[:limit])
    return bytes(taken[:limit])


def _too_large(limit: int) -> TryFailedError:
    return TryFailedError(ErrorClass.BAD_ANSWER, f"The answer is larger than {limit // 1024} KB.")


def _status_failure(status: int) -> TryFailedError | None:
    if 200 <= status < 300:
        return None
    sentence = f"The server answered {_reason(status)}."
    if 300 <= status < 400:
        sentence += " Redirects are not followed: give the final URL."
    kind = {4: "4xx", 5: "5xx"}.get(status // 100, "")
    return TryFailedError(ErrorClass.BAD_ANSWER, sentence, retry_kind=kind)


def _reason(status: int) -> str:
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
