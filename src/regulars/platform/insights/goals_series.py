"""A figure's values by period for a market or for those who are in a segment now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import ibis

from regulars.metrics import FIGURES
from regulars.metrics.analysis import Analysis
from regulars.metrics.dimensions import segment as by_table
from regulars.metrics.figures import Row
from regulars.platform.insights.members import chosen
from regulars.platform.insights.models import Segment
from regulars.platform.insights.pieces import Standard, calendars
from regulars.platform.insights.queries import figure_rows
from regulars.platform.insights.rules.goals import Point
from regulars.platform.insights.segments_rules import effective


def of_market(slug: str, grain: Standard, market: str) -> list[Point]:
    """From the current snapshot; '' is all markets."""
    return points(figure_rows(slug, grain, market or None))


def of_segment(analysis: Analysis, segment: Segment, slug: str, grain: Standard, market: str) -> list[Point]:
    """The figure over the past of those whom the rule finds today, asked of the engine. Raises RuleError."""
    asked = effective(segment.rule, currency=analysis.definitions.currency)
    found = chosen(analysis, rule=asked.rule, registry=asked.registry, market=market or None)
    name = f"watched_{segment.pk}_{segment.revision}_{'all' if not market else market.lower()}"
    members = analysis.run(found.select("customer", segment=ibis.literal("yes")))
    analysis.engine.put(name, members)
    rows = analysis.rows([FIGURES[slug]], calendars(analysis)[grain], by=(by_table(name),))
    return points([row for row in rows if row.dimensions and row.dimensions[0][1] == "yes"])


def points(rows: Sequence[Row]) -> list[Point]:
    """Rows of one figure and scope as points."""
    return [
        Point(row.period_start, row.period_end, row.value, row.low, row.high, row.denominator, row.complete)
        for row in rows
    ]


def stored(found: Sequence[Point]) -> list[list[Any]]:
    """As JSON."""
    return [
        [
            str(one.start),
            str(one.end),
            *(_text(x) for x in (one.value, one.low, one.high, one.base)),
            one.complete,
        ]
        for one in found
    ]


def taken(rows: Sequence[Sequence[Any]]) -> list[Point]:
    """From JSON."""
    return [
        Point(
            date.fromisoformat(start),
            date.fromisoformat(end),
            _decimal(number),
            _decimal(low),
            _decimal(high),
            _decimal(base),
            complete,
        )
        for start, end, number, low, high, base, complete in rows
    ]


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.6f}"


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
