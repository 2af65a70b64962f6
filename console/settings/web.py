"""What browsers and programs meet: headers, static files, language, the API, logs."""

from __future__ import annotations

from typing import Any

from csp.constants import NONCE, NONE, SELF

from console.core import env, logs
from console.settings.people import SECURE_COOKIES
from console.settings.place import BASE_DIR, DATA, DEBUG, PRODUCTION

# ---- Web surface (WEB-01, WEB-04) ----
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
if SECURE_COOKIES:  # it only says that the proxy in front was asked over TLS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
CSRF_FAILURE_VIEW = "console.home.errors.csrf_failure"

# ---- Static files ----
STATIC_URL = "/static/"
# Not static/css: those are sources, and their imports mean nothing to the manifest.
STATICFILES_DIRS = [(part, BASE_DIR / "static" / part) for part in ("dist", "img", "js")]
STATIC_ROOT = DATA / "staticfiles"
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 31_536_000 if PRODUCTION else 60
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA / "media"
RECORDING_DAYS = env.integer("RINGFENCE_RECORDING_DAYS", 90, low=1, high=400)

# ---- Language and time ----
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

# ---- REST ----
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Ringfence REST API",
    "DESCRIPTION": "Plivo's v1 surface, and the sandbox beside it.",
    "VERSION": "v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": True,
    "AUTHENTICATION_WHITELIST": [],
    "APPEND_COMPONENTS": {
        "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
    },
    "POSTPROCESSING_HOOKS": [
        "console.api.schema.as_components",
    ],
}

# ---- Logs (WEB-10) ----
LOGGING = logs.config(level=env.text("RINGFENCE_LOG_LEVEL", "INFO"), json=not DEBUG)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it believes any header; see console.core.log_address
# W001, W002: our own SafetyHeaders sets what Django's middleware would. W008: the proxy in front
# redirects plain HTTP; this program sees only what it passes on.
SILENCED_SYSTEM_CHECKS = (
    ["security.W001", "security.W002", "security.W008"] if PRODUCTION else ["security.W003"]
)
