"""The calls' own fixtures, and a folder of files for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tests.sandbox.calls.conftest import (  # noqa: F401  # fixtures
    application,
    did,
    network,
    proved,
    rates,
    server,
    token,
)


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    """Files of this test alone; and no program of this machine makes them differ."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def no_programs(monkeypatch, tmp_path) -> Path:
    """An empty PATH: neither espeak-ng nor an MP3 encoder, unless a test puts one there."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return programs


@pytest.fixture
def signed_in(client, owner) -> Client:
    """The owner at the console."""
    client.force_login(owner)
    return client
