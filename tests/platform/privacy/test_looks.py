"""Looks at a person and files of everything: they wait as long as they must, and an erasure leaves nothing of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone

from regulars.platform.core import jobs
from regulars.platform.core.models import Job, User
from regulars.platform.customers import api as customers
from regulars.platform.privacy import api as privacy
from regulars.platform.privacy.looks import file_of
from regulars.platform.privacy.models import Look
from regulars.platform.privacy.operations import continue_erasure
from regulars.platform.site import Site
from support.people import HEAD, imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(site: Site, tmp_path: Path) -> privacy.Person:
    """Somebody of whom only an id is known that is too short to be searched for in files."""
    imported(site, tmp_path, HEAD + "1,2026-01-05,1234,,,,DE,EUR,10.00\n")
    found = customers.person("1234")
    assert found is not None and found.identifiers == ("id:shop:1234",)
    return found


@pytest.fixture
def manager(user: Callable[..., User]) -> User:
    return user("manager")


def _run(kind: str) -> None:
    for job in Job.objects.filter(kind=kind, state="waiting"):
        jobs.run_job.func(job.pk)


def _files(site: Site) -> list[str]:
    return [path.name for path in site.exports.iterdir()]


def test_a_file_of_everything_goes_with_the_erasure(
    site: Site, person: privacy.Person, manager: User
) -> None:
    privacy.start_export(person, by=manager)
    _run("privacy.export")
    assert len(_files(site)) == 1
    privacy.begin_erasure(person, by=manager)
    assert (_files(site), Look.objects.count()) == ([], 0)


def test_nothing_is_asked_for_while_somebody_is_erased(
    site: Site, person: privacy.Person, manager: User
) -> None:
    _, job = privacy.start_erasure(person, by=manager)
    privacy.start_export(person, by=manager)
    privacy.start_look(person, by=manager)
    assert not Look.objects.exists()
    jobs.cancel(number=job.pk)
    privacy.start_export(person, by=manager)
    assert not Look.objects.exists()
    privacy.start_look(person, by=manager)  # an erasure that was broken off is begun anew
    assert Look.objects.get().wants == "where"


def test_what_was_asked_for_in_the_moment_of_the_erasure_ends_with_it(
    site: Site, person: privacy.Person, manager: User
) -> None:
    tombstone = privacy.begin_erasure(person, by=manager)
    late = Look.objects.create(wants="export", person=1, numbers=[1], by=manager)
    file_of(late.reference).touch()
    file_of("0123456789abcdef").touch()  # its look went while a worker was writing
    continue_erasure(tombstone, by=manager)
    assert (_files(site), Look.objects.count()) == ([], 0)


def test_what_a_killed_export_left_is_written_over_or_removed(
    site: Site, person: privacy.Person, manager: User
) -> None:
    privacy.start_export(person, by=manager)
    look = Look.objects.get()
    file_of(look.reference).write_bytes(b"half")
    _run("privacy.export")
    assert file_of(look.reference).read_bytes()[:2] == b"PK"
    privacy.start_export(person, by=manager)
    last = Look.objects.order_by("pk").last()
    assert last is not None
    file_of(last.reference).write_bytes(b"half")
    Look.objects.all().delete()
    _run("privacy.export")
    assert not file_of(last.reference).exists()


def test_an_export_that_fails_leaves_no_file(site: Site, person: privacy.Person, manager: User) -> None:
    privacy.start_export(person, by=manager)
    job = jobs.Running(0, {"reference": Look.objects.get().reference}, manager, 1)
    with pytest.raises(jobs.Cancelled):  # no job of this number has a lease
        jobs.KINDS["privacy.export"].handler(job)
    assert _files(site) == []


def test_asking_twice_starts_one_job_which_answers(person: privacy.Person, manager: User) -> None:
    privacy.start_look(person, by=manager)
    Look.objects.all().delete()  # the second request does not see the first one's look
    privacy.start_look(person, by=manager)
    job = Job.objects.get(kind="privacy.where")
    assert Look.objects.get().reference == job.arguments["reference"]
    _run("privacy.where")
    found = privacy.look_of((1,), by=manager)
    assert found is not None and found.records == 2


def test_no_mail_waits_for_a_look_and_a_look_may_wait_for_hours(
    person: privacy.Person, manager: User
) -> None:
    assert {jobs.KINDS[kind].lane for kind in ("privacy.where", "privacy.export")} == {"long"}
    privacy.start_look(person, by=manager)
    Look.objects.update(at=timezone.now() - timedelta(hours=3))
    waiting = privacy.look_of((1,), by=manager)
    assert waiting is not None and waiting.under_way
    _run("privacy.where")
    found = privacy.look_of((1,), by=manager)
    assert found is not None and found.holdings is not None
    Look.objects.update(at=timezone.now() - timedelta(hours=2))
    assert privacy.look_of((1,), by=manager) is None


def test_the_progress_of_an_export_only_grows(person: privacy.Person) -> None:
    shares: list[float | None] = []
    privacy.export(person, BytesIO(), by=None, progress=lambda _, share: shares.append(share))
    known = [share for share in shares if share is not None]
    assert known == sorted(known) and len(known) == len(shares)
