"""The pages of exports, and the file that only its account gets (CSV-05)."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from console.accounts.services import issue_token
from console.exports import links, services
from console.exports.models import Export, State
from tests.conftest import make_member
from tests.support.drain import drain


@pytest.fixture
def visitor(client, owner):
    """The owner's browser."""
    client.force_login(owner)
    return client


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def path_of(export) -> str:
    return links.signed_path(export)[0]


def test_from_the_calls_page_to_the_file(visitor, write, frozen, account):
    write()
    write(to_number="+14155550199")
    assert (
        "/exports/new/?kind=calls&amp;number=%2B14155550199"
        in visitor.get("/calls/?number=%2B14155550199").content.decode()
    )
    new = "/exports/new/?kind=calls&number=%2B14155550199"
    assert "+14155550199" in visitor.get(new).content.decode()
    form = {"format": "csv", "compression": "none", "phones": "e164"}
    place = visitor.post(new, form).headers["Location"]
    assert "Queued" in visitor.get(place).content.decode()
    drain(frozen)
    text = visitor.get(place).content.decode()
    assert "Ready" in text
    export = Export.objects.for_account(account).get()
    assert export.sha256 in text
    file = visitor.post(f"{place}download/").headers["Location"]
    answer = visitor.get(file)
    assert body(answer) == visitor.get("/calls/calls.csv?number=%2B14155550199").getvalue()
    assert answer.headers["Content-Disposition"].endswith('filename="calls-20260302-120000.csv"')
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_form_that_cannot_be_is_refused_beside_its_field(visitor):
    answer = visitor.post(
        "/exports/new/", {"format": "xlsx", "compression": "none", "phones": "e164"}
    )
    assert answer.status_code == 400
    assert "id_format_error" in answer.content.decode()
    assert not Export.objects.unscoped("tests").exists()


def test_a_filter_that_cannot_be_read_starts_nothing(visitor):
    form = {"format": "csv", "compression": "none", "phones": "e164"}
    answer = visitor.post("/exports/new/?kind=calls&since=yesterday", form)
    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()


def test_an_unknown_kind_has_no_page(visitor):
    assert visitor.get("/exports/new/?kind=faxes").status_code == 404


def test_the_list_asks_again_only_while_something_is_being_made(visitor, ask, frozen):
    ask(made=False)
    assert "every 2s" in visitor.get("/exports/").content.decode()
    drain(frozen)
    text = visitor.get("/exports/").content.decode()
    assert "every 2s" not in text
    assert "Download" in text


def test_a_page_that_waits_is_loaded_anew_when_the_file_is_there(visitor, ask, frozen):
    export = ask(made=False)
    headers = {"HX-Request": "true"}
    assert "HX-Refresh" not in visitor.get(f"/exports/{export.pk}/", headers=headers).headers
    drain(frozen)
    assert "HX-Refresh" in visitor.get(f"/exports/{export.pk}/", headers=headers).headers
    assert "HX-Refresh" not in visitor.get(f"/exports/{export.pk}/").headers


def test_the_list_and_a_page_cost_few_queries(visitor, ask, django_assert_max_num_queries):
    export = ask()
    visitor.get("/exports/")
    with django_assert_max_num_queries(8):
        visitor.get("/exports/")
    with django_assert_max_num_queries(8):
        visitor.get(f"/exports/{export.pk}/")


def test_an_analyst_may_export_as_he_may_read(client, account, write, frozen):
    write()
    client.force_login(make_member("reads@example.com", account, "analyst"))
    form = {"format": "jsonl", "compression": "gzip", "phones": "digits"}
    assert client.post("/exports/new/", form).status_code == 302


def test_cancelling_on_the_page(visitor, ask):
    export = ask(made=False)
    visitor.post(f"/exports/{export.pk}/remove/")
    export.refresh_from_db()
    assert export.state == State.CANCELLED


class TestTheFile:
    def test_csv_05_a_signature_without_a_session_is_nothing(self, client, ask, write):
        write()
        assert client.get(path_of(ask())).status_code == 404

    def test_csv_05_a_session_without_a_signature_is_nothing(self, visitor, ask, write):
        write()
        export = ask()
        assert visitor.get(f"/exports/{export.pk}/file/").status_code == 404
        forged = f"/exports/{export.pk}/file/?until=99999999999&signature=abc"
        assert visitor.get(forged).status_code == 404

    def test_csv_05_a_stranger_with_the_link_gets_nothing(self, client, ask, write, stranger):
        write()
        client.force_login(stranger)
        assert client.get(path_of(ask())).status_code == 404

    def test_csv_05_the_link_holds_for_fifteen_minutes(self, visitor, ask, write, frozen):
        write()
        path = path_of(ask())
        frozen.advance(minutes=14, seconds=59)
        assert visitor.get(path).status_code == 200
        frozen.advance(seconds=2)
        assert visitor.get(path).status_code == 404

    def test_csv_05_the_signature_is_of_one_export(self, visitor, ask, write):
        write()
        first, second = ask(), ask()
        signed = urlsplit(path_of(first)).query
        assert parse_qs(signed)["signature"]
        assert visitor.get(f"/exports/{second.pk}/file/?{signed}").status_code == 404

    def test_csv_05_the_accounts_api_credentials_open_it_others_do_not(
        self, client, ask, write, account, other_account
    ):
        write()
        path = path_of(ask())
        for owner, status in ((account, 200), (other_account, 404)):
            token = issue_token(owner)
            basic = base64.b64encode(f"{owner.auth_id}:{token}".encode()).decode()
            answer = client.get(path, headers={"Authorization": f"Basic {basic}"})
            assert answer.status_code == status

    @pytest.mark.parametrize("header", ["Basic !", "Basic YTpi", "Basic /////w=="])
    def test_credentials_that_cannot_be_read_are_a_404(self, client, ask, write, header):
        write()
        assert client.get(path_of(ask()), headers={"Authorization": header}).status_code == 404

    def test_csv_05_a_part_of_it_can_be_asked_for(self, visitor, ask, write):
        write()
        path = path_of(ask())
        whole = visitor.get(path)
        content, etag = body(whole), whole.headers["ETag"]
        assert whole.headers["Accept-Ranges"] == "bytes"
        rest = visitor.get(path, headers={"Range": "bytes=10-", "If-Range": etag})
        assert (rest.status_code, body(rest)) == (206, content[10:])
        assert rest.headers["Content-Range"] == f"bytes 10-{len(content) - 1}/{len(content)}"
        other = visitor.get(path, headers={"Range": "bytes=10-", "If-Range": '"other"'})
        assert (other.status_code, body(other)) == (200, content)
        beyond = visitor.get(path, headers={"Range": f"bytes={len(content)}-"})
        assert beyond.status_code == 416

    def test_head_says_how_large_it_is(self, visitor, ask, write):
        write()
        export = ask()
        answer = visitor.head(path_of(export))
        assert answer.headers["Content-Length"] == str(export.size_bytes)

    def test_one_that_is_not_ready_has_no_file(self, visitor, ask):
        export = ask(made=False)
        assert visitor.get(path_of(export)).status_code == 404
        answer = visitor.post(f"/exports/{export.pk}/download/")
        assert answer.headers["Location"] == f"/exports/{export.pk}/"

    def test_a_removed_one_is_gone_at_once(self, visitor, ask, write, owner):
        write()
        export = ask()
        path = path_of(export)
        services.remove_export(export=export, actor=owner)
        assert visitor.get(path).status_code == 404
