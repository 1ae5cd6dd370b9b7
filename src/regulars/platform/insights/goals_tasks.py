"""The job that looks at all open goals when a new snapshot is shown."""

from __future__ import annotations

from typing import Any, cast

from regulars.kernel.errors import RuleError
from regulars.platform.core.api import Running
from regulars.platform.insights import goals_operations, goals_series
from regulars.platform.insights.goals_proposal import look_ahead
from regulars.platform.insights.models import Goal, Segment
from regulars.platform.insights.pieces import Standard
from regulars.platform.insights.rules.goals import Aim, Point
from regulars.platform.insights.segments_working import at_work, current_snapshot

KIND = "goals.evaluate"


def evaluate(job: Running) -> dict[str, Any] | None:
    """Note values, outlook and end of every open goal as of the current snapshot. Safe to repeat."""
    snapshot = current_snapshot()
    if snapshot is None:
        return None
    open_goals = list(Goal.objects.filter(state=Goal.State.OPEN).select_related("segment").order_by("pk"))
    done = 0
    for goal in (goal for goal in open_goals if goal.segment is None):
        job.progress(goal.name)
        _note(goal, snapshot.pk, goals_series.of_market(goal.figure, _grain(goal), goal.market))
        done += 1
    asked = [goal for goal in open_goals if goal.segment is not None]
    if asked:
        with at_work(snapshot) as analysis:
            for goal in asked:
                job.progress(goal.name)
                assert goal.segment is not None
                try:
                    found = goals_series.of_segment(
                        analysis, goal.segment, goal.figure, _grain(goal), goal.market
                    )
                except RuleError:  # the segment's own page says what is wrong with its rule
                    continue
                _note(goal, snapshot.pk, found)
                done += 1
    return {"goals": done}


def measure(job: Running) -> dict[str, Any] | None:
    """A figure of a segment, for a page that did not wait for it."""
    snapshot = current_snapshot()
    segment = Segment.objects.filter(pk=job.arguments["segment"]).first()
    if snapshot is None or segment is None:
        return None
    asked = {name: job.arguments[name] for name in ("grain", "market")}
    with at_work(snapshot) as analysis:
        points = goals_series.of_segment(analysis, segment, job.arguments["figure"], **asked)
    return {"points": goals_series.stored(points)}


def _note(goal: Goal, snapshot: int, points: list[Point]) -> None:
    aim = Aim(goal.baseline, goal.target, goal.period_end)
    outlook = look_ahead(goal.figure, _grain(goal), points, aim)
    goals_operations.note(goal=goal, snapshot=snapshot, points=points, outlook=outlook)


def _grain(goal: Goal) -> Standard:
    return cast(Standard, goal.grain)
