"""`Export/` over the API: from the request to the file, with the account's credentials."""

from __future__ import annotations

import pytest

from console.exports.models import Export
from tests.support.drain import drain

KEYS = {
    "api_id", "export_uuid", "kind", "format", "state", "rows_done", "rows", "size_bytes",
    "sha256", "signed_url", "expires_at", "manifest", "error", "resource_uri",
}  # fmt: skip


def test_a_program_asks_waits_and_downloads(api, write, frozen):
    write()
    asked = api.post("Export/", {"kind": "calls", "columns": ["from_number"], "bom": "true"})
    assert asked.status_code == 202
    assert set(asked.json()) == {"api_id", "export_uuid", "state"}
    place = f"Export/{asked.json()['export_uuid']}/"
    queued = api.get(place).json()
    assert (queued["state"], queued["rows"], queued["signed_url"]) == ("queued", None, None)
    drain(frozen)
    ready = api.get(place).json()
    assert set(ready) == KEYS
    assert (ready["state"], ready["rows"]) == ("ready", 1)
    path = "/" + ready["signed_url"].partition("://")[2].partition("/")[2]
    file = b"".join(api.get(path).streaming_content)
    assert file == b"\xef\xbb\xbffrom_number\r\n+14155550100\r\n"
    assert len(file) == ready["size_bytes"]


def test_the_list_is_paged_newest_first(frozen, api, ask):
    first = ask()
    frozen.advance(seconds=1)
    second = ask()
    body = api.get("Export/?limit=1").json()
    assert body["meta"]["total_count"] == 2
    assert [one["export_uuid"] for one in body["objects"]] == [str(second.pk)]
    assert api.get(body["meta"]["next"]).json()["objects"][0]["export_uuid"] == str(first.pk)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "faxes"},
        {"kind": "calls", "format": "parquet"},
        {"kind": "calls", "filters": {"since": "yesterday"}},
        {"kind": "calls", "filters": {"account": "1"}},
        {"kind": "calls", "filters": "since"},
        {"kind": "calls", "columns": ["secret"]},
        {"kind": "calls", "timezone": "../../etc/passwd"},
        {"kind": "calls", "timezone": "Mars/Olympus"},
    ],
)
def test_what_is_not_known_is_a_400(api, body):
    answer = api.post("Export/", body)
    assert answer.status_code == 400
    assert not Export.objects.unscoped("tests").exists()


def test_the_refusal_of_an_unknown_filter_names_those_there_are(api):
    answer = api.post("Export/", {"kind": "calls", "filters": {"from_number": "1415"}})
    assert "from_number" in answer.json()["error"]
    assert "Filters are since, until, number," in answer.json()["error"]


def test_deleting_cancels_and_again_removes(api, ask):
    export = ask(made=False)
    assert api.delete(f"Export/{export.pk}/").status_code == 204
    assert api.get(f"Export/{export.pk}/").json()["state"] == "cancelled"
    assert api.delete(f"Export/{export.pk}/").status_code == 204
    assert api.get(f"Export/{export.pk}/").status_code == 404


def test_ten_02_a_strangers_export_is_one_that_never_was(ask, other_api):
    export = ask()
    assert other_api.get(f"Export/{export.pk}/").status_code == 404
    assert other_api.delete(f"Export/{export.pk}/").status_code == 404
    assert other_api.get("Export/").json()["objects"] == []


def test_ten_03_a_subaccount_exports_its_own_records(sub_api, subaccount, write, frozen):
    write()
    write(subaccount=subaccount)
    place = f"Export/{sub_api.post('Export/', {'kind': 'calls'}).json()['export_uuid']}/"
    drain(frozen)
    assert sub_api.get(place).json()["rows"] == 1
