"""Error pages tell what to do and nothing else (WEB-11)."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from console.core.errors import LimitReached, NotFound
from console.urls import handler400, handler403, handler404, handler500  # noqa: F401
from console.urls import urlpatterns as real

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def _raise(error):
    def view(request) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    *real,
    path("limit/", _raise(LimitReached("Two numbers is all a trial has.", retry_after=30))),
    path("gone/", _raise(NotFound())),
    path("boom/", _raise(RuntimeError("the secret of the house"))),
]


def test_a_missing_page_is_a_404_in_the_shell(client, owner):
    client.force_login(owner)
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()
    assert 'aria-label="Main"' in answer.content.decode()


def test_tenancy_not_found_by_a_rule_reads_like_a_page_that_never_was(client):
    missing, refused = client.get("/nowhere/"), client.get("/gone/")
    assert refused.status_code == 404
    assert "There is nothing at this address" in refused.content.decode()
    assert missing.status_code == refused.status_code


def test_web_11_a_500_shows_only_the_request_id():
    answer = Client(raise_request_exception=False).get("/boom/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "request id" in page
    assert "secret of the house" not in page
    assert "Traceback" not in page


def test_a_refusal_becomes_a_page_with_its_reason(client):
    answer = client.get("/limit/")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "30"
    assert "Two numbers is all a trial has." in answer.content.decode()
    assert "/help/errors/trial_limit_reached/" in answer.content.decode()


def test_a_refusal_becomes_a_toast_for_htmx(client):
    answer = client.get("/limit/", headers={"HX-Request": "true"})
    assert answer["HX-Reswap"] == "none"
    assert json.loads(answer["HX-Trigger"])["toast"]["text"] == "Two numbers is all a trial has."


def test_web_03_a_form_without_its_token_is_told_to_reload(owner):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    answer = strict.post("/switch-account/", {"auth_id": "x"})
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()
