"""Looking after the lake: what is found, what is cleared up, what somebody still reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from regulars.platform.core.jobs import start
from regulars.platform.core.models import User
from regulars.platform.intake import api, keeping
from regulars.platform.intake.models import Import
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]


@pytest.fixture
def filled(site: Site, orders: Path, work: Work) -> Site:
    """A site with one import."""
    api.bring(files=[(orders, "shop")])
    work()
    return site


def test_the_lake_is_looked_over_after_an_import(filled: Site) -> None:
    check = api.last_check()
    assert check is not None and check.lake_version == 1 and check.troubles == ()
    (table,) = api.tables()
    assert (table.name, table.rows, str(table.last_day)) == ("orders", 40, "2026-01-28")


def test_what_is_wrong_with_the_lake_is_said_with_how_to_mend_it(
    filled: Site, user: Callable[..., User], work: Work
) -> None:
    lake = api.lake()
    assert lake is not None
    Path(lake.files("orders")[0]).unlink()
    api.start_check(by=user())
    work()
    check = api.last_check()
    assert check is not None
    assert any(one["level"] == "error" and "missing" in one["what"] and one["do"] for one in check.troubles)


def test_ten_versions_are_kept_and_those_that_somebody_reads(
    filled: Site, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = api.lake()
    assert lake is not None
    for number in range(15):
        lake.set_definitions(replace(lake.definitions(), window_days=30 + number))
    newest = lake.version
    monkeypatch.setattr(keeping, "_READERS", [lambda: [newest - 12, 999]])
    start(kind="intake.clear")
    work()
    assert min(lake.manifests.versions()) == newest - 12
    monkeypatch.setattr(keeping, "_READERS", [])
    start(kind="intake.clear")
    work()
    assert len(lake.manifests.versions()) == 10


def test_what_outlived_its_files_is_forgotten(filled: Site) -> None:
    left = filled.uploads / ".import-999"
    left.mkdir()
    (left / "orders.csv").write_text("personal")
    Import.objects.update(error={"what": "c1@example.org", "where": "", "do": ""})
    keeping.forget()
    assert not left.exists() and "c1@" in str(Import.objects.get().error)
    Import.objects.update(created_at=timezone.now() - timedelta(days=31))
    keeping.forget()
    assert "c1@" not in str(Import.objects.get().error)
