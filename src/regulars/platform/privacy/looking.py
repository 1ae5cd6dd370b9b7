"""Where a person's data stands, and all of it in a file: by a worker, since every file is read, which no page waits for.

The job is given a random reference; whom it is about stands in the look alone, which does not last. Its key is made with the
site's secret, so that two who ask at once start one job and nobody can tell from it about whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from regulars.platform.core.api import Job, Running, User, start_job
from regulars.platform.privacy import looks
from regulars.platform.privacy.export import export
from regulars.platform.privacy.files import remove
from regulars.platform.privacy.models import Look, new_reference
from regulars.platform.privacy.operations import Holding, open_erasure, records_of, where
from regulars.platform.privacy.registry import Person, person_of, places

JOBS = {Look.Wants.WHERE: "privacy.where", Look.Wants.EXPORT: "privacy.export"}
VALID = timedelta(hours=1)  # then one looks again before one erases
_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Looked:
    """What was found, place by place, or the file with all of it; None while the job has not ended well."""

    at: datetime
    job: Job | None
    holdings: list[Holding] | None = None
    file: Path | None = None

    @property
    def records(self) -> int:
        return records_of(self.holdings or [])

    @property
    def under_way(self) -> bool:
        return self.job is not None and self.job.state in (Job.State.WAITING, Job.State.RUNNING)


def start_look(person: Person, *, by: User) -> None:
    """Have a worker look where the person's data is; while it does, asking again changes nothing."""
    _start(Look.Wants.WHERE, person, by)


def start_export(person: Person, *, by: User) -> None:
    """Have a worker write everything about the person into a file, which is kept for a day."""
    _start(Look.Wants.EXPORT, person, by)


def look_of(numbers: tuple[int, ...], *, by: User) -> Looked | None:
    """What the user's newest look at a person found, if it was within the hour."""
    found = _newest(Look.Wants.WHERE, numbers, by, VALID)
    if found is None:
        return None
    look, job = found
    if look.counts is None:
        return Looked(look.at, job)
    return Looked(look.at, job, [Holding(place, look.counts.get(place.name, 0)) for place in places()])


def export_of(numbers: tuple[int, ...], *, by: User) -> Looked | None:
    """The file about a person that the user asked for within the day."""
    found = _newest(Look.Wants.EXPORT, numbers, by, _KEPT)
    if found is None:
        return None
    look, job = found
    path: Path = settings.SITE.exports / look.file
    return Looked(look.at, job, file=path if look.file and path.is_file() else None)


def _start(wants: Look.Wants, person: Person, by: User) -> None:
    newest = _newest(wants, person.numbers, by, VALID)
    if newest is not None and Looked(newest[0].at, newest[1]).under_way:
        return
    erasing = open_erasure(person.numbers)
    # One that was broken off is begun anew by looking, then confirming; nothing is put together of whom it left half erased.
    if erasing is not None and (erasing.under_way or wants == Look.Wants.EXPORT):
        return
    with transaction.atomic():
        number = person.numbers[0]
        job = start_job(kind=JOBS[wants], key=_key(number, by), by=by, reference=new_reference())
        # Where another request was quicker this is its job, and the look is there.
        Look.objects.get_or_create(
            reference=job.arguments["reference"],
            defaults={"wants": wants, "person": number, "numbers": list(person.numbers), "by": by},
        )


def _key(number: int, by: User) -> str:
    return salted_hmac("regulars looks", f"{by.pk} {number}", algorithm="sha256").hexdigest()


def _newest(
    wants: Look.Wants, numbers: tuple[int, ...], by: User, age: timedelta
) -> tuple[Look, Job | None] | None:
    """The newest look with its job. It is as old as its answer: until there is one it counts, however long it waits."""
    now = timezone.now()
    young = Look.objects.filter(wants=wants, person__in=numbers, by=by, at__gt=now - _KEPT)
    look = young.order_by("-pk").first()
    if look is None or ((look.file or look.counts is not None) and look.at <= now - age):
        return None
    jobs = Job.objects.filter(
        kind=JOBS[wants], key=_key(look.person, by), arguments__reference=look.reference
    )
    return look, jobs.order_by("-pk").first()


def look(job: Running) -> None:
    """The job that `start_look` starts. Nothing is done where the person was erased meanwhile."""
    found = _asked(job)
    if found is None:
        return
    with translation.override(found.by.language):
        holdings = where(person_of(tuple(found.numbers)), progress=job.progress)
    counts = {one.place.name: one.records for one in holdings}
    Look.objects.filter(pk=found.pk).update(counts=counts, at=timezone.now())


def write(job: Running) -> None:
    """The job that `start_export` starts. What a killed run left is written over, or removed where the look is gone."""
    path = looks.file_of(job.arguments["reference"])
    found = _asked(job)
    if found is not None and found.file and path.is_file():
        return  # killed after all was done
    remove([path])
    if found is None or not found.by.may("person.export"):
        return
    path.touch(mode=0o600)
    kept = 0
    try:
        person = person_of(tuple(found.numbers))
        export(person, path, by=found.by, language=found.by.language, progress=job.progress)
        kept = Look.objects.filter(pk=found.pk).update(file=path.name, at=timezone.now())
    finally:
        if not kept:
            remove([path])  # it failed, or the person was erased meanwhile


def _asked(job: Running) -> Look | None:
    return Look.objects.filter(reference=job.arguments["reference"]).select_related("by").first()


def forget_old() -> None:
    """Delete the looks that nobody needs any more, with their files."""
    looks.forget(list(Look.objects.filter(at__lt=timezone.now() - _KEPT)))
    looks.clear()
