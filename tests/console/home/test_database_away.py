"""While the database does not answer: 503 and when to come back, never a 500 (REL-04)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import InterfaceError, OperationalError
from django.db.backends.utils import CursorWrapper

ERRORS = pytest.mark.parametrize("error", [OperationalError, InterfaceError])


@contextmanager
def database_away(error: type[Exception] = OperationalError) -> Iterator[None]:
    """Every statement fails as over a broken connection."""

    def fail(self, sql, params=None):
        raise error("server closed the connection: host=db.internal")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", fail)
        yield


@ERRORS
@pytest.mark.parametrize("path", ["/", "/calls/", "/settings/", "/metrics"])
def test_rel_04_a_page_says_when_to_come_back(client, owner, path, error):
    client.force_login(owner)
    client.raise_request_exception = False
    with database_away(error):
        answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Try again in a few seconds" in answer.content.decode()
    assert "db.internal" not in answer.content.decode()


def test_rel_04_a_form_says_when_to_come_back_and_the_page_after_it_works(client, owner):
    client.force_login(owner)
    client.raise_request_exception = False
    with database_away():
        assert client.post("/applications/new/", {"name": "x"}).status_code == 503
    assert client.get("/applications/").status_code == 200


@ERRORS
def test_rel_04_the_api_says_when_to_come_back_and_works_again(api, error):
    assert api.get("Application/").status_code == 200
    with database_away(error):
        answer = api.get("Application/")
    assert answer.status_code == 503, answer.content
    assert answer.headers["Retry-After"] == "5"
    assert answer.json()["error_code"] == "unavailable"
    assert "db.internal" not in answer.content.decode()
    assert api.get("Application/").json()["objects"] == []


def test_rel_04_the_process_still_says_that_it_lives(client, db):
    with database_away():
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
