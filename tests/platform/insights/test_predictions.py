"""Predictions on the platform: made from the snapshot, shown whole, read by pages and rules, without whoever objected."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from django.db import DatabaseError, transaction

from regulars.lake import Lake
from regulars.metrics.segments import segment_members
from regulars.platform.core import events, schedules
from regulars.platform.core.api import Job, Running, TryLater, start_job
from regulars.platform.customers import api as customers
from regulars.platform.customers.models import Customer
from regulars.platform.insights import api, compute, predictions_make, runs, segments_tasks
from regulars.platform.insights.models import Run, Segment, SegmentMember, Snapshot
from regulars.platform.insights.operations import READY
from regulars.platform.privacy import api as privacy
from regulars.platform.site import Site
from regulars.report.texts import words
from support.computed import CUSTOMERS
from support.predicted import OBJECTED, with_predictions

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]
RISKY = "churn_probability > 0.6 and predicted_clv > 50 EUR"


@pytest.fixture
def predicted(computed: Site) -> Site:
    """The small shop with its figures and a run of scores."""
    return with_predictions(computed)


def _people(numbers: range) -> None:
    Customer.objects.bulk_create([Customer(number=n, key=f"k{n:09d}") for n in numbers])


def _members(rule: str) -> set[int]:
    with api.asking(seconds=30) as analysis:
        asked = api.segments.effective(rule, currency="EUR")
        return set(analysis.run(segment_members(analysis, asked.rule, registry=asked.registry))["customer"].to_pylist())  # fmt: skip


def test_everyone_has_predictions_with_reasons_in_any_language(predicted: Site) -> None:
    found = api.predictions.of_customers(range(1, CUSTOMERS + 1))
    assert len(found) == CUSTOMERS - 1
    one = found[1]
    assert one.churn_probability is not None and 0 < one.churn_probability < 1
    assert isinstance(one.predicted_clv, Decimal) and one.reasons
    english, german = one.words(words("en"), "EUR"), one.words(words("de"), "EUR")
    assert all(english) and english != german


def test_a_rule_finds_whom_the_numbers_name(predicted: Site) -> None:
    everyone = api.predictions.of_customers(range(1, CUSTOMERS + 1)).values()
    wanted = {
        one.customer
        for one in everyone
        if (one.churn_probability or 0) > 0.6 and (one.predicted_clv or 0) > 50
    }
    assert wanted and _members(RISKY) == wanted


def test_without_a_run_rules_find_nobody_and_nothing_breaks(computed: Site) -> None:
    assert _members(RISKY) == set()
    assert len(_members("churn_probability is missing")) == CUSTOMERS
    assert api.predictions.of_customer(1) is None


def test_the_lakes_scores_are_no_new_facts(predicted: Site) -> None:
    lake = Lake.open(predicted.lake)
    shown = Snapshot.objects.get(current=True)
    assert lake.version > shown.lake_version == lake.facts_version()
    compute.watch(Running(0, {}, None, 1))
    assert not Job.objects.filter(kind=compute.KIND).exists()


def test_predictions_are_made_once_for_a_snapshot_and_again_when_lost(predicted: Site) -> None:
    snapshot = Snapshot.objects.get(current=True)
    assert not predictions_make.is_due(snapshot, nightly=False)
    assert not predictions_make.is_due(snapshot, nightly=True)
    run = runs.current(Run.Sort.SCORES)
    assert run is not None
    shutil.rmtree(runs.folder(run))
    assert predictions_make.is_due(snapshot, nightly=False)
    compute.watch(Running(0, {}, None, 1))
    assert Job.objects.filter(kind="insights.predict").exists()


def test_an_objection_takes_somebody_out_of_run_and_lake_at_once(predicted: Site, work: Work) -> None:
    _people(range(1, CUSTOMERS + 1))
    assert api.predictions.of_customer(7) is not None
    with transaction.atomic():
        customers.set_profiling(numbers=(7,), allowed=False, by=None)
    assert api.predictions.of_customer(7) is None
    before = runs.folder(_current())
    work()
    after = runs.folder(_current())
    assert after != before and not before.exists()
    assert _rows(after / "predictions.parquet", "customer = 7") == 0
    assert _rows(after / "predictions.parquet", "true") == CUSTOMERS - 2
    assert _scores(predicted, 7) == 0 and _scores(predicted, 8) > 0
    assert 7 not in _members("churn_probability >= 0")


def test_an_objection_waits_for_a_lake_that_is_being_written_and_is_obeyed_then(
    predicted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    _people(range(1, CUSTOMERS + 1))
    Customer.objects.filter(number=7).update(no_profiling=True)
    monkeypatch.setattr(segments_tasks, "_PATIENCE", 0.1)
    with Lake.open(predicted.lake).writer(), pytest.raises(TryLater):
        segments_tasks.obey(Running(0, {}, None, 1))
    assert _scores(predicted, 7) > 0
    segments_tasks.obey(Running(0, {}, None, 1))
    assert _scores(predicted, 7) == 0


def test_an_erased_person_is_in_no_file_of_a_run_and_not_in_the_lake(predicted: Site) -> None:
    _people(range(1, CUSTOMERS + 1))
    person = customers.person_of((9,))
    assert any(one.records for one in privacy.where(person) if one.place.name == "prepared")
    privacy.erase(person, by=None)
    assert _rows(runs.folder(_current()) / "predictions.parquet", "customer = 9") == 0
    assert _scores(predicted, 9) == 0


def test_who_objects_or_is_being_erased_is_left_out_though_the_worker_was_killed_after_showing_the_run(
    predicted: Site,
) -> None:
    _people(range(1, CUSTOMERS + 1))
    Customer.objects.filter(number=7).update(no_profiling=True)  # and nobody was told
    privacy.begin_erasure(customers.person_of((9,)), by=None)
    assert predictions_make.predict(Running(0, {}, None, 2)) == {"due": False}
    assert _rows(runs.folder(_current()) / "predictions.parquet", "customer IN (7, 9)") == 0
    assert _scores(predicted, 7) == 0 and _scores(predicted, 9) == 0 and _scores(predicted, 8) > 0


def test_who_objects_while_a_run_is_made_is_never_shown_in_it(predicted: Site) -> None:
    _people(range(1, CUSTOMERS + 1))
    before, snapshot = runs.folder(_current()), Snapshot.objects.get(current=True)
    run = runs.begin(Run.Sort.SCORES, snapshot, program="x")
    shutil.copy(before / "predictions.parquet", runs.folder(run))
    Customer.objects.filter(number=7).update(no_profiling=True)
    runs.show(run, {"nothing": float("nan")})
    shown = _current()
    assert shown.pk == run.pk and shown.state == {"nothing": None}
    assert _rows(runs.folder(shown) / "predictions.parquet", "customer = 7") == 0
    assert _rows(runs.folder(shown) / "predictions.parquet", "customer = 8") == 1


def test_who_objected_before_is_in_nothing_that_is_made(predicted: Site) -> None:
    run = _current()
    assert run.state["objected"] == 1 and run.state["customers"] == CUSTOMERS - 1
    assert _rows(runs.folder(run) / "predictions.parquet", f"customer = {OBJECTED}") == 0
    assert _scores(predicted, OBJECTED) == 0 and _scores(predicted, 1) > 0


def test_segments_that_ask_for_predictions_follow_a_new_run(predicted: Site, work: Work) -> None:
    risky = Segment.objects.create(name="Risky", slug="risky", rule=RISKY)
    start_job(kind="insights.segments")
    work()
    members = set(SegmentMember.objects.filter(segment=risky).values_list("customer", flat=True))
    assert members == _members(RISKY)
    run = _current()
    runs.leave_out({min(members)})
    start_job(kind="insights.segments", run=run.pk)
    work()
    assert set(SegmentMember.objects.filter(segment=risky).values_list("customer", flat=True)) == members - {
        min(members)
    }


def test_a_run_that_was_killed_is_never_shown_and_makes_way(predicted: Site) -> None:
    shown, snapshot = _current(), Snapshot.objects.get(current=True)
    killed = runs.begin(Run.Sort.SCORES, snapshot, program="x")
    assert _current() == shown and api.predictions.of_customer(1) is not None
    again = runs.begin(Run.Sort.SCORES, snapshot, program="x")
    assert not Run.objects.filter(pk=killed.pk).exists() and not runs.folder(killed).exists()
    assert runs.folder(again).is_dir()


def test_a_run_that_another_worker_put_away_is_not_shown(predicted: Site) -> None:
    shown, snapshot = _current(), Snapshot.objects.get(current=True)
    slow = runs.begin(Run.Sort.SCORES, snapshot, program="x")
    runs.begin(Run.Sort.SCORES, snapshot, program="x")
    runs.folder(slow).mkdir()
    with pytest.raises(DatabaseError):
        runs.show(slow, {})
    assert _current() == shown


AS_WIRED = tuple(events._SUBSCRIBERS[READY])  # before the tests' own fixture


def test_a_new_snapshot_and_the_night_start_predictions() -> None:
    assert "insights.predict" in AS_WIRED
    nightly = schedules.RECURRING["insights.predict"]
    assert nightly.arguments == {"nightly": True}
    assert nightly.next_after(datetime(2026, 3, 1, 0, 50, tzinfo=UTC)) == datetime(
        2026, 3, 2, 0, 50, tzinfo=UTC
    )


def _current() -> Run:
    run = runs.current(Run.Sort.SCORES)
    assert run is not None
    return run


def _rows(path: Path, where: str) -> int:
    with duckdb.connect() as con:
        return int(con.execute(f"SELECT count(*) FROM '{path}' WHERE {where}").fetchall()[0][0])


def _scores(site: Site, customer: int) -> int:
    lake = Lake.open(site.lake)
    return sum(_rows(Path(path), f"customer = {customer}") for path in lake.files("scores"))
