"""Databases, cache and broker."""

from __future__ import annotations

from typing import Any

import dj_database_url

from console.core import env
from console.settings.place import DATA, TESTING

# ---- Databases: SQLite (WAL, immediate transactions) or PostgreSQL with its pool ----
DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{DATA / 'db.sqlite3'}")
DATABASES: dict[str, Any] = {"default": dict(dj_database_url.parse(DATABASE_URL))}
_database = DATABASES["default"]
_options = _database.setdefault("OPTIONS", {})
ON_SQLITE = _database["ENGINE"] == "django.db.backends.sqlite3"
if ON_SQLITE:
    _options |= {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA mmap_size=268435456; PRAGMA cache_size=-8000;"
        ),
    }
    _database["CONN_MAX_AGE"] = None
elif not TESTING:
    _options["pool"] = {
        "min_size": 1,
        "max_size": env.integer("RINGFENCE_DATABASE_POOL", 20, low=1, high=500),
        "timeout": 10,
        # After a rush they are given back: by default a server has 100 for all processes.
        "max_idle": 60,
    }
    _database["CONN_MAX_AGE"] = 0
_suffix = env.text("RINGFENCE_TEST_DB_SUFFIX")
if _suffix:
    _database.setdefault("TEST", {})["NAME"] = (
        str(DATA / f"test_{_suffix}.sqlite3") if ON_SQLITE else f"test_ringfence_{_suffix}"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # counters must survive refusals (OTP-05)

# ---- Cache: shared by all processes (allauth's rate limits need that) ----
BROKER_URL = env.text("RINGFENCE_BROKER_URL", "filesystem://")
REDIS_URL = env.text("RINGFENCE_REDIS_URL", BROKER_URL if BROKER_URL.startswith("redis") else "")
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # The stock 300 would drop rate limits and used codes while they still matter.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# ---- Celery (BG-07); the options are read by console/celery.py ----
WORKERS = env.integer("RINGFENCE_WORKERS", 1, low=1, high=64)
BROKER_DIR = DATA / "broker"
EXPORTS_DIR = DATA / "exports"
