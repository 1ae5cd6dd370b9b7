"""Who enters and who leaves a segment, on a shop of a few orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.platform.core.models import Job
from regulars.platform.customers.models import Customer
from regulars.platform.insights import segments_evaluate
from regulars.platform.insights.listing import NAME, listing
from regulars.platform.insights.models import Segment, SegmentChange, SegmentMember, SegmentSize, Snapshot
from regulars.platform.insights.segments_evaluate import OutdatedError, by_market, evaluate
from support.tiny import analysed, bought

pytestmark = pytest.mark.django_db

JUNE = [bought(1, "2026-05-01", "100"), bought(1, "2026-06-01", "50"), bought(2, "2026-06-01", market="NO")]
JULY = [*JUNE, bought(2, "2026-06-20", market="NO"), bought(3, "2026-06-21", "5")]


@pytest.fixture
def shop() -> Iterator[Any]:
    """`shop(orders, last)` is an analysis of them."""
    engines = []

    def make(orders: list[dict[str, Any]], last: str, **more: Any) -> Analysis:
        engine = DuckEngine()
        engines.append(engine)
        analysis = analysed(engine, orders, first="2026-01-01", last=last, window=60, **more)
        engine.materialise(NAME, listing(analysis))
        return analysis

    yield make
    for engine in engines:
        engine.close()


def snapshot(analysis: Analysis) -> Snapshot:
    Snapshot.objects.update(current=False)
    return Snapshot.objects.create(
        lake_version=Snapshot.objects.count() + 1, definitions="d", program="test", as_of=analysis.as_of,
        ready_at=timezone.now(), current=True,
    )  # fmt: skip


def twice() -> Segment:
    return Segment.objects.create(name="Bought twice", slug="twice", rule="orders >= 2")


def bring(segment: Segment, analysis: Analysis, *, to: Snapshot | None = None, again: bool = False) -> bool:
    segment.refresh_from_db()
    return evaluate(
        segment=segment, snapshot=to or snapshot(analysis), analysis=analysis, whole=by_market(analysis),
        step=lambda name, share: None, again=again,
    )  # fmt: skip


def members() -> list[tuple[int, str, str]]:
    return [
        (row.customer, row.market, str(row.since))
        for row in SegmentMember.objects.order_by("segment", "customer")
    ]


def changes() -> list[tuple[int, str, str]]:
    return [(row.customer, row.kind, str(row.day)) for row in SegmentChange.objects.order_by("customer")]


def test_the_first_look_makes_members_and_no_history(shop: Any) -> None:
    segment = twice()
    bring(segment, shop(JUNE, "2026-06-09"))
    assert members() == [(1, "DE", "2026-06-10")] and changes() == []
    size = SegmentSize.objects.get()
    assert size.size == 1 and size.markets["DE"] == {
        "customers": 1, "orders": 2, "revenue": "150.0000", "all_customers": 1, "all_orders": 2,
        "all_revenue": "150.0000", "entered": 0, "left": 0,
    }  # fmt: skip
    assert size.markets["NO"]["customers"] == 0 and size.markets["NO"]["all_customers"] == 1


def test_who_enters_and_leaves_with_one_snapshot_as_its_predictions_come_has_not_moved(shop: Any) -> None:
    segment = twice()
    bring(segment, shop(JUNE, "2026-06-09"))
    july = shop(JULY, "2026-06-30")
    now = snapshot(july)
    bring(segment, july, to=now)
    assert [(number, kind) for number, kind, _ in changes()] == [(2, "entered")]
    bring(segment, shop(JUNE, "2026-06-30"), to=now, again=True)
    assert changes() == [] and [number for number, _, _ in members()] == [1]
    assert SegmentSize.objects.get(day="2026-07-01").markets["NO"]["entered"] == 0
    bring(segment, july, to=now, again=True)
    assert [(number, kind) for number, kind, _ in changes()] == [(2, "entered")]


def test_later_looks_remember_who_entered_and_who_left(shop: Any) -> None:
    segment = Segment.objects.create(
        name="Twice lately", slug="s", rule="orders(last 30 days) >= 2 or orders = 1"
    )
    bring(segment, shop(JUNE, "2026-06-09"))
    bring(segment, shop(JULY, "2026-06-30"))
    assert members() == [(2, "NO", "2026-06-10"), (3, "DE", "2026-07-01")]
    assert changes() == [(3, "entered", "2026-07-01")]
    bring(segment, shop(JULY, "2026-08-30"))
    assert members() == [(3, "DE", "2026-07-01")]
    assert changes() == [(2, "left", "2026-08-31"), (3, "entered", "2026-07-01")]


def test_the_same_snapshot_twice_changes_nothing(shop: Any) -> None:
    segment, analysis = twice(), shop(JUNE, "2026-06-09")
    day = snapshot(analysis)
    assert bring(segment, analysis, to=day) and not bring(segment, analysis, to=day)
    assert len(members()) == 1


def test_an_evaluation_that_was_killed_half_way_is_finished_by_the_next(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = twice()
    bring(segment, shop([bought(9, "2026-05-01")], "2026-06-09"))
    analysis = shop([bought(n, f"2026-06-{10 + n}") for n in (1, 2, 3) for _ in range(2)], "2026-06-30")
    monkeypatch.setattr(segments_evaluate, "CHUNK", 1)
    day, steps = snapshot(analysis), []

    def killed(name: str, share: float | None) -> None:
        steps.append(share)
        if len(steps) == 3:
            raise KeyboardInterrupt

    segment.refresh_from_db()
    with pytest.raises(KeyboardInterrupt):
        evaluate(segment=segment, snapshot=day, analysis=analysis, whole={}, step=killed)
    assert len(members()) == 2
    bring(segment, analysis, to=day)
    assert [number for number, _, _ in members()] == [1, 2, 3]
    assert [kind for _, kind, _ in changes()] == ["entered"] * 3
    assert SegmentSize.objects.get(snapshot=day.pk).markets["DE"]["entered"] == 3


def test_a_changed_rule_makes_no_history_since_nobody_changed(shop: Any) -> None:
    segment = twice()
    bring(segment, shop(JULY, "2026-06-30"))
    Segment.objects.filter(pk=segment.pk).update(rule="orders = 1", revision=2)
    bring(segment, shop(JULY, "2026-07-01"))
    assert [number for number, _, _ in members()] == [3] and changes() == []


def test_a_rule_that_changes_meanwhile_ends_the_evaluation(shop: Any) -> None:
    segment, analysis = twice(), shop(JUNE, "2026-06-09")

    def change(name: str, share: float | None) -> None:
        Segment.objects.filter(pk=segment.pk).update(rule="orders = 1", revision=2)

    with pytest.raises(OutdatedError):
        evaluate(segment=segment, snapshot=snapshot(analysis), analysis=analysis, whole={}, step=change)
    assert members() == [] and not SegmentSize.objects.exists()


def test_who_objected_to_profiling_is_in_no_segment(shop: Any) -> None:
    Customer.objects.create(number=1, no_profiling=True)
    bring(twice(), shop(JULY, "2026-06-30"))
    assert [number for number, _, _ in members()] == [2]


def test_a_rule_that_no_longer_fits_leaves_things_as_they_are(shop: Any) -> None:
    segment = Segment.objects.create(name="Krone", slug="k", rule="revenue > 10 NOK")
    assert not bring(segment, shop(JUNE, "2026-06-09"))


def test_listeners_hear_who_entered(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.platform.core import events, jobs  # noqa: PLC0415 - only this test listens

    monkeypatch.setattr(jobs, "KINDS", dict(jobs.KINDS))
    jobs.register("heard", lambda job: None)
    monkeypatch.setattr(events, "_SUBSCRIBERS", {**events._SUBSCRIBERS, "segment.changed": ["heard"]})
    segment = twice()
    bring(segment, shop(JUNE, "2026-06-09"))
    bring(segment, shop(JULY, "2026-06-30"))
    told = [job.arguments for job in Job.objects.filter(kind="heard").order_by("pk")]
    assert [(one["size"], one["entered"], one["left"]) for one in told] == [(1, 0, 0), (2, 1, 0)]


def test_sizes_are_one_a_day(shop: Any) -> None:
    segment = twice()
    bring(segment, shop(JUNE, "2026-06-09"))
    bring(segment, shop(JUNE, "2026-06-09"))
    assert SegmentSize.objects.get().day == dt.date(2026, 6, 10)


def test_a_transaction_that_held_the_lock_for_long_makes_the_next_one_smaller() -> None:
    assert segments_evaluate.size_after(1_000, 0.3) == 500
    assert segments_evaluate.size_after(120, 0.3) == 100
    assert segments_evaluate.size_after(500, 0.01) == 1_000
    assert segments_evaluate.size_after(1_000, 0.01) == 1_000
