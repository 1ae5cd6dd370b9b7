"""A figure's rows in words: by period, by part, by market; and what there is to know about how it is made."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.metrics.figures import Figure, Row
from regulars.platform.insights import api as insights
from regulars.platform.web.asked import Asked
from regulars.platform.web.tiles import change, note
from regulars.report import phrases

_NOTHING = Decimal(0)
_BARS = 60  # markets beside each other


@dataclass(frozen=True)
class Line:
    """One period of one figure, or one value of its own dimension, in words."""

    label: str
    value: str
    interval: str
    of: str
    note: str


def period_lines(rows: list[Row], asked: Asked) -> list[Line]:
    """The rows in words, newest first."""
    w = asked.w
    return [
        Line(
            w.period(row.period_start, row.period_end), phrases.value(row, w),
            phrases.interval(row, w) if row.low is not None else "", _quotient(row, asked), note(row),
        )
        for row in reversed(rows)
    ]  # fmt: skip


def part_lines(rows: list[Row], asked: Asked) -> list[Line]:
    """The period's rows of a figure that is told by a dimension of its own (the number of purchases so far, say)."""
    w = asked.w
    return [
        Line(
            str(dict(row.dimensions).get(_own_name(row), "")), phrases.value(row, w),
            phrases.interval(row, w) if row.low is not None else "", _quotient(row, asked), note(row),
        )
        for row in rows
        if row.period_start == asked.period.start and row.value is not None
    ][:60]  # fmt: skip


def _own_name(row: Row) -> str:
    """The name of the figure's own dimension."""
    return next((name for name, _value in row.dimensions if name != "market"), "")


def _quotient(row: Row, asked: Asked) -> str:
    """What the value is made of: '712 of 1,002', where both are counts."""
    if (
        row.numerator is None
        or row.denominator is None
        or row.unit != "percent"
        or row.numerator % 1
        or row.denominator % 1
    ):
        return ""
    return _("%(part)s of %(whole)s") % {
        "part": asked.w.number(row.numerator),
        "whole": asked.w.number(row.denominator),
    }


def market_lines(slug: str, asked: Asked) -> list[dict[str, Any]]:
    """Every market's value in the period, largest first, with the length of its bar (of 100) and which `columns` are filled."""
    rows = insights.by_market(slug, asked.span, asked.markets[:_BARS])
    found: list[tuple[Row, dict[str, Any]]] = []
    for market, of in rows.items():
        now, before = asked.at(of), asked.at(of, asked.back(asked.in_a_year))
        if now is not None and now.value is not None:
            found.append((now, {
                "code": market, "name": asked.w.country(market), "value": phrases.value(now, asked.w), "row": now,
                "interval": phrases.interval(now, asked.w) if now.low is not None else "", "note": note(now), "small": phrases.few(now),
                "year": change(now, before, asked.w), "customers": dict(asked.info.markets).get(market, 0),
            }))  # fmt: skip
    most = max((abs(now.value or _NOTHING) for now, _line in found), default=_NOTHING)
    # Few customers prove little: they stand last.
    found.sort(key=lambda pair: (pair[1]["small"], -(pair[0].value or _NOTHING), pair[1]["name"]))
    # Columns that no market fills are left out.
    shown = {name: any(line[name] for _now, line in found) for name in ("year", "interval", "note")}
    return [
        line | {"bar": f"{abs(now.value or _NOTHING) / most * 100 if most else 0:.1f}", "columns": shown}
        for now, line in found
    ]


def facts_of(figure: Figure, asked: Asked) -> dict[str, str]:
    """What there is to know about how it is made."""
    units = {
        "percent": _("per cent"), "money": asked.info.currency, "count": _("count"), "number": _("number"),
        "days": _("days"), "years": _("years"), "score": _("score"), "ratio": _("ratio"),
    }  # fmt: skip
    better = {"up": _("more is better"), "down": _("less is better"), "neither": _("neither way is better")}
    needs = {
        "window": _("the period and the activity window before it"), "period": _("the period"),
        "double": _("the period and the one before it, or the activity window if that is longer"),
    }  # fmt: skip
    return {
        "unit": units[figure.unit],
        "better": better[figure.better],
        "needs": needs[figure.looks_back],
        "span": _("the year that ends with the period") if figure.span == "year" else "",
        "sources": ", ".join(table.replace("presence", "orders") for table in figure.needs),
        "window": ngettext("%(n)s day", "%(n)s days", asked.info.window_days) % {"n": asked.info.window_days},
    }
