"""A goal's line: what was, what is wanted, what is to be expected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.platform.insights.api import goals
from regulars.platform.web import lines
from regulars.platform.web.lines import Graph, Line, Point
from regulars.platform.web.templatetags.regulars import reader

_PERIODS = 16


def expects(goal: goals.GoalInfo) -> bool:
    """Whether the picture shows what is to be expected: the goal's period is still to come, and enough is known."""
    said, known = goal.outlook, _known(goal)
    told = None not in (said.value, said.low, said.high)
    return told and bool(known) and known[-1].end < goal.period_end


def _known(goal: goals.GoalInfo) -> list[goals.Point]:
    return [point for point in goal.points if point.complete and point.value is not None][-_PERIODS:]


def picture(goal: goals.GoalInfo) -> SafeString | None:
    """The whole periods until now, the target, and the forecast with its interval; None where there is no line yet."""
    known = _known(goal)
    if len(known) < 2:
        return None
    line = [_point(goal, one.end, one.start, one.value) for one in known]
    more = [Line(tuple(line), "")]
    said = goal.outlook
    end = float(goal.period_end.toordinal())
    if said.value is not None and said.low is not None and said.high is not None and line[-1].at < end:
        text = _("Expected for %(period)s: %(value)s, in four of five cases between %(low)s and %(high)s") % {
            "period": goal.period, "value": _shown(goal, said.value), "low": _shown(goal, said.low),
            "high": _shown(goal, said.high),
        }  # fmt: skip
        start = line[-1]
        expected = Point(end, float(said.value), text, finished=False)
        more[0] = Line((*line, expected), _shown(goal, said.value))
        for edge in (said.low, said.high):
            more.append(Line((start, Point(end, float(edge), "")), quiet=True))
    else:
        more[0] = Line(tuple(line), goal.now)
    first = line[0].at
    wanted = (
        Point(first, float(goal.aim.target), ""),
        Point(max(end, line[-1].at), float(goal.aim.target), ""),
    )
    more.append(Line(wanted, _shown(goal, goal.aim.target), quiet=True))
    w = reader()
    ticks = tuple((float(one.end.toordinal()), w.period(one.start, one.end)) for one in known)
    if line[-1].at < end:
        ticks = (*ticks, (end, goal.period))
    return lines.picture(
        Graph(
            tuple(more),
            ticks,
            lambda value: _shown(goal, Decimal(str(value))),
            goal.figure_name,
            _("%(now)s in %(period)s; the grey line is the target of %(target)s.")
            % {"now": goal.now, "period": goal.now_period, "target": goal.target},
            name=f"goal-{goal.number}",
        )
    )


def _point(goal: goals.GoalInfo, end: date, start: date, value: Decimal | None) -> Point:
    assert value is not None
    says = f"{reader().period(start, end)}: {_shown(goal, value)}"
    return Point(float(end.toordinal()), float(value), says)


def _shown(goal: goals.GoalInfo, value: Decimal) -> str:
    return goals.value(goal.figure, value, goal.currency)
