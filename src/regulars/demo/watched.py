"""What the people of the demo shop keep an eye on: segments, goals and alerts, made through the platform's own doors.

They are made when the first yearly export is in, so that the second shows what became of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Literal

from regulars.kernel.periods import floor, shift

if TYPE_CHECKING:
    from regulars.platform.core.api import User
    from regulars.platform.insights.api import alerts, goals

QUIET = "Loyal, gone quiet"
SEGMENTS = {
    "Champions": "rfm_group = champions",
    QUIET: "orders >= 5 and days_since_last_order > 120",
    "New in the last 90 days": "orders = 1 and days_since_first_order <= 90",
    "Large orders": "average_order_value > 1000",
}


@dataclass(frozen=True)
class DemoGoal:
    """A figure by month that is to rise, by per cent of itself or by points, until the end of a month so far ahead."""

    figure: str
    kind: Literal["relative", "points"]
    change: int
    months: int
    reason: str = ""


# The first is over when the second export is in; the others are under way.
GOALS = (
    DemoGoal("repurchase_rate", "points", 1, 11, "More orders from those whom we know"),
    DemoGoal("aov", "relative", 10, 15),
    DemoGoal("customers_at_end", "relative", 5, 18, "A broader base before the summer"),
)


def set_up(user: User) -> None:
    """Make what is not there yet, for a user. Raises InputError where there are no figures yet. Safe to repeat."""
    from regulars.platform.insights.api import alerts, current, goals, segments  # noqa: PLC0415 - after django()

    known = [*segments.saved(reach=user.reach), *segments.saved(reach=user.reach, archived=True)]
    for name in SEGMENTS.keys() - {segment.name for segment in known}:
        segments.make(by=user, name=name, rule=SEGMENTS[name])
    shown = current()
    today = shown.as_of if shown and shown.as_of else date.today()  # noqa: DTZ011 - no figures: refused below
    if not goals.goals(user=user) and not goals.goals(user=user, over=True):
        for goal in GOALS:
            goals.set_goal(by=user, wish=_wish(goal, user, today))
    if not alerts.alerts(user=user) and not alerts.alerts(user=user, stopped=True):
        for watch in _watches(user):
            alerts.watch(by=user, wish=watch)


def _wish(goal: DemoGoal, user: User, today: date) -> goals.Wish:
    from regulars.platform.insights.api import goals  # noqa: PLC0415 - after django()

    due = shift(floor(today, "month"), "month", goal.months + 1) - timedelta(days=1)
    change = Decimal(goal.change)
    return goals.Wish(
        goal.figure, "", None, "month", "raise", goal.kind, change, due, user.pk, goal.reason
    )  # fmt: skip


def _watches(user: User) -> list[alerts.Watch]:
    """A limit that the second year crosses, a look at the season, and people who enter a segment; told in the page."""
    from regulars.platform.insights.api import alerts, segments  # noqa: PLC0415 - after django()

    watch = partial(alerts.Watch, users=(user.pk,), by_mail=False)
    quiet = [segment.number for segment in segments.saved(reach=user.reach) if segment.name == QUIET]
    return [
        watch("limit", "aov", "month", side="below", limit=Decimal(450)),
        watch("unusual", "repurchase_rate", "month"),
        *(watch("entered", segment=number, limit=Decimal(25)) for number in quiet),
    ]
