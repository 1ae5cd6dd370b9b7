"""Jobs: started with their cause, leased, tried again, never lost, never run by two."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from regulars.kernel.errors import InputError, LakeError
from regulars.platform.core import heartbeat, jobs, leases, schedules
from regulars.platform.core.models import Job
from regulars.platform.core.worker import run_until_idle

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the job of kind `note` was called with, each time."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(jobs, "KINDS", {})
    jobs.register("note", lambda job: calls.append(job.arguments))
    return calls


def test_a_job_runs_once_and_ends(ran: list[dict[str, Any]], work: Work) -> None:
    job = jobs.start(kind="note", page=3)
    work()
    job.refresh_from_db()
    assert (ran, job.state, job.attempts) == ([{"page": 3}], Job.State.DONE, 1)


def test_asking_twice_with_a_key_gives_one_job(ran: list[dict[str, Any]], work: Work) -> None:
    first = jobs.start(kind="note", key="a", n=1)
    assert jobs.start(kind="note", key="a", n=2).pk == first.pk
    work()
    assert ran == [{"n": 1}]
    jobs.start(kind="note", key="a", n=3)
    work()
    assert ran == [{"n": 1}, {"n": 3}]


def test_a_job_of_a_transaction_that_fails_never_was(ran: list[dict[str, Any]], work: Work) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.start(kind="note")
        raise RuntimeError
    work()
    assert ran == [] and not Job.objects.exists()


def test_what_a_dead_worker_left_is_run_again(ran: list[dict[str, Any]], work: Work) -> None:
    job = jobs.start(kind="note")
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, worker="dead", leased_until=timezone.now() - timedelta(seconds=1)
    )
    assert leases.recover() == 1
    work()
    assert ran == [{}]


def test_a_job_with_a_living_lease_is_left_alone(ran: list[dict[str, Any]], work: Work) -> None:
    job = jobs.start(kind="note")
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, worker="alive", leased_until=timezone.now() + jobs.LEASE
    )
    assert leases.recover() == 0
    work()
    assert ran == []


def test_an_unexpected_failure_is_tried_again_later(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    calls = []

    def fail(job: jobs.Running) -> None:
        calls.append(job.attempt)
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "KINDS", {})
    monkeypatch.setattr(jobs, "backoff", lambda attempt: timedelta(0))
    jobs.register("fail", fail, tries=3)
    job = jobs.start(kind="fail")
    work()
    job.refresh_from_db()
    assert calls == [1, 2, 3] and job.state == Job.State.FAILED


def test_bad_input_is_not_tried_again_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    def refuse(job: jobs.Running) -> None:
        raise InputError("It is empty.", where="orders.csv", do="Export it again.")

    monkeypatch.setattr(jobs, "KINDS", {})
    jobs.register("refuse", refuse)
    job = jobs.start(kind="refuse")
    work()
    job.refresh_from_db()
    assert job.error == {"what": "It is empty.", "where": "orders.csv", "do": "Export it again."}


def test_a_stopping_worker_gives_the_job_back(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    seen = []

    def long(job: jobs.Running) -> None:
        seen.append(job.attempt)
        if len(seen) == 1:
            jobs.stopping.set()
        job.progress("half")

    monkeypatch.setattr(jobs, "KINDS", {})
    jobs.register("long", long, lane="long")
    job = jobs.start(kind="long")
    try:
        run_until_idle(limit=1)
    finally:
        jobs.stopping.clear()
    work()
    job.refresh_from_db()
    assert job.state == Job.State.DONE and job.attempts == 1 and seen == [1, 1]


def test_a_cancelled_job_ends_at_its_next_step(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    after = []

    def long(job: jobs.Running) -> None:
        jobs.cancel(number=job.number)
        job.progress("next step")
        after.append("went on")

    monkeypatch.setattr(jobs, "KINDS", {})
    jobs.register("long", long)
    job = jobs.start(kind="long")
    work()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED and after == []


def test_a_worker_that_starts_again_takes_over_what_its_predecessor_had(
    ran: list[dict[str, Any]], work: Work
) -> None:
    job = jobs.start(kind="note")
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, worker=jobs.WORKER, leased_until=timezone.now() + jobs.LEASE
    )
    leases.take_back()
    leases.renew()
    assert leases.recover() == 1
    work()
    assert ran == [{}]


def test_a_job_that_nobody_has_in_hand_is_delivered_once_a_while(ran: list[dict[str, Any]]) -> None:
    job = jobs.start(kind="note")
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, worker="dead", leased_until=timezone.now() - timedelta(seconds=1)
    )
    assert [leases.recover(), leases.recover()] == [1, 0]


def test_what_a_dead_worker_left_gives_way_to_the_same_job_that_waits(
    ran: list[dict[str, Any]], work: Work
) -> None:
    job = jobs.start(kind="note", key="a", n=1)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, worker="dead", leased_until=timezone.now() - timedelta(seconds=1)
    )
    jobs.start(kind="note", key="a", n=2)
    leases.recover()
    work()
    job.refresh_from_db()
    assert (ran, job.state) == ([{"n": 2}], Job.State.CANCELLED)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("database is locked"), "The database does not answer."),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (LakeError("There is no space left to write to."), "The disk is full."),
    ],
)
def test_what_the_machine_cannot_do_now_is_tried_for_hours(
    monkeypatch: pytest.MonkeyPatch, work: Work, error: Exception, said: str
) -> None:
    seen = []

    def fail(job: jobs.Running) -> None:
        seen.append(Job.objects.get(pk=job.number).attempts)
        if len(seen) < 10:
            raise error

    monkeypatch.setattr(jobs, "KINDS", {})
    monkeypatch.setattr(jobs, "backoff", lambda attempt: timedelta(0) if attempt < 9 else timedelta(hours=1))
    jobs.register("fail", fail, tries=2)
    job = jobs.start(kind="fail")
    work()
    job.refresh_from_db()
    assert (len(seen), job.state, job.step) == (9, Job.State.WAITING, said)


def test_a_clock_that_was_set_back_makes_nothing_wait(ran: list[dict[str, Any]], work: Work) -> None:
    now = timezone.now()
    assert heartbeat.beat(now=now + timedelta(hours=1)) == timedelta(0)
    waiting, held = jobs.start(kind="note", n=1), jobs.start(kind="note", n=2)
    Job.objects.filter(pk=waiting.pk).update(not_before=now + timedelta(hours=1))
    Job.objects.filter(pk=held.pk).update(
        state=Job.State.RUNNING, worker="dead", leased_until=now + timedelta(hours=1)
    )
    leases.clock_was_set_back(heartbeat.beat(now=now))
    work()
    held.refresh_from_db()
    assert ran == [{"n": 1}]
    assert held.leased_until is not None and held.leased_until <= timezone.now() + jobs.LEASE


def test_a_schedule_that_a_wrong_clock_put_off_comes_when_it_should(
    ran: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules, "SOURCES", [])
    monkeypatch.setattr(schedules, "RECURRING", {})
    schedules.recurring("hourly", kind="note", next_after=schedules.every(timedelta(hours=1)))
    now = timezone.now()
    schedules.start_due(now + timedelta(days=3650))
    schedules.start_due(now)
    assert schedules.start_due(now + timedelta(hours=1)) == 1
