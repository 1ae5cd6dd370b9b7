"""Where a person's data stands, all of it in one readable file, and erasure with a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation

from regulars import __version__
from regulars.kernel.progress import Progress, silent
from regulars.platform.core.api import Job, Running, User, publish, record, start_job
from regulars.platform.privacy import looks, tombstones
from regulars.platform.privacy.models import Mark, Tombstone
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

    @property
    def under_way(self) -> bool:
        return self.job is not None and self.job.state in (Job.State.WAITING, Job.State.RUNNING)


def erasure(reference: str) -> Erasure | None:
    """An erasure by its reference; None where there is none."""
    found = Tombstone.objects.filter(reference=reference).first()
    if found is None:
        return None
    job = Job.objects.filter(kind=JOB, key=reference).order_by("-pk").first()
    return Erasure(found.reference, found.certificate, job)


def open_erasure(numbers: tuple[int, ...]) -> Erasure | None:
    """The erasure of somebody with one of these numbers that has begun and not ended."""
    found = _open(numbers)
    return erasure(found.reference) if found is not None else None


def _open(numbers: tuple[int, ...]) -> Tombstone | None:
    begun = Tombstone.objects.filter(finished_at=None).order_by("pk")
    return next((one for one in begun if set(one.numbers) & set(numbers)), None)


def being_erased() -> set[int]:
    """The numbers of everybody whose erasure has begun and not ended: what is written about them now would outlive it."""
    begun = Tombstone.objects.filter(finished_at=None).values_list("numbers", flat=True)
    return {number for numbers in begun for number in numbers}


def begin_erasure(person: Person, *, by: User | None) -> Tombstone:
    """Write the tombstone: from now on the person's facts of before stay out. `continue_erasure` does the rest."""
    with transaction.atomic():
        open_ = _buried(person, by)
    tombstones.write_down(open_)
    return open_


def _buried(person: Person, by: User | None) -> Tombstone:
    """The person's tombstone, made where there is none yet; what was looked up about them is gone."""
    looks.forget(looks.about(person.numbers))
    open_ = _open(person.numbers)
    if open_ is None:
        open_ = Tombstone.objects.create(by=str(by) if by else "", numbers=list(person.numbers))
        digests = sorted({tombstones.digest(one) for one in person.identifiers})
        Mark.objects.bulk_create([Mark(tombstone=open_, digest=one) for one in digests])
    return open_


def continue_erasure(tombstone: Tombstone, *, by: User | None, progress: Progress = silent) -> Tombstone:
    """Erase from every place; safe to repeat after a kill. Returns the tombstone with its certificate."""
    if tombstone.finished_at is not None:
        return tombstone
    tombstones.write_down(tombstone)  # whoever was killed before it was
    _erase([tombstone], by=by, progress=progress)
    return tombstone


def erase_together(found: Sequence[Tombstone], *, progress: Progress = silent) -> None:
    """Erase everybody of these at once, as after a restore: every place is gone through once. Safe to repeat after a kill.

    Their certificates give the records of all of them together, and say so: whose each one was is not counted.
    """
    _erase(found, by=None, progress=progress)


def _erase(found: Sequence[Tombstone], *, by: User | None, progress: Progress) -> None:
    """Erase from every place, then write the certificates."""
    everybody = tuple(number for one in found for number in one.numbers)
    person, every = person_of(everybody), places()
    for n, place in enumerate(every):
        progress(str(place.label), n / len(every))
        erased = place.erase(person)
        for one in found:
            one.counts[place.name] = one.counts.get(place.name, 0) + erased
        Tombstone.objects.bulk_update(found, ["counts"])
    with transaction.atomic():
        looks.forget(looks.about(everybody))  # asked for in the moment when the erasure began
        looks.clear()
        for one in found:
            one.finished_at, one.numbers = timezone.now(), []
            one.certificate = _certificate(one, every, together=len(found))
            records = sum(one.counts.values())
            record(user=by, action="person.erased", object=one.reference, records=records)
        Tombstone.objects.bulk_update(found, ["finished_at", "certificate", "numbers"])
        publish("lake.changed", key="lake")
    _empty_log()


def erase(person: Person, *, by: User | None, progress: Progress = silent) -> Tombstone:
    """Erase somebody here and now, everywhere."""
    return continue_erasure(begin_erasure(person, by=by), by=by, progress=progress)


def start_erasure(person: Person, *, by: User | None) -> tuple[Tombstone, Job]:
    """Erase somebody in the background: the lake may be busy."""
    with transaction.atomic():  # no tombstone without a job
        tombstone = _buried(person, by)
        job = start_job(kind=JOB, key=tombstone.reference, by=by, reference=tombstone.reference)
    tombstones.write_down(tombstone)
    return tombstone, job


def erase_job(job: Running) -> dict[str, object]:
    """The job that `start_erasure` starts."""
    tombstone = Tombstone.objects.get(reference=job.arguments["reference"])
    with translation.override(
        job.by.language if job.by else "en"
    ):  # what is said meanwhile, and the certificate
        continue_erasure(tombstone, by=job.by, progress=job.progress)
    return {"reference": tombstone.reference}


def _certificate(tombstone: Tombstone, every: list[Place], *, together: int) -> dict[str, object]:
    """What was done, without a word of whom it was about. `together`: how many people the records are of."""
    return {
        "reference": tombstone.reference,
        "begun": tombstone.at.isoformat(),
        "finished": tombstone.finished_at.isoformat() if tombstone.finished_at else None,
        "by": tombstone.by or "the command line",
        "release": __version__,
        **({"together": together} if together > 1 else {}),
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
