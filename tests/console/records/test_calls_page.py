"""/calls/ and its download, over HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


def body(answer) -> str:
    return b"".join(answer.streaming_content).decode()


def test_the_page_shows_the_accounts_records_and_no_other(signed_in, other_account, write):
    write(from_number="+14155550111")
    write(from_number="+14155550199", account=other_account)
    page = signed_in.get("/calls/").content.decode()
    assert "555-0111" in page or "555 0111" in page
    assert "0199" not in page


def test_signed_out_goes_to_the_sign_in_page(client, db):
    answer = client.get("/calls/")
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=%2Fcalls%2F"


def test_an_empty_page_says_what_to_do(signed_in):
    assert "No call has ended yet" in signed_in.get("/calls/").content.decode()


def test_a_filter_that_cannot_be_read_is_400_with_the_sentence_beside_its_field(signed_in, write):
    write()
    answer = signed_in.get("/calls/?number=abc")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Write a number, or its beginning" in page
    assert 'value="abc"' in page


def test_htmx_gets_the_list_alone(signed_in, write):
    write()
    answer = signed_in.get("/calls/", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<table" in page
    assert "<html" not in page
    assert "HX-Request" in answer.headers["Vary"]


def test_the_download_holds_exactly_the_filtered_rows(signed_in, write):
    write(direction="outbound")
    kept = write(state="BUSY", answered_at=None, duration=0, billed_duration=0)
    answer = signed_in.get("/calls/calls.csv?state=BUSY")
    lines = body(answer).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(str(kept.call_uuid))


def test_csv_01_the_download_is_an_attachment_that_nobody_stores(signed_in, account):
    answer = signed_in.get("/calls/calls.csv")
    body(answer)
    assert answer["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer["Content-Disposition"].startswith(
        f'attachment; filename="calls-{account.auth_id}'
    )
    assert answer["Cache-Control"] == "private, no-store"


def test_csv_04_more_rows_than_a_direct_download_gives_are_offered_as_an_export(
    signed_in, write, settings
):
    settings.TRUST = replace(settings.TRUST, csv_direct_rows=2)
    for state in ("BUSY", "BUSY", "CANCEL"):
        write(state=state, answered_at=None, duration=0, billed_duration=0)
    answer = signed_in.get("/calls/calls.csv?leg=A")
    assert answer.headers["Location"] == "/exports/new/?kind=calls&leg=A"
    page = signed_in.get(answer.headers["Location"]).content.decode()
    assert "More than 2 records match" in page
    assert len(body(signed_in.get("/calls/calls.csv?state=BUSY")).splitlines()) == 3


def test_csv_04_a_limit_of_nought_is_none(signed_in, write, settings):
    settings.TRUST = replace(settings.TRUST, csv_direct_rows=0)
    write(state="BUSY", answered_at=None, duration=0, billed_duration=0)
    assert len(body(signed_in.get("/calls/calls.csv")).splitlines()) == 2


def test_a_bad_filter_downloads_nothing(signed_in, write):
    write()
    answer = signed_in.get("/calls/calls.csv?since=never")
    assert answer.status_code == 400
    assert "text/html" in answer["Content-Type"]


@pytest.mark.parametrize("path", ["/calls/", "/calls/calls.csv"])
def test_nothing_is_changed_by_other_methods(signed_in, path):
    assert signed_in.post(path).status_code == 405


def test_a_page_takes_at_most_eight_queries(signed_in, write, django_assert_max_num_queries):
    for _ in range(20):
        write()
    with django_assert_max_num_queries(8):
        signed_in.get("/calls/")


def test_xml_04_a_callers_text_is_shown_as_text(signed_in, write):
    write(from_number="<script>alert(1)</script>")
    page = signed_in.get("/calls/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_no_component_is_left_unrendered(signed_in, write):
    write()
    assert "<c-" not in signed_in.get("/calls/").content.decode()
