"""The table of routes against staff, team mates, HEAD, and forms without a word in them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.tenancy.routes import MEMBER, PUBLIC, ROUTES, STAFF, WRITER
from tests.tenancy.test_junk import kept, undone
from tests.tenancy.things import NEVER_WAS
from tests.tenancy.world import furnish, paths

STREAMS = {"network:events", "calls:csv", "messages:csv"}
ONCE = {"accounts:token"}  # GET alone: it shows what is gone afterwards


@pytest.fixture
def things(account, owner, frozen):
    return furnish(account, owner)


def _signed_in(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _asks(route) -> list[str]:
    return [m for m, who in (("GET", route.get), ("POST", route.post)) if who not in (None, PUBLIC)]


def test_ten_05_staff_see_no_tenants_objects_on_the_tenants_pages(staff, things):
    """They have the operator's pages; here they are in no account, and told so."""
    client, wrong = _signed_in(staff), []
    for name, path in paths(things).items():
        if STAFF in (ROUTES[name].get, ROUTES[name].post):
            continue  # tests/operator has those
        for method in _asks(ROUTES[name]):
            answer = client.generic(method, path)
            if answer.status_code not in {403, 404}:
                wrong.append((name, method, answer.status_code))
            elif "Owner Ltd" in answer.content.decode():
                wrong.append((name, method, "shows the account"))
    assert wrong == []


def test_ten_05_a_team_mate_sees_what_the_owner_sees(team_mate, owner, things):
    mate, wrong = _signed_in(team_mate), []
    for name, path in paths(things).items():
        if ROUTES[name].get in (MEMBER, WRITER) and name not in STREAMS:
            status = mate.get(path).status_code
            if status != 200 and not (name == "network:screen" and status == 204):
                wrong.append((name, status))
    assert wrong == []


def test_head_answers_as_get_does_and_changes_nothing(owner, things):
    client, wrong = _signed_in(owner), []
    for name, path in paths(things).items():
        if ROUTES[name].get is None or name in STREAMS | ONCE:
            continue
        with undone():
            before = kept()
            seen, body = client.get(path).status_code, client.head(path)
            if body.status_code != seen or body.content:
                wrong.append((name, seen, body.status_code))
            if kept() != before:
                wrong.append((name, "changed something"))
    assert wrong == []


def test_an_empty_form_is_an_answer_and_never_an_error(owner, things):
    client, wrong = _signed_in(owner), []
    for name, path in paths(things).items():
        if ROUTES[name].post is not None:
            with undone():
                status = client.post(path).status_code
            if status >= 500:
                wrong.append((name, status))
    assert wrong == []


def _bare(answer, path: str) -> str:
    text = answer.content.decode().replace(path, "PATH")
    text = re.sub(r'nonce="[^"]+"', "", text)
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken[^}]*', "", text)


def test_ten_02_someone_elses_is_byte_for_byte_one_that_never_was(stranger, things):
    """Nothing but the path itself may differ: the side bar marks the section by it."""
    client, same, wrong = _signed_in(stranger), 0, []
    theirs, never = paths(things), paths({**things, **NEVER_WAS})
    for name, path in theirs.items():
        route = ROUTES[name]
        if route.get in (MEMBER, WRITER) and path != never[name]:
            one, other = client.get(path), client.get(never[name])
            if one.status_code == other.status_code == 404:
                same += 1
                assert _bare(one, path) == _bare(other, never[name]), name
            else:
                wrong.append((name, one.status_code, other.status_code))
    assert [one for one in wrong if one[0] != "numbers:rent"] == []  # the stock is everyone's
    assert same >= 8
