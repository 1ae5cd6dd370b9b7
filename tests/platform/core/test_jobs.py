"""Jobs: started with their cause, leased, tried again, never lost, never run by two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.platform.core import jobs
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
    assert jobs.recover() == 1
    work()
    assert ran == [{}]


def test_a_job_with_a_living_lease_is_left_alone(ran: list[dict[str, Any]], work: Work) -> None:
    job = jobs.start(kind="note")
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, worker="alive", leased_until=timezone.now() + jobs.LEASE
    )
    assert jobs.recover() == 0
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
    jobs.take_back()
    jobs.renew()
    assert jobs.recover() == 1
    work()
    assert ran == [{}]
