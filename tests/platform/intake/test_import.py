"""The import job: files brought, the lake filled, one summary, and again changes nothing."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.kernel.errors import InputError
from regulars.lake import Lake
from regulars.platform.core.models import Job, User
from regulars.platform.intake import api, operations
from regulars.platform.intake.models import Import, Upload
from regulars.platform.site import Site
from regulars.sources import SourceFile, import_into
from regulars.sources.identity.resolver import LocalResolver


@pytest.mark.django_db(transaction=True)
def test_files_become_a_version_of_the_lake(site: Site, work: Callable[[], None], orders: Path) -> None:
    number = api.bring(files=[(orders, "shop")])
    work()
    done = api.imported(number)
    assert done is not None and done.state == "done" and done.error is None
    assert (done.orders, done.customers, done.lake_version) == (40, 7, 1)
    lake = api.lake()
    assert lake is not None and lake.manifest().tables["orders"].rows == 40
    fresh = api.freshness()
    assert [(one.source, str(one.last)) for one in fresh] == [("shop", "2026-01-28")]
    assert fresh[0].imported_at == done.finished_at
    assert api.latest() == done and api.running() == []


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_private_and_not_stored_under_its_own_name(site: Site, orders: Path) -> None:
    api.bring(files=[(orders, "shop")])
    (stored,) = site.uploads.iterdir()
    assert stored.stat().st_mode & 0o777 == 0o600 and "orders" not in stored.name
    assert stored.read_bytes() == orders.read_bytes()


@pytest.mark.django_db(transaction=True)
def test_running_the_job_twice_changes_nothing(site: Site, work: Callable[[], None], orders: Path) -> None:
    number = api.bring(files=[(orders, "shop")])
    work()
    before = Import.objects.values().get(pk=number)
    # As if the worker had died after the lake was written and before the row was.
    Import.objects.filter(pk=number).update(state="importing", summary=None, finished_at=None)
    job = Job.objects.get(kind="intake.import")
    Job.objects.filter(pk=job.pk).update(state="waiting")
    from regulars.platform.core.jobs import run_job  # noqa: PLC0415 - needs Django's set-up

    run_job.func(job.pk)
    after = Import.objects.values().get(pk=number)
    assert after["state"] == "done" and after["summary"]["tables"] == before["summary"]["tables"]
    lake = api.lake()
    assert lake is not None and lake.manifest().tables["orders"].rows == 40


@pytest.mark.django_db(transaction=True)
def test_rows_that_cannot_be_used_stand_in_a_private_file(
    site: Site, work: Callable[[], None], orders: Path
) -> None:
    orders.write_text(orders.read_text() + "99,c1,c1@example.org,much,2026-02-01,EUR\n")
    number = api.bring(files=[(orders, "shop")])
    work()
    done = api.imported(number)
    assert done is not None and done.rejected == 1
    (file,) = site.rejects.iterdir()
    assert file.name == done.rejects and file.stat().st_mode & 0o777 == 0o600 and "much" in file.read_text()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_cannot_be_read_fails_in_words(
    site: Site, work: Callable[[], None], tmp_path: Path
) -> None:
    page = tmp_path / "orders.csv"
    page.write_text("<!doctype html><html><body>Please sign in</body></html>")
    number = api.bring(files=[(page, "shop")])
    work()
    failed = api.imported(number)
    assert failed is not None and failed.state == "failed" and failed.error is not None
    assert failed.error["what"] and failed.error["where"] == "orders.csv"
    assert not [path for path in site.uploads.iterdir() if path.name.startswith(".")]


@pytest.mark.django_db
def test_an_empty_file_is_refused_and_leaves_nothing(site: Site, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(InputError, match="empty"):
        api.bring(files=[(tmp_path / "empty.csv", "shop")])
    assert list(site.uploads.iterdir()) == [] and not Upload.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_lake_that_was_made_elsewhere_is_adopted_with_its_customers(
    site: Site, work: Callable[[], None], orders: Path
) -> None:
    import_into(Lake.create(site.lake), [SourceFile(orders)])
    people = LocalResolver.beside(site.lake).path
    assert people.exists()
    number = api.bring(files=[(orders, "shop")])
    work()
    done = api.imported(number)
    assert done is not None and done.summary is not None and done.summary.new_customers == 0
    assert not people.exists()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_import_leaves_the_lake_alone(
    site: Site, work: Callable[[], None], orders: Path, user: Callable[..., User]
) -> None:
    number = api.bring(files=[(orders, "shop")])
    assert operations.cancel(number, by=user())
    work()
    assert api.lake() is None
    found = api.imported(number)
    assert found is not None and found.state == "cancelled"
    assert not operations.cancel(number, by=User.objects.get())


@pytest.mark.django_db(transaction=True)
def test_a_file_that_unpacks_out_of_all_proportion_is_refused(
    site: Site, work: Callable[[], None], tmp_path: Path
) -> None:
    bomb = tmp_path / "orders.csv.gz"
    with gzip.open(bomb, "wb") as file:
        for _ in range(60):
            file.write(b"a,b\n1,2\n" * 125_000)
    number = api.bring(files=[(bomb, "shop")])
    work()
    failed = api.imported(number)
    assert failed is not None and failed.state == "failed" and failed.error is not None
    assert "out of all proportion" in failed.error["what"]


@pytest.mark.django_db(transaction=True)
def test_an_import_says_what_its_job_is_doing(site: Site, orders: Path) -> None:
    number = api.bring(files=[(orders, "shop")])
    Job.objects.update(step="finding customers", share=0.5)
    found = api.imported(number)
    assert found is not None and (found.step, found.share) == ("finding customers", 0.5)
