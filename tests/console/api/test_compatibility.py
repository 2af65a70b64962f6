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
