"""What keeps jobs from being lost: leases prolonged, jobs of dead workers delivered again, a clock that was set back."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from regulars.platform.core import jobs
from regulars.platform.core.models import Job


def take_back() -> None:
    """Void what this worker's predecessor of the same name had under way; called once, before anything is taken."""
    # Without a worker's name, `renew` does not prolong them.
    Job.objects.filter(worker=jobs.WORKER, state=Job.State.RUNNING).update(
        worker="", leased_until=timezone.now() - timedelta(seconds=1)
    )
    # It may have died between taking a delivery and taking its job: that delivery is made again.
    for delivery in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING):
        if delivery.worker_ids and delivery.worker_ids[-1].startswith(f"{jobs.WORKER}-"):
            DBTaskResult.objects.filter(pk=delivery.pk).update(status=TaskResultStatus.READY)


def renew() -> None:
    """Prolong the leases of what this process runs; called every few seconds from a thread of its own."""
    held = Job.objects.filter(pk__in=list(jobs.HELD), worker=jobs.WORKER, state=Job.State.RUNNING)
    held.update(leased_until=timezone.now() + jobs.LEASE)


def recover() -> int:
    """Deliver again what a dead worker left behind, and what waits without a delivery. Returns how many."""
    now = timezone.now()
    dead = Q(state=Job.State.RUNNING, leased_until__lt=now)
    forgotten = Q(state=Job.State.WAITING, not_before__lt=now - 2 * jobs.LEASE)
    found = list(Job.objects.filter(dead | forgotten).order_by("pk")[:100])
    for job in found:
        try:
            with transaction.atomic():
                # Pushing the date keeps other workers, and the next look, from delivering it too.
                still = Job.objects.filter(dead | forgotten, pk=job.pk).update(
                    state=Job.State.WAITING, worker="", leased_until=None, not_before=now
                )
                if still:
                    job.not_before = now
                    jobs.deliver(job)
        except IntegrityError:  # another of its kind and key waits, which does the work
            Job.objects.filter(dead, pk=job.pk).update(
                state=Job.State.CANCELLED, finished_at=now, leased_until=None
            )
    return len(found)


def clock_was_set_back(by: timedelta) -> None:
    """Move instants that this machine wrote down by its clock of before: nothing waits for them to come a second time."""
    now = timezone.now()
    for job in Job.objects.filter(state=Job.State.WAITING, not_before__gt=now):
        job.not_before = max(now, job.not_before - by)
        with transaction.atomic():
            if Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(not_before=job.not_before):
                jobs.deliver(job)
    # The living prolong theirs; the others are recovered in a minute.
    far = Job.objects.filter(state=Job.State.RUNNING, leased_until__gt=now + jobs.LEASE)
    far.update(leased_until=now + jobs.LEASE)
