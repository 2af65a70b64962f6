"""Static files as production serves them: with a fingerprint in every name."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

_HASHED = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"


@pytest.fixture
def collected(settings, tmp_path, style_sheet) -> dict[str, str]:
    """The names before and after, from a whole `collectstatic`."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": _HASHED}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return json.loads((tmp_path / "staticfiles.json").read_text())["paths"]


def test_everything_that_pages_ask_for_is_collected(collected):
    wanted = {"dist/app.css", "js/ui.js", "js/theme.js", "img/icon.svg"}
    assert wanted | {"django_htmx/htmx-2.min.js"} <= set(collected)


def test_sources_of_the_style_sheet_are_not_served(collected):
    assert [name for name in collected if name.startswith("css/")] == []
