"""Production refuses to start with anything unsafe (WEB-08)."""

from __future__ import annotations

import ipaddress
import secrets

import pytest
from django.core.exceptions import ImproperlyConfigured

from console.core import checks


@pytest.fixture
def production(settings):
    """A production that is as it should be."""
    settings.PRODUCTION = True
    for name in ("SECRET_KEY", "OTP_PEPPER", "TOKEN_PEPPER", "AUDIT_PEPPER", "SEAL_KEY"):
        setattr(settings, name, secrets.token_urlsafe(48))
    settings.PUBLIC_URL = "https://console.example.com"
    settings.ALLOWED_HOSTS = ["console.example.com"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DATABASE_URL = "postgres://ringfence:Zk39xhq@db.example.com/ringfence"
    settings.ON_SQLITE = False
    settings.BROKER_URL = settings.REDIS_URL = "redis://redis.example.com/0"
    settings.WEBHOOK_ALLOW_NETS = []
    settings.TIME_SCALE = 1.0
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W008"]
    return settings


def _ids() -> set[str | None]:
    return {one.id for one in checks.check_settings(None)}


def test_web_08_a_safe_production_starts(production):
    assert _ids() == set()
    checks.refuse_unsafe()


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("SECRET_KEY", "", "ringfence.E001"),
        ("SECRET_KEY", "short", "ringfence.E001"),
        ("SECRET_KEY", "a" * 60, "ringfence.E001"),
        ("OTP_PEPPER", "", "ringfence.E001"),
        ("TOKEN_PEPPER", "", "ringfence.E001"),
        ("AUDIT_PEPPER", "", "ringfence.E001"),
        ("SEAL_KEY", "", "ringfence.E001"),
        ("DEBUG", True, "ringfence.E003"),
        ("ALLOWED_HOSTS", ["*"], "ringfence.E004"),
        ("ALLOWED_HOSTS", [".example.com"], "ringfence.E004"),
        ("ALLOWED_HOSTS", [], "ringfence.E004"),
        ("PUBLIC_URL", "http://console.example.com", "ringfence.E005"),
        ("EMAIL_BACKEND", "console.accounts.mailbox.MailboxBackend", "ringfence.E006"),
        ("DATABASE_URL", "postgres://postgres:postgres@db.example.com/x", "ringfence.E007"),
        ("BROKER_URL", "amqp://guest:guest@mq.example.com", "ringfence.E007"),
        ("REDIS_URL", "redis://:password@redis.example.com", "ringfence.E007"),
        ("ON_SQLITE", True, "ringfence.E008"),
        ("NETWORK", "simulated,acme", "ringfence.E009"),
        ("WEBHOOK_ALLOW_NETS", [ipaddress.ip_network("10.0.0.0/8")], "ringfence.E010"),
        ("TIME_SCALE", 20.0, "ringfence.E011"),
    ],
)
def test_web_08_each_unsafe_setting_is_refused_by_its_id(production, name, value, found):
    setattr(production, name, value)
    assert found in _ids()
    with pytest.raises(ImproperlyConfigured, match=found):
        checks.refuse_unsafe()


def test_web_08_two_equal_secrets_are_refused(production):
    production.OTP_PEPPER = production.TOKEN_PEPPER
    assert "ringfence.E002" in _ids()


def test_web_08_what_django_warns_of_counts_too(production):
    production.SESSION_COOKIE_SECURE = False
    with pytest.raises(ImproperlyConfigured, match=r"security\.W012"):
        checks.refuse_unsafe()


def test_web_08_every_refusal_says_what_to_do(production):
    production.DEBUG = True
    production.ON_SQLITE = True
    assert all(one.hint for one in checks.check_settings(None))


def test_embedded_mode_is_fine_on_this_machine_and_warns_on_others(settings):
    settings.PRODUCTION, settings.LOOPBACK = False, True
    assert _ids() == set()
    settings.LOOPBACK = False
    assert _ids() == {"ringfence.W001"}


def test_web_04_https_pages_say_so_for_a_year(client, settings, db):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    answer = client.get("/healthz")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000;")
