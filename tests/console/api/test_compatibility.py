"""What the compatibility report tells of requests, and what it leaves out."""

from __future__ import annotations

import pytest

from console.api.compat import report

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("Conference/Lobby/Member/1,2/Mute/", {"conference_name": "Lobby", "member_id": "1,2"}),
        ("MultiPartyCall/name_Desk/Participant/2/", {"friendly_name": "Desk", "participant_id": 2}),
    ],
)
def test_what_an_sdk_says_again_of_the_path_is_no_line_of_the_report(api, account, path, sent):
    api.post(path, {**sent, "mute": True, "sparkle": True})
    assert [line.name for line in report(account=account) if line.name != "mute"] == ["sparkle"]


def test_what_an_sdk_sends_unasked_and_is_so_anyway_is_no_line_of_the_report(api, account):
    api.post("MultiPartyCall/name_Desk/Record/", {"transcript": False})
    api.post("Message/", {"trackable": False, "src": "+12025550142"})
    assert report(account=account) == []


def test_music_that_an_sdk_asks_for_unasked_is_no_line_of_the_report(api, account):
    asked = {"role": "agent", "from": "14155550100", "to": "12025550143"}
    api.post("MultiPartyCall/name_Desk/Participant/", {**asked, "dial_music": "Real"})
    assert report(account=account) == []


def test_music_of_ones_own_is_a_line(api, account):
    music = {"role": "agent", "dial_music": "https://example.com/"}
    api.post("MultiPartyCall/name_Desk/Participant/", music)
    assert [line.name for line in report(account=account)] == ["dial_music"]


def test_what_is_asked_for_in_its_place_is_a_line(api, account):
    api.post("Message/", {"trackable": True, "src": "+12025550142"})
    assert [line.name for line in report(account=account)] == ["trackable"]
