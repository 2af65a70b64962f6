"""The periodic jobs as staff read them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console.core import periodic
from console.core.models import PeriodicRun
from console.core.periodic import JOBS, Job, job_states

pytestmark = pytest.mark.django_db


def purge() -> None:
    """Deletes what is old,
    slowly (PRIV-03).

    Nobody reads this.
    """


def job(**given) -> Job:
    return Job(name="a.purge", every=timedelta(minutes=10), run=purge, **given)


def test_a_job_says_what_it_does_without_its_sources():
    assert job().does == "Deletes what is old, slowly."


@pytest.mark.parametrize(
    ("every", "rhythm"),
    [(timedelta(seconds=90), "90 s"), (timedelta(minutes=10), "10 min"),
     (timedelta(hours=1), "1 h"), (timedelta(days=1), "1 d")],
)  # fmt: skip
def test_a_job_says_how_often_it_runs(every, rhythm):
    assert Job(name="x", every=every, run=purge).rhythm == rhythm


def test_a_job_without_a_title_is_called_by_its_function(monkeypatch):
    monkeypatch.setattr(periodic, "JOBS", {})
    periodic.periodic(every=timedelta(hours=1))(purge)
    (made,) = periodic.JOBS.values()
    assert made.title == "Purge"


@pytest.mark.parametrize("one", JOBS.values(), ids=list(JOBS))
def test_every_job_has_plain_words(one):
    assert " " in one.title
    assert one.does.endswith(".")
    assert not set("_()`") & set(one.title + one.does)


@pytest.mark.parametrize(("ago", "late"), [(11, False), (13, True)])
def test_a_job_that_missed_its_time_is_late(frozen, monkeypatch, ago, late):
    monkeypatch.setattr(periodic, "JOBS", {"a.purge": job(title="Purge")})
    began = frozen.now() - timedelta(minutes=ago)
    PeriodicRun.objects.create(name="a.purge", last_run=began)
    assert [(one.last_run, one.late) for one in job_states()] == [(began, late)]


def test_the_page_names_jobs_in_words_and_says_when_none_has_run(at_desk):
    page = at_desk.get("/operator/").content.decode()
    assert "Renew rented numbers" in page
    assert "Not yet" in page
    assert "No periodic job has begun for a while" in page


def test_the_page_is_quiet_while_jobs_run(at_desk):
    periodic.run_due_jobs()
    page = at_desk.get("/operator/").content.decode()
    assert "just now" in page
    assert "No periodic job" not in page
