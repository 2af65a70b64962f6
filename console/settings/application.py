"""What the application is made of: apps, middleware, templates."""

from __future__ import annotations

from typing import Any

from console.core import env
from console.settings.place import BASE_DIR, PUBLIC_HOST, PUBLIC_URL

# ---- The application ----
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "lucide",
    "csp",
    "django_structlog",
    "django_prometheus",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "console.core",
    "console.accounts",
    "console.api",
    "console.applications",
    "console.endpoints",
    "console.numbers",
    "console.records",
    "console.papers",
    "console.exports",
    "console.help",
    "console.home",
    "console.privacy",
    "sandbox.network",
    "sandbox.fence",
    "sandbox.webhooks",
    "sandbox.verification",
    "sandbox.calls",
    "sandbox.conferences",
    "sandbox.recordings",
    "sandbox.streams",
    "sandbox.messages",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "console.api.gate.ApiGate",  # the API has a stack of its own; the rest is for pages
    "console.core.middleware.SafetyHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",  # outside of all that may refuse, so that refusals have it too
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "console.core.middleware.InputGuard",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "console.accounts.middleware.AccountScope",
    "console.home.errors.Refusals",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "console.urls"
API_URLCONF = "console.api_urls"
ASGI_APPLICATION = "console.asgi.application"
APPEND_SLASH = True
ALLOWED_HOSTS = env.words(
    "RINGFENCE_ALLOWED_HOSTS", ",".join({PUBLIC_HOST, "127.0.0.1", "localhost", "[::1]"})
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https") else []

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Set by hand: django-cotton and template-partials overwrite each other's loaders.
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "lucide.templatetags.lucide",
                "django_htmx.templatetags.django_htmx",
                "csp.templatetags.csp",
                "django.templatetags.static",
                "console.core.templatetags.ringfence",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "console.home.context.shell",
            ],
        },
    }
]
COTTON_DIR = "cotton"
