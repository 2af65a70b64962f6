"""A backup that was put back is noticed, and holds everybody until staff has decided (REL-18)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from console.accounts.models import Account, AuditEvent, AuthToken, Restore, RestoreMark
from console.accounts.services import restores
from console.core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    """The machine's data folder."""
    settings.DATA = tmp_path
    return tmp_path


def pass_by(marks: int = restores.SLACK + 2) -> None:
    """The installation runs for so many marks."""
    for _ in range(marks):
        assert restores.note() is None


@pytest.fixture
def put_back(frozen, django_capture_on_commit_callbacks):
    """A backup of the database, but not of the folder, is put back after a day; the Restore."""

    def put() -> Restore:
        pass_by()
        mark, at = RestoreMark.objects.values_list("mark", "at").get()
        frozen.advance(days=1)
        pass_by()
        RestoreMark.objects.update(mark=mark, at=at)
        with django_capture_on_commit_callbacks(execute=True):
            restore = restores.note()
        assert restore is not None
        return restore

    return put


def test_rel_18_a_database_from_yesterday_is_noticed_and_said_so(put_back, frozen, account):
    restore = put_back()
    assert restore.backup_at == frozen.now() - timedelta(days=1)
    assert restore.seen_at == restore.noticed_at == frozen.now()
    assert Account.objects.get().held
    event = AuditEvent.objects.get(action="restore.noticed")
    assert event.data["accounts"] == 1


def test_rel_18_it_is_noticed_once_whoever_looks(put_back, account):
    put_back()
    pass_by()
    assert Restore.objects.count() == 1


def test_rel_18_a_good_token_is_refused_until_staff_has_kept_it(put_back, api, staff):
    assert api.get("Application/").status_code == 200
    restore = put_back()
    assert api.get("Application/").status_code == 401
    restores.decide(restore_id=restore.pk, keep=True, actor=staff)
    assert api.get("Application/").status_code == 200


def test_rel_18_without_trust_all_tokens_are_gone_and_accounts_are_free(put_back, api, staff):
    restore = put_back()
    restores.decide(restore_id=restore.pk, keep=False, actor=staff)
    assert api.get("Application/").status_code == 401
    assert not AuthToken.objects.unscoped("test").exists()
    assert not Account.objects.filter(held=True).exists()
    event = AuditEvent.objects.get(action="restore.decided")
    assert (event.data["kept"], event.data["tokens"]) == (False, 1)


def test_a_second_decision_is_refused(put_back, staff):
    restore = put_back()
    restores.decide(restore_id=restore.pk, keep=True, actor=staff)
    with pytest.raises(DomainError) as refused:
        restores.decide(restore_id=restore.pk, keep=False, actor=staff)
    assert refused.value.code == "restore_decided"


def test_a_database_made_afresh_is_no_backup(account):
    pass_by()
    RestoreMark.objects.all().delete()
    assert restores.note() is None
    assert not Account.objects.get().held


def test_a_few_lost_seconds_are_no_backup(account):
    pass_by(restores.SLACK)
    RestoreMark.objects.update(mark=0)
    assert restores.note() is None


@pytest.fixture
def start(monkeypatch):
    """What a process does that starts; the test's own connection stays open."""
    monkeypatch.setattr(restores, "close_old_connections", lambda: None)
    return restores.note_at_start


def test_processes_that_start_raise_no_mark_so_many_at_once_are_no_backup(folder, start):
    pass_by()
    before = RestoreMark.objects.get().mark
    written = (folder / "restore-mark.json").read_text()
    for _ in range(restores.SLACK + 2):
        start()
    assert RestoreMark.objects.get().mark == before
    assert (folder / "restore-mark.json").read_text() == written


def test_rel_18_a_process_that_starts_notices(start, account):
    pass_by()
    RestoreMark.objects.update(mark=0)
    start()
    assert Restore.objects.count() == 1
    assert Account.objects.get().held


def test_accounts_stay_held_while_another_restore_waits(put_back, staff, account):
    first, second = put_back(), put_back()
    restores.decide(restore_id=first.pk, keep=True, actor=staff)
    assert Account.objects.get().held
    restores.decide(restore_id=second.pk, keep=True, actor=staff)
    assert not Account.objects.get().held


def test_a_mark_that_cannot_be_written_leaves_no_draft(folder):
    (folder / "restore-mark.json").mkdir()
    with pytest.raises(OSError, match="restore-mark"):
        restores.note()
    assert [one.name for one in folder.iterdir()] == ["restore-mark.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"database": 1}', "null"])
def test_a_file_that_cannot_be_read_is_written_again(folder, text):
    pass_by(1)
    written = folder / "restore-mark.json"
    whole = written.read_text()
    written.write_text(text)
    pass_by(1)
    assert str(RestoreMark.objects.get().database) in written.read_text() != whole


def test_to_notice_nothing_costs_two_queries(django_assert_num_queries, frozen):
    pass_by()
    with django_assert_num_queries(2):
        restores.note()
