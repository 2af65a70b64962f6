"""Logs: JSON lines, no secrets, numbers masked (WEB-10)."""

from __future__ import annotations

import re
from typing import Any

import structlog

from console.core import ids

_NUMBER = re.compile(r"(?:\+|%2[Bb])[1-9][0-9]{6,14}\b")
_TOKEN = ids.TOKEN
_SIX = re.compile(r"(?<![0-9a-fA-F-])[0-9]{6}(?![0-9a-fA-F-])")
_NUMBER_IN_PATH = re.compile(r"(?<=/numbers/)[1-9][0-9]{6,14}\b")
# Links out of letters: whoever has one can confirm an address, reset a password or join an account;
# and addresses of recordings, which are the permission to hear them.
_LINK = re.compile(
    r"(/(?:confirm-email|password/reset/key|invitations/[0-9a-f-]{36}"
    r"|recordings/[0-9a-f-]{36}(?=/\w{32}\.))/)[^/?\s\"']+"
)
_SIGNED = re.compile(r"([?&](?:signature|token|key)=)[^&\s]+")
_SECRET_KEYS = {"authorization", "cookie", "password", "token", "code", "secret", "set-cookie"}
_OTP_LOGGERS = ("sandbox.verification",)


def scrub(text: str, *, codes: bool = False) -> str:
    """The text without tokens, signatures and full phone numbers; `codes` drops six-digit runs."""
    text = _TOKEN.sub(lambda m: f"{m[0][:4]}[token]" if ids.is_token(m[0]) else m[0], text)
    text = _NUMBER.sub(_masked, text)
    text = _NUMBER_IN_PATH.sub(_masked, text)
    text = _LINK.sub(r"\1[link]", text)
    text = _SIGNED.sub(r"\1[signed]", text)
    return _SIX.sub("[code]", text) if codes else text


def _masked(found: re.Match[str]) -> str:
    digits = found[0].removeprefix("+")
    digits = digits[3:] if digits.startswith("%") else digits
    return f"+{digits[:2]}…{digits[-2:]}"


def _scrub_value(value: Any, *, codes: bool) -> Any:
    if isinstance(value, str):
        return scrub(value, codes=codes)
    if isinstance(value, dict):
        return {k: _scrub_value(v, codes=codes) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub_value(v, codes=codes) for v in value]
    return value


def _is_secret(key: str, value: Any) -> bool:
    # `code` is also the HTTP status of a finished request, a number; codes of ours are texts.
    return key.lower() in _SECRET_KEYS and not (key == "code" and isinstance(value, int))


def scrub_event(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor that scrubs every field of an event."""
    codes = str(event.get("logger", "")).startswith(_OTP_LOGGERS)
    return {
        key: "[secret]" if _is_secret(key, value) else _scrub_value(value, codes=codes)
        for key, value in event.items()
        if not key.startswith("_") or key in {"_record", "_from_structlog"}
    }


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,  # plain traceback, never locals
]


def config(*, level: str, json: bool) -> dict[str, Any]:
    """Django's LOGGING, and structlog set to feed it."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    scrub_event,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.db.backends": {"level": "INFO"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "django_structlog": {"level": "WARNING"},
        },
    }
