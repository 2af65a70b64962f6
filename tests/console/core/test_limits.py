"""Rolling limits: all buckets or none, nothing to gain at a window's edge."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from console.core import limits
from console.core.errors import Unavailable
from console.core.limits import DAY, HOUR, Bucket, BucketFull, Window
from console.core.models import LimitBucket, LimitHit

pytestmark = pytest.mark.django_db


def bucket(kind="account", subject="MA1", limit=3, seconds=HOUR, **more):
    return Bucket(kind=kind, subject=subject, windows=(Window(limit, seconds),), **more)


def test_otp_13_a_bucket_gives_its_limit_and_no_more(frozen):
    for _ in range(3):
        limits.take([bucket()])
    with pytest.raises(BucketFull) as refused:
        limits.take([bucket()])
    assert refused.value.retry_after == HOUR + 1


def test_otp_13_the_window_rolls_so_its_edge_cannot_be_played(frozen):
    for _ in range(3):
        limits.take([bucket()])
        frozen.advance(minutes=25)
    # 75 minutes on, only the first has left the window.
    limits.take([bucket()])
    with pytest.raises(BucketFull):
        limits.take([bucket()])


def test_otp_13_a_refused_take_burns_no_other_bucket(frozen):
    full, other = bucket(limit=1), bucket(kind="ip", subject="192.0.2.1")
    limits.take([full])
    with pytest.raises(BucketFull):
        limits.take([other, full])
    assert not LimitHit.objects.filter(key=other.key).exists()


def test_otp_13_the_refusal_names_the_bucket_that_was_full(frozen):
    full = bucket(kind="ip", subject="192.0.2.1", limit=0)
    with pytest.raises(BucketFull) as refused:
        limits.take([bucket(), full])
    assert refused.value.bucket == full


def test_a_block_counts_different_numbers_and_not_sends(frozen):
    def block(member):
        windows = (Window(2, HOUR, distinct=True),)
        return Bucket(kind="block", subject="+1202555", windows=windows, member=member)

    for member in ("a", "a", "b", "a", "b"):
        limits.take([block(member)])
    with pytest.raises(BucketFull):
        limits.take([block("c")])


def test_a_full_bucket_with_a_lock_stays_shut_for_the_whole_lock(frozen):
    locked = bucket(limit=2, seconds=DAY, lock_seconds=DAY)
    limits.take([locked])
    frozen.advance(hours=20)
    limits.take([locked])
    frozen.advance(hours=10)  # the first hit is out of its window, the lock still holds
    with pytest.raises(BucketFull):
        limits.take([locked])


def test_a_streak_is_ended_by_success_alone(frozen):
    streak = bucket(limit=1000, streak_limit=2)
    limits.take([streak])
    limits.succeed(streak)
    limits.take([streak])
    limits.take([streak])
    frozen.advance(days=300)
    with pytest.raises(BucketFull) as refused:
        limits.take([streak])
    assert refused.value.retry_after is None


def test_bg_05_a_refund_gives_back_every_bucket_of_the_take(frozen):
    ref = uuid4()
    both = [bucket(limit=1, lock_seconds=DAY), bucket(kind="row", limit=9, streak_limit=1)]
    limits.take(both, ref=ref)
    limits.refund(ref)
    limits.take(both)


def test_priv_02_no_row_names_its_subject(frozen):
    limits.take([bucket(subject="+12025550123", member="+12025550123")])
    row, hit = LimitBucket.objects.get(), LimitHit.objects.get()
    assert "2025550123" not in f"{row.key}{row.kind}{hit.key}{hit.member}"


@pytest.mark.parametrize(
    ("address", "subjects"),
    [
        ("192.0.2.7", ("192.0.2.7", "")),
        ("::ffff:192.0.2.7", ("192.0.2.7", "")),
        ("2001:db8:1:2:3::9", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
    ],
)
def test_otp_13_ipv6_clients_are_counted_by_their_network(address, subjects):
    assert limits.address_subjects(address) == subjects


def test_pruning_takes_what_no_window_counts(frozen):
    limits.take([bucket()])
    frozen.advance(minutes=61)
    limits.take([bucket()])
    limits.prune()
    assert LimitHit.objects.count() == 1


def test_a_check_takes_nothing(frozen):
    limits.check([bucket(limit=1)])
    limits.take([bucket(limit=1)])
    with pytest.raises(BucketFull):
        limits.check([bucket(limit=1)])


def test_rel_17_a_store_that_is_down_refuses(frozen):
    with connection.execute_wrapper(_broken), pytest.raises(Unavailable):
        limits.take([bucket()])


def _broken(execute, sql, params, many, context):
    if "core_limitbucket" in sql:
        raise DatabaseError("gone")
    return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_otp_13_parallel_takes_never_pass_the_limit():
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads of one SQLite memory database lock each other; see the other runs")
    outcomes, start = [], threading.Barrier(20)

    def one():
        start.wait()
        try:
            with transaction.atomic():
                limits.take([bucket(limit=5), bucket(kind="ip", limit=50)])
            outcomes.append("taken")
        except BucketFull:
            outcomes.append("full")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("taken"), outcomes.count("full")) == (5, 15)
    assert LimitHit.objects.filter(key=bucket(kind="ip").key).count() == 5


def test_hits_are_kept_as_long_as_their_longest_window(frozen):
    windows = (Window(5, HOUR), Window(10, DAY))
    limits.take([Bucket(kind="number", subject="n", windows=windows)])
    assert LimitHit.objects.get().expires_at == frozen.now() + timedelta(days=1)
