"""Jobs: started in the transaction of what caused them, run by a worker, leased, tried again, never lost.

A job may run twice (a worker killed half-way leaves it to the next); its effects must not double. The task library
delivers `run_job(number)`; whether that delivery still holds is decided here, by the lease on the job's row.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django_tasks import task

from regulars.kernel.errors import RegularsError
from regulars.platform.core.faults import gives_up, machine_fault
from regulars.platform.core.logs import CORRELATION
from regulars.platform.core.models import Job, User

log = logging.getLogger(__name__)

Lane = Literal["quick", "long"]
LANES: tuple[Lane, ...] = ("quick", "long")
LEASE = timedelta(seconds=60)
# This process. Who starts a dead worker again names the new one alike, which then knows that the old one's leases are void.
WORKER = os.environ.get("REGULARS_WORKER") or f"worker-{secrets.token_hex(4)}"

HELD: set[int] = set()  # jobs that a thread of this process has in hand
stopping = threading.Event()  # set when the process was asked to stop: running jobs go back to the queue


class Stopped(Exception):  # noqa: N818 - named for what happened
    """The worker is stopping; the job goes back and is run again later."""


class Cancelled(Exception):  # noqa: N818 - named for what happened
    """Somebody cancelled the job, or another worker has it now."""


class TryLater(Exception):  # noqa: N818 - named for what happened
    """What the job needs is not there now (a mail server, a lock); it is tried again after a while."""


@dataclass(frozen=True)
class Running:
    """What a handler is given: the job's number, its arguments, and how to say where it is."""

    number: int
    arguments: dict[str, Any]
    by: User | None
    attempt: int

    def progress(self, step: str, share: float | None = None) -> None:
        """Say what is being done (`share` 0..1 where known). Raises Stopped or Cancelled where it should end."""
        if stopping.is_set():
            raise Stopped
        now = timezone.now()
        mine = Job.objects.filter(pk=self.number, worker=WORKER, state=Job.State.RUNNING)
        if not mine.update(step=step[:200], share=share, leased_until=now + LEASE):
            raise Cancelled

    def go_on(self) -> None:
        """Raise Stopped where the worker is stopping. Asks nothing of the database: for any thread, as often as wanted."""
        if stopping.is_set():
            raise Stopped


@dataclass(frozen=True)
class Kind:
    """A kind of job: its handler, its lane, how often it is tried when it fails unexpectedly."""

    name: str
    handler: Callable[[Running], dict[str, Any] | None]
    lane: Lane
    tries: int


KINDS: dict[str, Kind] = {}


def register(
    name: str, handler: Callable[[Running], dict[str, Any] | None], *, lane: Lane = "quick", tries: int = 5
) -> None:
    """Make a kind of job known; called once from a context's wiring."""
    if name in KINDS and KINDS[name].handler is not handler:
        raise ValueError(f"two kinds of jobs are called {name}")
    KINDS[name] = Kind(name, handler, lane, tries)


def start(
    *, kind: str, key: str = "", by: User | None = None, after: timedelta | None = None, **arguments: Any
) -> Job:
    """Start a job, in the caller's transaction. With a `key`, a job of the kind and key that still waits is given back."""
    lane = KINDS[kind].lane
    if key:
        with transaction.atomic():
            # Held to the end of the caller's transaction: no worker begins with what was so before it.
            same = Job.objects.select_for_update().filter(kind=kind, key=key, state=Job.State.WAITING)
            if waiting := same.first():
                return waiting
    begins = timezone.now() + (after or timedelta(0))
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind, key=key, lane=lane, by=by, arguments=arguments, not_before=begins,
                request=CORRELATION.get(),
            )  # fmt: skip
            deliver(job)
    except IntegrityError:
        return Job.objects.get(kind=kind, key=key, state=Job.State.WAITING)
    return job


def cancel(*, number: int) -> bool:
    """Cancel a job that waits or runs; a running one ends at its next step. False where it had already ended."""
    open_ = Job.objects.filter(pk=number, state__in=[Job.State.WAITING, Job.State.RUNNING])
    return bool(open_.update(state=Job.State.CANCELLED, finished_at=timezone.now(), leased_until=None))


def deliver(job: Job) -> None:
    """Have a worker look at the job when it is due."""
    run_job.using(queue_name=job.lane, run_after=job.not_before).enqueue(job.pk)


@task(queue_name="quick")  # type: ignore[untyped-decorator]
def run_job(number: int) -> None:
    """Take the job and run it, unless it has ended, is not due, or another worker has it."""
    job = _take(number)
    if job is None:
        return
    token = CORRELATION.set(job.request)
    HELD.add(job.pk)
    try:
        _run(job)
    finally:
        HELD.discard(
            job.pk
        )  # also where its end could not be written down: the lease runs out, another takes it
        CORRELATION.reset(token)


def _take(number: int) -> Job | None:
    now = timezone.now()
    free = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, leased_until__lt=now)
    taken = Job.objects.filter(free, pk=number, not_before__lte=now).update(
        state=Job.State.RUNNING, worker=WORKER, leased_until=now + LEASE, started_at=now, attempts=F("attempts") + 1,
        step="", share=None, error=None,
    )  # fmt: skip
    return Job.objects.select_related("by").get(pk=number) if taken else None


def _run(job: Job) -> None:
    kind = KINDS[job.kind]
    try:
        result = kind.handler(Running(job.pk, job.arguments, job.by, job.attempts))
    except Stopped:
        _again(job, timedelta(0), counted=False)
    except Cancelled:
        log.info("job %s (%s) was cancelled", job.pk, job.kind)
    except RegularsError as error:
        if machine_fault(error) and not gives_up(error, attempt=job.attempts, tries=kind.tries):
            _failed(job, kind, error)
            return
        _end(job, Job.State.FAILED, error={"what": error.what, "where": error.where, "do": error.do})
    except TryLater:
        _again(job, backoff(job.attempts), counted=True)
    except Exception as error:
        _failed(job, kind, error)
    else:
        _end(job, Job.State.DONE, result=result)


def _failed(job: Job, kind: Kind, error: Exception) -> None:
    """Try again what failed unexpectedly, for hours where it is the machine that fails; then give up."""
    fault = machine_fault(error)
    if fault:
        log.warning("job %s (%s) could not go on: %s", job.pk, job.kind, fault)
        connection.close_if_unusable_or_obsolete()
    else:
        log.exception("job %s (%s) failed at attempt %s", job.pk, job.kind, job.attempts)
    if gives_up(error, attempt=job.attempts, tries=kind.tries):
        _end(job, Job.State.FAILED, error={"what": fault, "where": "", "do": ""})
    else:
        _again(job, backoff(job.attempts), counted=True, step=fault)


def backoff(attempt: int) -> timedelta:
    """Seconds to wait before the next attempt: 2, 4, 8 ... at most an hour, a fifth of it by chance."""
    seconds = min(2.0 ** min(attempt, 12), 3600.0)
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, worker=WORKER, state=Job.State.RUNNING)


def _end(job: Job, state: Job.State, **values: Any) -> None:
    _mine(job).update(state=state, finished_at=timezone.now(), leased_until=None, **values)


def _again(job: Job, after: timedelta, *, counted: bool, **values: Any) -> None:
    """Put the job back. Where another of its kind and key waits already, that one does the work."""
    begins = timezone.now() + after
    values |= {"not_before": begins, "attempts": job.attempts if counted else max(0, job.attempts - 1)}
    try:
        with transaction.atomic():
            if _mine(job).update(state=Job.State.WAITING, leased_until=None, **values):
                job.not_before = begins
                deliver(job)
    except IntegrityError:
        _end(job, Job.State.CANCELLED)
