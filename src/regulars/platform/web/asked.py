"""What a figure page is asked for: the snapshot, the market, the period; and what its choosers offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from regulars.charts import Words
from regulars.kernel.periods import Grain, Period, shift, standard
from regulars.metrics.figures import Row
from regulars.platform.core.api import Reach, get_setting
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import SnapshotInfo, Span, headline_grain, headline_periods
from regulars.platform.web.first_steps import steps
from regulars.platform.web.guard import Request
from regulars.platform.web.scope import Scope, scope_of
from regulars.platform.web.templatetags.regulars import reader

_ENDS = 24  # earlier periods that the chooser offers
_ROLLING_ENDS = 13  # of those that overlap


@dataclass(frozen=True)
class Asked:
    """`period`: the one that the page is about, the newest whole one unless another is asked for."""

    info: SnapshotInfo
    scope: Scope
    reach: Reach
    period: Period
    w: Words
    company: str

    @property
    def span(self) -> Span:
        """Which of the snapshot's periods the page shows."""
        return self.scope.span or "rolling"

    @property
    def grain(self) -> Grain:
        """How long the periods are."""
        return _grain(self.info, self.span)

    @property
    def market(self) -> str | None:
        return self.scope.market

    @property
    def place(self) -> str:
        """Whom the sentences are about: a market, or the whole shop."""
        return self.w.country(self.market) if self.market else (self.company or _("Your shop"))

    @property
    def said(self) -> str:
        """The period in words."""
        return self.w.period(self.period.start, self.period.end)

    @property
    def markets(self) -> tuple[str, ...]:
        return self.info.codes(self.reach)

    def back(self, steps: int) -> date:
        """Where the period began that lies `steps` of its length before."""
        periods = _periods(self.info, self.span)
        # Counted in the list, not by the calendar: from 31 March a month leads to 28 February and from there to 28 January.
        step = {"month": 1, "quarter": 3}.get(self.grain, 12) if self.span == "rolling" else 1
        place = periods.index(self.period) - steps * step
        return periods[place].start if place >= 0 else shift(self.period.end, self.grain, -steps - 1)

    @property
    def in_a_year(self) -> int:
        return {"month": 12, "quarter": 4}.get(self.grain, 1)

    def at(self, rows: Sequence[Row], start: date | None = None) -> Row | None:
        """The row of the period (or of the one that starts on `start`)."""
        wanted = start or self.period.start
        return next((row for row in rows if row.period_start == wanted), None)

    def until(self, rows: Sequence[Row], most: int = 24) -> list[Row]:
        """The rows up to the period, the newest of them."""
        return [row for row in rows if row.period_start <= self.period.start][-most:]

    def choosers(self) -> dict[str, Any]:
        """What `scope.html` shows."""
        headline = headline_grain(self.info.window_days)
        most = _ROLLING_ENDS if self.span == "rolling" else _ENDS
        ends = [
            (str(period.end - timedelta(days=1)), self.w.period(period.start, period.end))
            for period in reversed(_whole(self.info, self.span)[-most:])
        ]
        chosen = str(self.period.end - timedelta(days=1))
        if chosen not in dict(ends):
            ends.append((chosen, self.said))
        return {
            "spans": [
                (
                    "",
                    {"month": _("Last month"), "quarter": _("Last 3 months")}.get(
                        headline, _("Last 12 months")
                    ),
                ),
                ("month", _("By month")),
                ("quarter", _("By quarter")),
                ("year", _("By year")),
            ],
            "markets": [(code, self.w.country(code)) for code in self.markets],
            "all_markets": self.reach.markets is None,
            "ends": ends,
            "end": chosen,
        }

    def context(self) -> dict[str, Any]:
        """What every figure page's template reads."""
        job = insights.computing()
        return {
            "asked": self,
            "scope": self.scope,
            "info": self.info,
            "choosers": self.choosers(),
            "job": job,
            "w": self.w,
        }


def asked_of(request: Request) -> Asked | None:
    """What is asked for; None where there are no figures yet."""
    info = insights.current()
    if info is None or info.empty or info.first is None or info.last is None:
        return None
    scope = scope_of(request)
    reach = request.user.reach
    if scope.market is not None and scope.market not in dict(info.markets) and reach.markets is None:
        scope = replace(scope, market=None)
    return Asked(info, scope, reach, _chosen(info, scope), reader(), get_setting("company") or "")


def nothing(request: Request, heading: str) -> HttpResponse:
    """The page where there is nothing to show yet: what would be here, and the one step that fills it."""
    job = insights.computing()
    return render(request, "figures/nothing.html", {
        "heading": heading, "job": job, "steps": None if job else steps(request.user),
    })  # fmt: skip


def address(name: str, query: str = "", *args: Any) -> str:
    """The address of a page, empty where this site does not have it."""
    try:
        return reverse(name, args=args) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""


def _grain(info: SnapshotInfo, span: Span) -> Grain:
    return headline_grain(info.window_days) if span == "rolling" else span


def _periods(info: SnapshotInfo, span: Span) -> tuple[Period, ...]:
    """All that the snapshot has of a span, oldest first."""
    assert info.first and info.last
    if span == "rolling":
        return headline_periods(info.window_days, info.first, info.last + timedelta(days=1))
    return standard(span, info.first, max(info.first, info.last))


def _whole(info: SnapshotInfo, span: Span) -> list[Period]:
    """Periods that have ended, oldest first; all that the data touches where none has."""
    assert info.last
    touched = _periods(info, span)
    return [period for period in touched if period.end <= info.last + timedelta(days=1)] or list(touched)


def _chosen(info: SnapshotInfo, scope: Scope) -> Period:
    """The first period that contains the day that the address names, else the newest whole one."""
    span = scope.span or "rolling"
    newest = _whole(info, span)[-1]
    try:
        day = date.fromisoformat(scope.end or "")
    except ValueError:
        return newest
    return next((period for period in _periods(info, span) if period.start <= day < period.end), newest)
