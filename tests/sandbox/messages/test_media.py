"""Files of MMS messages: what is taken, how long it stays, what a killed upload leaves."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from console.core import clock
from console.core.errors import DomainError, NotFound
from sandbox.messages import media, tasks
from sandbox.messages.models import Media

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\nrest"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "messages"


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def upload(account, name: str = "cat.png", content: bytes = PNG) -> Media:
    return media.upload_media(account=account, file_name=name, content=content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.svg", b"<svg/>"),
        ("a.html", b"<p>"),
        ("png", PNG),
        ("a.png", b""),
        ("a.png", b"GIF89a"),
        ("a.pdf", b"<script>"),
        ("a.png", PNG + b"x" * 5 * 1024 * 1024),
    ],
)
def test_what_is_not_on_the_list_or_not_what_it_says_is_refused(account, folder, name, content):
    with pytest.raises(DomainError) as refused:
        upload(account, name, content)
    assert refused.value.code == "invalid_media"
    assert files(folder) == []


@pytest.mark.parametrize(
    "name", ["../../etc/cat.png", "..\\..\\cat.png", "/cat.png", "c\x00a\nt.png"]
)
def test_a_name_chooses_neither_folder_nor_header(account, folder, name):
    made = upload(account, name)
    (path,) = files(folder)
    assert path.name == made.uuid.hex
    assert "/" not in made.file_name
    assert made.file_name.isprintable()


def test_the_media_of_one_message_have_five_megabytes_together(account):
    big = PNG + b"x" * 3 * 1024 * 1024
    both = [upload(account, content=big).uuid for _ in range(2)]
    with pytest.raises(DomainError) as refused:
        media.find_media(account=account, uuids=both)
    assert refused.value.code == "invalid_media"


def test_files_go_after_30_days_with_their_rows(
    account, folder, frozen, django_capture_on_commit_callbacks
):
    made = upload(account)
    frozen.advance(days=29)
    tasks.forget_texts()
    with media.read_media(made) as content:
        assert content.read() == PNG
    frozen.advance(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.forget_texts()
    assert not Media.objects.exists()
    assert files(folder) == []
    with pytest.raises(NotFound):
        media.read_media(made)


def test_rel_01_what_a_killed_upload_left_goes_after_a_day(account, folder):
    kept, lost = upload(account), upload(account)
    Media.objects.filter(pk=lost.pk).delete()
    tasks.sweep_media()
    assert len(files(folder)) == 2
    yesterday = (clock.now() - timedelta(days=2)).timestamp()
    for path in files(folder):
        os.utime(path, (yesterday, yesterday))
    tasks.sweep_media()
    assert [path.name for path in files(folder)] == [kept.uuid.hex]


def test_a_sweep_without_any_upload_is_nothing(folder):
    assert media.sweep() == 0
