"""The list of recordings, their files over every way, and the story."""

from __future__ import annotations

import base64
import wave
from datetime import timedelta

import pytest
from django.urls import reverse

from console.accounts.services.tokens import issue_token
from console.core import clock, randomness
from console.core.logs import scrub
from sandbox.recordings import files, told
from sandbox.recordings.models import Recording

pytestmark = pytest.mark.django_db
BODY = bytes(range(256)) * 8


def recorded(account, *, body: bytes = BODY, **more) -> Recording:
    """A finished recording with a file of our choice."""
    now = clock.now()
    facts = {
        "kind": "call",
        "asked_format": "wav",
        "file_format": "wav",
        "state": "ready",
        "started_at": now,
        "ended_at": now,
        "duration_ms": 65_000,
        "from_number": "+12025550142",
        "to_number": "+12065550150",
        "size": len(body),
    }
    made = Recording.objects.create(account=account, **{**facts, **more})
    path = files.path_of(made)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    return made


def path_of(recording: Recording, *, link: bool = False) -> str:
    if link:
        return "/" + told.public_url(recording).split("/", 3)[3]
    return reverse("recordings:file", args=[recording.pk])


def body_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_list_offers_to_hear_download_and_delete_each(signed_in, account):
    recording = recorded(account)
    page = signed_in.get("/recordings/").text
    assert f'src="{path_of(recording)}"' in page
    assert "1:05" in page
    assert f"Delete the recording {recording.short_id}?" in page


def test_the_list_says_once_that_files_are_wav_whatever_was_asked_for(signed_in, account):
    for _ in range(2):
        recorded(account, asked_format="mp3")
    assert signed_in.get("/recordings/").text.count("MP3 was asked for") == 1


def test_a_page_of_recordings_takes_as_many_queries_as_an_empty_one(
    signed_in, account, django_assert_num_queries
):
    signed_in.get("/recordings/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as empty:
        signed_in.get("/recordings/")
    for _ in range(30):
        recorded(account)
    with django_assert_num_queries(len(empty)):
        signed_in.get("/recordings/")
    assert len(empty) <= 8


def test_a_full_page_of_recordings_weighs_at_most_sixty_kilobytes(signed_in, account):
    for _ in range(50):
        recorded(account, mpc_name="Desk", own_track=True, call_uuid=randomness.new_uuid())
    assert len(signed_in.get("/recordings/").content) <= 60 * 1024


def test_older_recordings_are_on_the_next_page(signed_in, account):
    for age in range(17):
        recorded(account, created_at=clock.now() - timedelta(minutes=age))
    first = signed_in.get("/recordings/")
    older = first.context["older"]
    second = signed_in.get(f"/recordings/{older}")
    rows = [*first.context["page"].rows, *second.context["page"].rows]
    assert len({row.pk for row in rows}) == 17
    assert second.context["older"] == ""


def test_an_analyst_hears_but_does_not_delete(client, analyst, account):
    recording = recorded(account)
    client.force_login(analyst)
    assert "Delete" not in client.get("/recordings/").text
    assert client.get(path_of(recording)).status_code == 200
    assert client.post(f"/recordings/{recording.pk}/delete/").status_code == 403


def test_deleting_takes_row_and_file(signed_in, account, django_capture_on_commit_callbacks):
    recording = recorded(account)
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in.post(f"/recordings/{recording.pk}/delete/", follow=True)
    assert "The recording is deleted." in answer.text
    assert not files.path_of(recording).exists()


def test_the_whole_file_comes_with_its_type(signed_in, account):
    answer = signed_in.get(path_of(recorded(account)))
    assert body_of(answer) == BODY
    assert answer["Content-Type"] == "audio/wav"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["Content-Disposition"].startswith("inline")


def test_a_download_is_an_attachment(signed_in, account):
    answer = signed_in.get(path_of(recorded(account)) + "?download=1")
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, len(BODY)),
        ("bytes=-48", len(BODY) - 48, len(BODY)),
        ("bytes=2000-999999", 2000, len(BODY)),
    ],
)
def test_a_part_of_the_file_comes_as_a_part(signed_in, account, asked, start, end):
    answer = signed_in.get(path_of(recorded(account)), headers={"Range": asked})
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(BODY)}"
    assert answer["Content-Length"] == str(end - start)
    assert body_of(answer) == BODY[start:end]


@pytest.mark.parametrize("asked", ["bytes=5000-", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(signed_in, account, asked):
    answer = signed_in.get(path_of(recorded(account)), headers={"Range": asked})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(BODY)}"


@pytest.mark.parametrize("asked", ["lines=1-2", "bytes=1-2,4-5", "bytes=9-3", "bytes=-"])
def test_what_is_no_range_brings_the_whole_file(signed_in, account, asked):
    answer = signed_in.get(path_of(recorded(account)), headers={"Range": asked})
    assert answer.status_code == 200
    assert body_of(answer) == BODY


def test_head_brings_no_body(signed_in, account):
    answer = signed_in.head(path_of(recorded(account)))
    assert answer["Content-Length"] == str(len(BODY))
    assert answer.content == b""


def test_the_address_in_callbacks_needs_no_sign_in(client, account):
    answer = client.get(path_of(recorded(account), link=True))
    assert answer.status_code == 200
    assert body_of(answer) == BODY


def test_a_wrong_key_is_as_if_nothing_were_there(client, account):
    recording = recorded(account)
    wrong = path_of(recording, link=True).replace(recording.link_key, "x" * 32)
    assert client.get(wrong).status_code == 404


def test_the_file_is_not_ready_while_it_is_made(client, account):
    recording = recorded(account, state="processing")
    answer = client.get(path_of(recording, link=True))
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


def test_a_lost_file_is_not_found(client, account):
    recording = recorded(account)
    files.remove(recording)
    assert client.get(path_of(recording, link=True)).status_code == 404


def basic(auth_id: str, token: str) -> dict[str, str]:
    text = base64.b64encode(f"{auth_id}:{token}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


def test_api_credentials_fetch_the_file(client, account):
    token = issue_token(account)
    headers = basic(account.auth_id, token)
    answer = client.get(path_of(recorded(account)), headers=headers)
    assert answer.status_code == 200
    assert body_of(answer) == BODY


def test_wrong_credentials_are_refused(client, account):
    headers = basic(account.auth_id, "wrong")
    answer = client.get(path_of(recorded(account)), headers=headers)
    assert answer.status_code == 401
    assert client.get(path_of(recorded(account)), headers={"Authorization": "x"}).status_code == 401


def test_ten_02_credentials_of_another_account_find_nothing(client, account, other_account):
    token = issue_token(other_account)
    headers = basic(other_account.auth_id, token)
    assert client.get(path_of(recorded(account)), headers=headers).status_code == 404


def test_ten_03_a_subaccounts_credentials_find_its_own_alone(client, account, subaccount):
    token = issue_token(account, subaccount)
    headers = basic(subaccount.auth_id, token)
    theirs, own = recorded(account), recorded(account, subaccount=subaccount)
    assert client.get(path_of(theirs), headers=headers).status_code == 404
    assert client.get(path_of(own), headers=headers).status_code == 200


def test_an_mp3_is_made_by_the_program_that_is_there(account, no_programs, tmp_path):
    lame = no_programs / "lame"
    lame.write_text('#!/bin/sh\nprintf "ID3%s" "$3" > "$5"\n')
    lame.chmod(0o755)
    assert files.deliverable_format("mp3") == "mp3"
    recording = recorded(account, file_format="mp3", asked_format="mp3")
    wav = tmp_path / "made.wav"
    wav.write_bytes(b"RIFF")
    assert files.put(recording, wav) > 0
    assert files.path_of(recording).read_bytes() == b"ID364"


def test_an_encoder_that_fails_leaves_a_wav(account, no_programs, tmp_path):
    lame = no_programs / "lame"
    lame.write_text("#!/bin/sh\nexit 3\n")
    lame.chmod(0o755)
    recording = recorded(account, file_format="mp3", asked_format="mp3")
    wav = tmp_path / "made.wav"
    with wave.open(str(wav), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
    files.put(recording, wav)
    assert recording.file_format == "wav"
    assert files.path_of(recording).suffix == ".wav"


def test_web_10_the_key_of_an_address_is_not_logged(account):
    recording = recorded(account)
    logged = scrub(f"GET {path_of(recording, link=True)}")
    assert recording.link_key not in logged
    assert str(recording.pk) in logged
