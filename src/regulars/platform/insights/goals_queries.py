"""Reads of goals, with what is said of them in the language in force. Market limits are obeyed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from regulars.platform.core.api import User
from regulars.platform.insights import goals_series, goals_values, goals_wording
from regulars.platform.insights.goals_proposal import Proposal
from regulars.platform.insights.models import Goal
from regulars.platform.insights.rules import goals as rules
from regulars.platform.insights.rules.goals import Aim, Check, Outlook, Point


@dataclass(frozen=True)
class LetterSaid:
    """One letter in words."""

    letter: str
    word: str
    ok: bool
    sentence: str


@dataclass(frozen=True)
class GoalInfo:
    """A goal as pages show it. `share`: the part of the way that is done, in per cent; None where nothing is known yet."""

    number: int
    name: str
    figure: str
    figure_name: str
    scope: str
    market: str
    segment: str
    grain: str
    target_said: str
    baseline: str
    target: str
    now: str
    now_period: str
    baseline_period: str
    due: date
    period: str
    owner: str
    reason: str
    state: str
    short: str
    tone: str
    said: str
    method: str
    share: int | None
    letters: tuple[LetterSaid, ...]
    points: tuple[Point, ...]
    aim: Aim
    outlook: Outlook
    baseline_end: date
    period_end: date
    currency: str
    created_at: datetime
    closed_at: datetime | None
    lake_version: int


@dataclass(frozen=True)
class GoalLine:
    """A goal in one line, for other pages."""

    number: int
    name: str
    short: str
    tone: str
    share: int | None


def goals(*, user: User, over: bool = False) -> list[GoalInfo]:
    """Open goals, the nearest first; or those that are over, the latest first. One query."""
    rows = _seen_by(user)
    rows = (
        rows.exclude(state=Goal.State.OPEN).order_by("-closed_at")
        if over
        else rows.filter(state=Goal.State.OPEN).order_by("due", "pk")
    )
    return [_info(row) for row in rows[:200]]


def goal(*, user: User, number: int) -> GoalInfo | None:
    """One goal; None where it is not there or not for this user."""
    found = _seen_by(user).filter(pk=number).first()
    return None if found is None else _info(found)


def goal_lines(user: User, *, limit: int = 5) -> list[GoalLine]:
    """The open goals that are nearest, for Overview and Today: one query."""
    rows = _seen_by(user).filter(state=Goal.State.OPEN).order_by("due", "pk")[:limit]
    return [GoalLine(info.number, info.name, info.short, info.tone, info.share) for info in map(_info, rows)]


def letters(found: Proposal, owner: str) -> tuple[LetterSaid, ...]:
    """The letters of a goal that is being written."""
    wish = found.wish
    scope = goals_values.scope(wish.market, found.segment_name)
    return _letters(wish.figure, found.checks, scope, owner, found.currency)


def _seen_by(user: User) -> QuerySet[Goal]:
    rows = Goal.objects.select_related("segment", "owner")
    return rows if user.reach.markets is None else rows.filter(market__in=sorted(user.reach.markets))


def _info(row: Goal) -> GoalInfo:
    segment = row.segment.name if row.segment else ""
    aim = Aim(row.baseline, row.target, row.period_end)
    points = goals_series.taken(row.points)
    known = rules.known(points)
    last = known[-1] if known else None
    outlook = _outlook(row)
    short, tone = goals_wording.short_state(row.figure, outlook, row.currency)
    scope = goals_values.scope(row.market, segment)
    checks = [Check(one["letter"], one["ok"], one["code"], one["values"]) for one in row.checks]
    return GoalInfo(
        number=row.pk,
        name=row.name,
        figure=row.figure,
        figure_name=goals_values.figure_name(row.figure),
        scope=scope,
        market=row.market,
        segment=segment,
        grain=row.grain,
        target_said=goals_wording.target(row.figure, aim, row.kind, row.change, row.currency),  # type: ignore[arg-type]
        baseline=goals_values.value(row.figure, row.baseline, row.currency),
        target=goals_values.value(row.figure, row.target, row.currency),
        now=goals_values.value(row.figure, last.value if last else None, row.currency),
        now_period=goals_values.period(last.start, last.end) if last else "",
        baseline_period=goals_values.period(row.baseline_start, row.baseline_end),
        due=row.due,
        period=goals_values.period(row.period_start, row.period_end),
        owner=str(row.owner or ""),
        reason=row.reason,
        state=row.state,
        short=short,
        tone=tone,
        said=""
        if row.state == Goal.State.DROPPED
        else goals_wording.outlook(row.figure, outlook, aim, row.currency),
        method=goals_wording.method(outlook),
        share=_share(aim, last),
        letters=_letters(row.figure, checks, scope, str(row.owner or ""), row.currency),
        points=tuple(points),
        aim=aim,
        outlook=outlook,
        baseline_end=row.baseline_end,
        period_end=row.period_end,
        currency=row.currency,
        created_at=row.created_at,
        closed_at=row.closed_at,
        lake_version=row.baseline_version,
    )


def _outlook(row: Goal) -> Outlook:
    stored: dict[str, Any] = dict(row.outlook)
    for name in ("value", "low", "high", "gap"):
        if stored.get(name) is not None:
            stored[name] = Decimal(stored[name])
    if row.state == Goal.State.DROPPED:
        stored["state"] = "dropped"
    return Outlook(**stored) if stored else Outlook("too_early")


def _share(aim: Aim, last: Point | None) -> int | None:
    if last is None or last.value is None:
        return None
    return int(rules.progress(aim, last.value) * 100)


def _letters(
    figure: str, checks: list[Check] | tuple[Check, ...], scope: str, owner: str, currency: str
) -> tuple[LetterSaid, ...]:
    return tuple(
        LetterSaid(
            one.letter,
            goals_wording.letter(one.letter),
            one.ok,
            goals_wording.check(figure, one, scope=scope, owner=owner, currency=currency),
        )
        for one in checks
    )
