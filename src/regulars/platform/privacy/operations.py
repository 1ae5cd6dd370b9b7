"""Where a person's data stands, all of it in one readable file, and erasure with a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation

from regulars import __version__
from regulars.kernel.progress import Progress, silent
from regulars.platform.core.api import Job, Running, User, publish, record, start_job
from regulars.platform.privacy import tombstones
from regulars.platform.privacy.models import Look, Mark, Tombstone
from regulars.platform.privacy.registry import Person, Place, person_of, places

JOB = "privacy.erase"


@dataclass(frozen=True)
class Holding:
    """How many records of a person a place holds, and what would stay there."""

    place: Place
    records: int

    @property
    def label(self) -> str:
        return str(self.place.label)

    @property
    def remains(self) -> str:
        return str(self.place.remains)


def where(person: Person, *, progress: Progress = silent) -> list[Holding]:
    """Every place, those without a record too."""
    found, every = [], places()
    for n, place in enumerate(every):
        progress(str(place.label), n / len(every))
        found.append(Holding(place, place.where(person)))
    return found


def records_of(holdings: list[Holding]) -> int:
    """How many records there are in all: the number that is typed to confirm an erasure."""
    return sum(one.records for one in holdings)


@dataclass(frozen=True)
class Erasure:
    """How far an erasure is: the certificate once all is done, else the job that does it."""

    reference: str
    certificate: dict[str, Any] | None
    job: Job | None


def erasure(reference: str) -> Erasure | None:
    """An erasure by its reference; None where there is none."""
    found = Tombstone.objects.filter(reference=reference).first()
    if found is None:
        return None
    job = Job.objects.filter(kind=JOB, key=reference).order_by("-pk").first()
    return Erasure(found.reference, found.certificate, job)


def begin_erasure(person: Person, *, by: User | None) -> Tombstone:
    """Write the tombstone: from now on the person's facts of before stay out. `continue_erasure` does the rest."""
    with transaction.atomic():
        Look.objects.filter(person__in=person.numbers).delete()
        open_ = next(
            (
                one
                for one in Tombstone.objects.filter(finished_at=None)
                if set(one.numbers) & set(person.numbers)
            ),
            None,
        )
        if open_ is None:
            open_ = Tombstone.objects.create(by=str(by) if by else "", numbers=list(person.numbers))
            digests = sorted({tombstones.digest(one) for one in person.identifiers})
            Mark.objects.bulk_create([Mark(tombstone=open_, digest=one) for one in digests])
    tombstones.write_down(open_)
    return open_


def continue_erasure(tombstone: Tombstone, *, by: User | None, progress: Progress = silent) -> Tombstone:
    """Erase from every place; safe to repeat after a kill. Returns the tombstone with its certificate."""
    if tombstone.finished_at is not None:
        return tombstone
    person = person_of(tuple(tombstone.numbers))
    every = places()
    for n, place in enumerate(every):
        progress(str(place.label), n / len(every))
        erased = place.erase(person)
        tombstone.counts[place.name] = tombstone.counts.get(place.name, 0) + erased
        tombstone.save(update_fields=["counts"])
    with transaction.atomic():
        tombstone.finished_at = timezone.now()
        tombstone.certificate = _certificate(tombstone, every)
        tombstone.numbers = []
        tombstone.save()
        record(
            user=by,
            action="person.erased",
            object=tombstone.reference,
            records=sum(tombstone.counts.values()),
        )
        publish("lake.changed", key="lake")
    _empty_log()
    return tombstone


def erase(person: Person, *, by: User | None, progress: Progress = silent) -> Tombstone:
    """Erase somebody here and now, everywhere."""
    return continue_erasure(begin_erasure(person, by=by), by=by, progress=progress)


def start_erasure(person: Person, *, by: User | None) -> tuple[Tombstone, Job]:
    """Erase somebody in the background: the lake may be busy."""
    tombstone = begin_erasure(person, by=by)
    return tombstone, start_job(kind=JOB, key=tombstone.reference, by=by, reference=tombstone.reference)


def erase_job(job: Running) -> dict[str, object]:
    """The job that `start_erasure` starts."""
    tombstone = Tombstone.objects.get(reference=job.arguments["reference"])
    with translation.override(
        job.by.language if job.by else "en"
    ):  # what is said meanwhile, and the certificate
        continue_erasure(tombstone, by=job.by, progress=job.progress)
    return {"reference": tombstone.reference}


def _certificate(tombstone: Tombstone, every: list[Place]) -> dict[str, object]:
    """What was done, without a word of whom it was about."""
    return {
        "reference": tombstone.reference,
        "begun": tombstone.at.isoformat(),
        "finished": tombstone.finished_at.isoformat() if tombstone.finished_at else None,
        "by": tombstone.by or "the command line",
        "release": __version__,
        "places": [
            {"place": place.name, "label": str(place.label), "erased": tombstone.counts.get(place.name, 0),
             "remains": str(place.remains)}
            for place in every
        ],
    }  # fmt: skip


def _empty_log() -> None:
    """Empty the write-ahead log, in which pages of before may stand; as far as nobody reads it now."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
