"""Addresses and identities over the API."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console.papers.models import Paper
from tests.support.api import differences, fixture

pytestmark = pytest.mark.django_db
ADDRESS = {
    "country_iso": "FR",
    "salutation": "Ms",
    "first_name": "Ada",
    "last_name": "Example",
    "address_line1": "12",
    "address_line2": "Rue de l'Exemple",
    "city": "Paris",
    "region": "Paris",
    "postal_code": "75016",
    "address_proof_type": "passport",
}
IDENTITY = {name: one for name, one in ADDRESS.items() if name != "address_proof_type"} | {
    "birth_place": "London",
    "birth_date": "1990-12-10",
    "nationality": "GB",
    "id_nationality": "GB",
    "id_issue_date": "2020-01-01",
    "id_type": "passport",
    "id_number": "33522",
}
BOTH = pytest.mark.parametrize(
    ("place", "name", "body"),
    [("Address", "address", ADDRESS), ("Identity", "identity", IDENTITY)],
)


@BOTH
def test_a_paper_is_filed_shown_changed_and_deleted(api, place, name, body):
    made = api.post(f"Verification/{place}/", body)
    assert made.status_code == 202
    assert differences(made.json(), fixture(f"{name}CreateResponse")) == []
    path = f"Verification/{place}/{made.json()['id']}/"
    assert differences(api.get(path).json(), fixture(f"{name}GetResponse")) == []
    assert (
        differences(api.get(f"Verification/{place}/").json(), fixture(f"{name}ListResponse")) == []
    )
    done = api.post(path, {"city": "Lyon"} if place == "Address" else {"id_number": "99"})
    assert differences(done.json(), fixture(f"{name}UpdateResponse")) == []
    shown = api.get(path).json()
    assert (shown.get("city"), shown.get("id_number")) in {("Lyon", None), (None, "99")}
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


@BOTH
def test_the_lines_of_an_address_are_taken_with_their_digits_split_off(api, place, name, body):
    split = {key.replace("line", "line_"): value for key, value in body.items()}
    made = api.post(f"Verification/{place}/", split)
    assert made.status_code == 202
    details = Paper.objects.get(paper_id=made.json()["id"]).details
    assert (details["address_line1"], details["address_line2"]) == ("12", "Rue de l'Exemple")


@BOTH
def test_every_required_field_is_asked_for(api, place, name, body):
    for field in body:
        answer = api.post(f"Verification/{place}/", {k: v for k, v in body.items() if k != field})
        assert answer.status_code == 400
        assert answer.json()["error"] == f"{field} parameter is missing"


def test_priv_of_a_document_only_name_size_and_hash_are_kept(api, account):
    document = SimpleUploadedFile("proof.pdf", b"%PDF-1.4 secret", content_type="application/pdf")
    answer = api.client.post(f"{api.base}Verification/Address/", ADDRESS | {"file": document})
    assert answer.status_code == 202
    row = Paper.objects.for_account(account).get()
    assert (row.document_name, row.document_size) == ("proof.pdf", 15)
    assert len(row.document_sha256) == 64


def test_another_kind_of_document_is_400(api):
    document = SimpleUploadedFile("proof.exe", b"MZ")
    answer = api.client.post(f"{api.base}Verification/Address/", ADDRESS | {"file": document})
    assert answer.status_code == 400


def test_the_list_is_narrowed(api):
    api.post("Verification/Address/", ADDRESS | {"alias": "home"})
    for query, found in (
        ("country_iso=FR", 1),
        ("country_iso=DE", 0),
        ("alias=home", 1),
        ("customer_name=ada", 1),
        ("verification_status=rejected", 0),
    ):
        assert api.get(f"Verification/Address/?{query}").json()["meta"]["total_count"] == found


def test_an_identity_is_no_address(api):
    made = api.post("Verification/Identity/", IDENTITY).json()["id"]
    assert api.get(f"Verification/Address/{made}/").status_code == 404


@pytest.mark.parametrize(("field", "value"), [("country_iso", "ZZ"), ("salutation", "Dr")])
def test_wrong_fields_are_400(api, field, value):
    assert api.post("Verification/Address/", ADDRESS | {field: value}).status_code == 400
