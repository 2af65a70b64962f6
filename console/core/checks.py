"""System checks: production does not start with anything unsafe (WEB-08).

They run in `manage.py check` and, in production, when any process starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks  # noqa: A004
from django.core.exceptions import ImproperlyConfigured

_SECRETS = ("SECRET_KEY", "OTP_PEPPER", "TOKEN_PEPPER", "AUDIT_PEPPER", "SEAL_KEY")
_SHORTEST = 32
_GUESSED = frozenset(
    {
        *("postgres", "password", "passwd", "secret", "changeme", "change-me", "admin", "root"),
        *("guest", "ringfence", "redis", "rabbitmq", "test", "example", "123456"),
    }
)


@register(Tags.security)
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What is unsafe; in embedded mode only what a neighbour on the network could use."""
    if settings.PRODUCTION:
        return [*_secrets(), *_surface(), *_stores(), *_network()]
    return list(_embedded())


def refuse_unsafe() -> None:
    """Raises ImproperlyConfigured that names every unsafe setting; Django's own checks count."""
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    unsafe = [one for one in found if one.level >= 30 and not one.is_silenced()]
    if unsafe:
        listed = "\n".join(f"  {one.id}: {one.msg} {one.hint or ''}".rstrip() for one in unsafe)
        raise ImproperlyConfigured(f"Production does not start like this:\n{listed}")


def _value(name: str) -> str:
    try:
        return str(getattr(settings, name))
    except ImproperlyConfigured:  # Django's way of saying that SECRET_KEY is empty
        return ""


def _secrets() -> Iterator[CheckMessage]:
    values = {name: _value(name) for name in _SECRETS}
    for name, value in values.items():
        if len(value.encode()) < _SHORTEST or len(set(value)) < 10:
            yield Error(
                f"RINGFENCE_{name} is missing or too short.",
                hint=f"Set RINGFENCE_{name} or RINGFENCE_{name}_FILE to {_SHORTEST} random bytes "
                "or more, for example from: openssl rand -base64 48",
                id="ringfence.E001",
            )
    if len(set(values.values())) < len(values):
        yield Error(
            "Two of the secrets are the same.",
            hint="Each of " + ", ".join(f"RINGFENCE_{name}" for name in _SECRETS) + " is its own.",
            id="ringfence.E002",
        )


def _surface() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("RINGFENCE_DEBUG is on.", hint="Leave it out.", id="ringfence.E003")
    if not settings.ALLOWED_HOSTS or any(
        "*" in host or host.startswith(".") for host in settings.ALLOWED_HOSTS
    ):
        yield Error(
            "RINGFENCE_ALLOWED_HOSTS is not a list of exact names.",
            hint="Name each host; leave out * and leading dots.",
            id="ringfence.E004",
        )
    if not settings.PUBLIC_URL.startswith("https://"):
        yield Error(
            "RINGFENCE_PUBLIC_URL is not https.",
            hint="Put a proxy with TLS in front and set its address.",
            id="ringfence.E005",
        )
    if settings.EMAIL_BACKEND.endswith(".MailboxBackend"):
        yield Error(
            "Mail is kept instead of sent.",
            hint="Set RINGFENCE_EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend and "
            "RINGFENCE_SMTP_HOST.",
            id="ringfence.E006",
        )


def _stores() -> Iterator[CheckMessage]:
    for name in ("DATABASE_URL", "BROKER_URL", "REDIS_URL"):
        password = unquote(urlsplit(getattr(settings, name)).password or "")
        if password.lower() in _GUESSED:
            yield Error(
                f"The password in {name} is one that anybody would try.",
                hint="Give the server a random password.",
                id="ringfence.E007",
            )
    if settings.ON_SQLITE:
        yield Error(
            "The database is SQLite.",
            hint="Production runs on PostgreSQL: set DATABASE_URL.",
            id="ringfence.E008",
        )


def _network() -> Iterator[CheckMessage]:
    drivers = {one.strip() for one in settings.NETWORK.split(",")}
    if "simulated" in drivers and len(drivers) > 1:
        yield Error(
            "RINGFENCE_NETWORK names the simulated network beside a real one.",
            hint="Choose one: a code read in the browser must never count for a real phone.",
            id="ringfence.E009",
        )
    if settings.WEBHOOK_ALLOW_NETS:
        yield Error(
            "RINGFENCE_WEBHOOK_ALLOW_NETS opens private networks to customers' URLs.",
            hint="Leave it out in production.",
            id="ringfence.E010",
        )
    if settings.TIME_SCALE != 1.0:
        yield Error(
            "RINGFENCE_TIME_SCALE is not 1: calls would ring and end at the wrong time.",
            hint="Leave it out in production.",
            id="ringfence.E011",
        )


def _embedded() -> Iterator[CheckMessage]:
    if not settings.LOOPBACK:
        yield Warning(
            f"Embedded mode listens on {settings.HOST}, where others may reach it.",
            hint="Use 127.0.0.1, or set RINGFENCE_MODE=production and what it asks for.",
            id="ringfence.W001",
        )
