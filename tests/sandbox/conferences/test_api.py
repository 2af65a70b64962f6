"""Conferences over the API, with the key sets of the SDKs' fixtures."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sandbox.conferences.models import Member
from tests.sandbox.conferences.conftest import FRIEND, PHONE, room, there
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db
LOBBY = "<Conference>My Room</Conference><Wait length='60'/>"
ROOM = "Conference/My%20Room/"


@pytest.fixture
def lines(answers, caller):
    """Two calls in `My Room`."""
    answers(LOBBY)
    return caller(PHONE), caller(FRIEND)


def test_the_list_has_the_names_of_living_conferences(api, lines):
    body = api.get("Conference/").json()
    assert differences(body, fixture("conferenceListResponse")) == []
    assert body["conferences"] == ["My Room"]


def test_a_conference_has_the_keys_of_the_sdks_fixture(api, lines):
    body = api.get(ROOM).json()
    assert differences(body, fixture("conferenceGetResponse")) == []
    assert body["conference_member_count"] == "2"
    assert body["conference_run_time"] == "2"
    first = body["members"][0]
    assert (first["member_id"], first["from"], first["direction"]) == ("1", PHONE, "inbound")
    assert (first["join_time"], first["muted"], first["deaf"]) == ("2", False, False)


@pytest.mark.parametrize(
    ("path", "body", "name", "message"),
    [
        ("Kick/", None, "conferenceMemberKickCreateResponse", "kicked"),
        ("Mute/", None, "conferenceMemberMuteCreateResponse", "muted"),
        ("Deaf/", None, "conferenceMemberDeafCreateResponse", "deaf"),
        (
            "Play/",
            {"url": "https://example.com/a.mp3"},
            "conferenceMemberPlayCreateResponse",
            "play queued into conference",
        ),
        (
            "Speak/",
            {"text": "Hello", "voice": "MAN"},
            "conferenceMemberSpeakCreateResponse",
            "speak queued into conference",
        ),
    ],
)
@pytest.mark.parametrize(("who", "ids"), [("1", "1"), ("1,2", "1,2"), ("all", "1,2")])
def test_what_is_done_to_members_has_the_fixtures_keys(
    api, lines, path, body, name, message, who, ids
):
    answer = api.post(f"{ROOM}Member/{who}/{path}", body)
    assert answer.status_code == 202
    assert differences(answer.json(), fixture(name)) == []
    assert (answer.json()["message"], answer.json()["member_id"]) == (message, ids)


def test_muting_and_deafening_end_again(api, lines):
    for path in ("Mute/", "Deaf/"):
        api.post(f"{ROOM}Member/all/{path}")
        assert api.delete(f"{ROOM}Member/1/{path}").status_code == 204
    members = Member.objects.order_by("member_id").values_list("muted", "deaf")
    assert list(members) == [(False, False), (True, True)]


def test_words_are_heard_and_stopped(api, lines):
    first, second = lines
    api.post(f"{ROOM}Member/2/Speak/", {"text": "Two minutes left."})
    first.live(1)
    assert second.heard[-1] == "Two minutes left."
    assert api.delete(f"{ROOM}Member/2/Speak/").status_code == 204
    assert api.delete(f"{ROOM}Member/2/Play/").status_code == 204


def test_a_kicked_member_lives_on_and_a_hung_up_one_does_not(api, lines):
    first, second = lines
    api.post(f"{ROOM}Member/1/Kick/")
    assert api.delete(f"{ROOM}Member/2/").status_code == 204
    first.live(1)
    assert (first.call.is_over, second.call.is_over) == (False, True)
    assert (second.cdr.hangup_code, second.cdr.hangup_source) == (4000, "API Request")


def test_hanging_up_a_conference_ends_it(api, lines):
    assert api.delete(ROOM).status_code == 204
    lines[0].live(1)
    assert there() == []
    assert api.get(ROOM).status_code == 404


def test_hanging_up_all_conferences_ends_each(api, answers, caller):
    answers(phone=LOBBY, friend="<Conference>Other</Conference>")
    lines = [caller(PHONE), caller(FRIEND)]
    assert api.delete("Conference/").status_code == 204
    lines[0].live(1)
    assert all(line.call.is_over for line in lines)
    assert api.get("Conference/").json()["conferences"] == []


@pytest.mark.parametrize("path", ["Conference/Nobody/", f"{ROOM}Member/9/Mute/"])
def test_what_is_not_there_is_not_found(api, lines, path):
    method = api.get if path.endswith("Nobody/") else api.post
    assert method(path).status_code == 404


def test_ten_02_a_stranger_finds_nothing(other_api, lines):
    assert other_api.get("Conference/").json()["conferences"] == []
    assert other_api.get(ROOM).status_code == 404
    assert other_api.post(f"{ROOM}Member/all/Kick/").status_code == 404
    assert other_api.delete(ROOM).status_code == 404
    assert there() == [PHONE, FRIEND]


def test_ten_03_a_subaccount_sees_its_own_alone(sub_api, lines):
    assert sub_api.get("Conference/").json()["conferences"] == []
    assert sub_api.get(ROOM).status_code == 404


@pytest.mark.parametrize("body", [{}, {"url": "ftp://example.com/a"}, {"url": ""}])
def test_playing_needs_a_url(api, lines, body):
    answer = api.post(f"{ROOM}Member/1/Play/", body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("url parameter is")


def test_a_name_with_a_slash_is_found(api, answers, caller):
    answers("<Conference>a/b</Conference>")
    caller(PHONE)
    assert api.get("Conference/a%2Fb/").json()["conference_name"] == "a/b"
    assert api.post("Conference/a%2Fb/Member/1/Mute/").status_code == 202


def test_a_conference_costs_the_same_with_more_members(api, answers, caller):
    answers(LOBBY)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            api.get(ROOM)
        return len(queries)

    caller(PHONE)
    cost()  # the token's first use of the day is written down
    alone = cost()
    caller(FRIEND)
    assert cost() == alone <= 9
    assert room().kind == "conference"
