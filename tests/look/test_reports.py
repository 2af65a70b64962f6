"""The compatibility report is read without moving it sideways."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_table_of_the_compatibility_report_fits_its_box(browse, owner, api):
    api.post("Message/", {"trackable": True})
    room = "MultiPartyCall/name_Desk/Participant/"
    alone = {"create_mpc_with_single_participant": False, "sparkle_of_each_participant" * 2: 1}
    api.post(room, {"role": "agent", "dial_music": "https://example.com/", **alone})
    seen = browse(owner)
    seen.open("/logs/compatibility/")
    box = "document.querySelector('.table-box')"
    assert seen.page.evaluate(f"{box}.scrollWidth <= {box}.clientWidth")
    assert seen.complaints == []
