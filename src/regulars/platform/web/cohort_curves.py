"""Cohorts as curves: one quiet line a cohort, and the mean of all with a sentence at every point."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from regulars.kernel.periods import Grain
from regulars.platform.web.asked import Asked
from regulars.platform.web.lines import Graph, Line, Point, picture

COLUMNS = 24  # periods since the first that are shown


def curves(piece: dict[str, Any], grain: Grain, measure: str, asked: Asked) -> dict[str, Any] | None:
    """One quiet line a cohort, the newest long one named, and the mean of all with a sentence at every point."""
    share = piece["unit"] == "share"
    factor, first = (100, 1) if share else (1, 0)
    by_cohort: dict[str, list[Point]] = {}
    there = {cohort["key"] for cohort in piece["cohorts"] if cohort["already_there"]}
    for key, offset, value, _numerator, _denominator, complete, small in piece["cells"]:
        if complete and not small and value is not None and key not in there and first <= offset <= COLUMNS:
            by_cohort.setdefault(key, []).append(Point(float(offset), float(value) * factor, ""))
    mean = tuple(
        Point(float(offset), float(value) * factor, _mean_says(offset, value, customers, share, asked))
        for offset, value, _low, _high, customers, _cohorts in piece["average"]
        if value is not None and first <= offset <= COLUMNS
    )
    if len(mean) < 2:
        return None
    title = {"customers": _("How many of a cohort order again"), "revenue": _("Revenue per customer since the first order"),
             "margin": _("Margin per customer since the first order")}[measure]  # fmt: skip
    write = (
        (lambda v: asked.w.percent(Decimal(str(v))))
        if share
        else (lambda v: asked.w.short_money(Decimal(str(v)), asked.info.currency))
    )
    since = _("month %(n)s") if grain == "month" else _("quarter %(n)s")
    ticks = tuple((point.at, since % {"n": int(point.at)}) for point in mean)
    quiet = tuple(Line(tuple(points), quiet=True) for points in by_cohort.values() if len(points) > 1)
    summary = _("The line is the mean of all cohorts, weighted by customers; each grey line is one cohort.")
    graph = Graph(
        (*quiet, Line(mean, label=_("all cohorts"))), ticks, write, title, summary, from_zero=True, name="curves",
        top=100 if share else None, bottom=0,
    )  # fmt: skip
    lines = [
        (
            asked.w.number(offset),
            short(value, share, asked),
            asked.w.number(customers),
            asked.w.number(cohorts),
        )
        for offset, value, _low, _high, customers, cohorts in piece["average"]
        if first <= offset <= COLUMNS
    ]
    return {"picture": picture(graph), "summary": summary, "title": title, "lines": lines, "share": share}


def _mean_says(offset: int, value: str, customers: int, share: bool, asked: Asked) -> str:
    shown = (
        asked.w.percent(Decimal(value) * 100, 1)
        if share
        else asked.w.money(Decimal(value), asked.info.currency)
    )
    return _("Period %(k)s: %(value)s on average, of %(n)s customers") % {
        "k": offset,
        "value": shown,
        "n": asked.w.number(customers),
    }


def short(value: str | None, share: bool, asked: Asked) -> str:
    """A cell's value: whole per cent, or whole money."""
    if value is None:
        return ""
    amount = Decimal(value)
    return asked.w.number(amount * 100) if share else asked.w.number(amount)
