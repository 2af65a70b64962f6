"""Settings, all from the environment, with defaults that let a clone run at once.

`RINGFENCE_MODE` is `embedded` (SQLite, broker in a folder, secrets made at the first start) or
`production`, which refuses to start with anything unsafe (WEB-08; see `console/core/checks.py`).
Every variable is in the README's table.
"""

from __future__ import annotations

import django_stubs_ext

from console.settings.application import *  # noqa: F403 - a settings module is its names
from console.settings.people import *  # noqa: F403
from console.settings.place import *  # noqa: F403
from console.settings.stores import *  # noqa: F403
from console.settings.web import *  # noqa: F403

django_stubs_ext.monkeypatch()
