"""Definitions: they change by a job, one after the other, and what depends on them is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from regulars.kernel.definitions import Definitions
from regulars.kernel.errors import InputError
from regulars.kernel.markets import Market
from regulars.lake import Lake
from regulars.platform.core.api import Running
from regulars.platform.core.models import AuditEntry, Job, User
from regulars.platform.intake import api as intake
from regulars.platform.intake.definitions import changed, put_in_force
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db(transaction=True)
NORDIC = {"code": "NORDIC", "countries": ["NO", "SE"], "zone": "Europe/Oslo"}


@pytest.fixture
def boss(user: Callable[..., User]) -> User:
    return user("manager")


def test_a_change_is_in_force_after_its_job_and_the_rest_is_left(
    site: Site, boss: User, work: Callable[[], None]
) -> None:
    Lake.create(site.lake).set_definitions(Definitions(include_tax=True))
    intake.change_definitions(by=boss, changes={"window_days": 90, "markets": [NORDIC]})
    assert intake.definitions() == Definitions(include_tax=True)
    work()
    nordic = (Market("NORDIC", ("NO", "SE"), "Europe/Oslo"),)
    assert intake.definitions() == Definitions(include_tax=True, window_days=90, markets=nordic)
    assert AuditEntry.objects.get(action="definitions.changed").details == {
        "window_days": 90,
        "markets": [NORDIC],
    }
    assert Job.objects.filter(kind="insights.compute").exists() and intake.changing() is None


def test_two_changes_at_once_are_both_kept(site: Site, boss: User, work: Callable[[], None]) -> None:
    intake.change_definitions(by=boss, changes={"include_tax": True})
    intake.change_definitions(by=boss, changes={"currency": "NOK"})
    work()
    assert intake.definitions() == Definitions(include_tax=True, currency="NOK")


def test_what_is_in_force_already_starts_nothing(site: Site, boss: User) -> None:
    assert intake.change_definitions(by=boss, changes={"include_tax": False, "zone": "UTC"}) is None
    assert not Job.objects.exists()


def test_a_job_that_runs_twice_changes_once(site: Site, boss: User, work: Callable[[], None]) -> None:
    job = intake.change_definitions(by=boss, changes={"zone": "Europe/Berlin"})
    work()
    assert job is not None
    version = Lake.open(site.lake).version
    put_in_force(Running(job.pk, job.arguments, boss, 2))
    assert Lake.open(site.lake).version == version


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"window_days": 3}, "The window is not possible."),
        ({"currency": "XYZ"}, "There is no currency XYZ."),
        ({"zone": "Mars/Olympus"}, "There is no time zone Mars/Olympus."),
        ({"markets": [NORDIC, NORDIC]}, "The market NORDIC is there twice."),
        ({"markets": [NORDIC, NORDIC | {"code": "N2"}]}, "NO is in two markets: NORDIC, N2."),
        ({"markets": [NORDIC | {"countries": ["QQ"]}]}, "There is no country QQ."),
        ({"markets": [NORDIC | {"countries": []}]}, "The market NORDIC has no country."),
        ({"house_accounts": ["x"]}, "This cannot be changed here."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as refused:
        changed(Definitions(), changes)
    assert refused.value.what == said
