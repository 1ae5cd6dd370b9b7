"""Looking at what is watched: figures after each snapshot, segments after each evaluation. Safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from regulars.kernel.errors import RuleError
from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Running
from regulars.platform.insights import alerts_operations, goals_series, goals_values
from regulars.platform.insights.models import AlertRule, SegmentSize
from regulars.platform.insights.pieces import Standard
from regulars.platform.insights.rules import alerts as rules
from regulars.platform.insights.rules import goals
from regulars.platform.insights.rules.goals import Point
from regulars.platform.insights.segments_working import at_work, current_snapshot

KIND = "alerts.evaluate"
SEGMENT_KIND = "alerts.segment"


@dataclass(frozen=True)
class Sight:
    """What was seen: `facts` for its sentences, `out` whether it is beyond, `cause` the day that names the finding."""

    facts: dict[str, Any] = field(default_factory=dict)
    out: bool = False
    cause: date | None = None
    always: bool = False  # fires for each cause, without having been back before


def evaluate(job: Running) -> dict[str, Any] | None:
    """Look at all rules about figures as of the current snapshot."""
    snapshot = current_snapshot()
    if snapshot is None:
        return None
    watched = list(_in_use().filter(kind__in=[AlertRule.Kind.LIMIT, AlertRule.Kind.UNUSUAL]))
    fired = 0
    for rule in (rule for rule in watched if rule.segment is None):
        job.progress(rule.name)
        points = goals_series.of_market(rule.figure, cast(Standard, rule.grain), rule.market)
        fired += alerts_operations.note(rule=rule, sight=figure_sight(rule, points))
    of_segments = [rule for rule in watched if rule.segment is not None]
    if of_segments:
        with at_work(snapshot) as analysis:
            for rule in of_segments:
                job.progress(rule.name)
                fired += alerts_operations.note(rule=rule, sight=_segment_sight(analysis, rule))
    return {"rules": len(watched), "fired": fired}


def evaluate_segment(job: Running) -> dict[str, Any] | None:
    """Look at all rules about one segment's size and who entered it, after it was evaluated."""
    watched = _in_use().filter(
        kind__in=[AlertRule.Kind.SIZE, AlertRule.Kind.ENTERED], segment=job.arguments["segment"]
    )
    size = SegmentSize.objects.filter(segment=job.arguments["segment"]).order_by("-day").first()
    if size is None:
        return None
    fired = 0
    for rule in watched:
        fired += alerts_operations.note(rule=rule, sight=size_sight(rule, size))
    return {"fired": fired}


def figure_sight(rule: AlertRule, points: Sequence[Point]) -> Sight:
    """The newest complete period against the limit or its own season."""
    found = goals.known(points)
    if not found or found[-1].value is None:
        return Sight({"value": None})
    last = found[-1]
    facts: dict[str, Any] = {"value": str(last.value), "start": str(last.start), "end": str(last.end)}
    cause = last.end - timedelta(days=1)
    if rule.kind == AlertRule.Kind.LIMIT:
        assert rule.limit is not None
        return Sight(facts, rules.beyond(Decimal(last.value or 0), rule.limit, _side(rule)), cause)
    said = rules.unusual(
        values_of(found), goals.SEASONS[rule.grain], amounts=goals_values.is_amount(rule.figure)
    )
    if said.waits:
        return Sight(facts | {"waits": said.waits})
    facts |= {name: f"{getattr(said, name):.6f}" for name in ("expected", "low", "high")}
    return Sight(facts, said.fires, cause, always=True)


def size_sight(rule: AlertRule, size: SegmentSize) -> Sight:
    """A segment's size, or who entered it, on the day it was last evaluated; of one market where the rule names one."""
    own = [size.markets.get(rule.market, {})] if rule.market else list(size.markets.values())
    counted = "entered" if rule.kind == AlertRule.Kind.ENTERED else "customers"
    value = Decimal(sum(sums.get(counted, 0) for sums in own))
    facts = {"value": str(value), "start": str(size.day)}
    assert rule.limit is not None
    if rule.kind == AlertRule.Kind.ENTERED:
        return Sight(facts, value >= rule.limit, size.day, always=True)
    return Sight(facts, rules.beyond(value, rule.limit, _side(rule)), size.day)


def values_of(points: Sequence[Point]) -> list[float]:
    return [float(point.value) for point in points if point.value is not None]


def _segment_sight(analysis: Analysis, rule: AlertRule) -> Sight:
    assert rule.segment is not None
    try:
        points = goals_series.of_segment(
            analysis, rule.segment, rule.figure, cast(Standard, rule.grain), rule.market
        )
    except RuleError:
        return Sight({"broken": True})
    return figure_sight(rule, points)


def _in_use() -> Any:
    return AlertRule.objects.filter(archived_at=None).select_related("segment").order_by("pk")


def _side(rule: AlertRule) -> rules.Side:
    return cast(rules.Side, rule.side)
