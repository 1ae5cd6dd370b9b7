"""A key figure is one declared object: what it is called, how it is defined, which sums it needs and how they combine.

Figures that need the same sums share a *family*: one query serves all of them. The dashboard, the command, the glossary
and the docs read the same catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import ibis.expr.types as ir

from regulars.metrics.calendar import Calendar

if TYPE_CHECKING:
    from regulars.metrics.analysis import Analysis
    from regulars.metrics.dimensions import By, Scope
    from regulars.metrics.plan import Plan, Recipes

Unit = Literal["percent", "money", "count", "number", "days", "years", "score", "ratio"]
Better = Literal["up", "down", "neither"]
LookBack = Literal["window", "period", "double"]
Sums = Mapping[str, Decimal]
Number = Decimal | None
Formula = Callable[[Sums], Number]
Key = tuple[int, tuple[tuple[str, str | None], ...]]  # (position of the period, its dimensions)
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Family:
    """Sums by period and dimension from one expression: columns `period`, the dimensions, then the sums.

    `scope`: what its rows are, which decides how dimensions are attached (see metrics/dimensions.py).
    `needs`: fact tables without which nothing can be said, and whose coverage makes a period complete.
    `recipes`: tables of its own that are to be prepared for a calendar.
    `own`: dimensions that the family brings itself (the number of purchases so far, say).
    `unknown_if_empty`: measures that are no sums, so that nothing means unknown and not zero.
    `fold`: combines the records of one period and combination where a query returns several.
    `overlaps`: whether it counts customers by what their orders say, so that one can stand in several parts.
    `adds_up`: whether the sums of disjoint parts add up to those of the whole, so that the whole need not be asked for.
    """

    name: str
    scope: Scope
    query: Callable[[Plan, Calendar, By], ir.Table]
    needs: tuple[str, ...] = ("orders",)
    recipes: Callable[[Plan, Calendar], Recipes] | None = None
    own: tuple[str, ...] = ()
    unknown_if_empty: frozenset[str] = frozenset()
    fold: Callable[[Iterable[Record]], dict[str, Number]] | None = None
    adds_up: bool = False
    overlaps: bool = False


@dataclass(frozen=True)
class Figure:
    """One key figure. Texts are English; translations come from the catalogues by the same text.

    `numerator`, `denominator`: from the families' sums; a figure without denominator is its numerator.
    `scale`: what the quotient is multiplied by (100 for per cent).
    `looks_back`: what must be covered for the figure to be complete: the window before the period's start too,
    only the period, or the longer of the window and one period's length before it.
    `span`: `year` measures the year that ends with the period, whatever the period is.
    `why_none`: says why there is no value, from the sums; `remark`: what to say beside a value.
    """

    slug: str
    row: str  # id in REQUIREMENTS.md
    name: str
    words: str
    symbols: str
    unit: Unit
    better: Better
    families: tuple[Family, ...]
    numerator: Formula
    denominator: Formula | None = None
    scale: int = 1
    interval: Callable[[Sums], Interval | None] | None = None
    looks_back: LookBack = "window"
    span: Literal["period", "year"] = "period"
    version: int = 1
    note: str = ""
    remark: Callable[[Sums], str] | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """Fact tables that it is made from."""
        return tuple(dict.fromkeys(name for family in self.families for name in family.needs))

    def sql(
        self, analysis: Analysis, calendar: Calendar, by: Iterable[str] = (), *, dialect: str = ""
    ) -> str:
        """The whole SQL of its sums, from the fact tables up; `dialect` (`duckdb`, `pyspark`): the engine's if empty."""
        return analysis.sql(self, calendar, by, dialect=dialect)


@dataclass(frozen=True)
class Row:
    """One result. `complete` is false where the data does not cover what the figure needs; `low`, `high`: 95 %.

    No `dimensions` means the total. `additive` is false where customers or orders stand in several rows of the same
    split, so that only the total row is the total. `remark` says what a reader must know, or why there is no value.
    """

    metric: str
    period_start: date
    period_end: date
    dimensions: tuple[tuple[str, str | None], ...]
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit: Unit
    currency: str | None
    low: Decimal | None
    high: Decimal | None
    complete: bool
    window_days: int | None
    definitions: str
    lake_version: int | None
    additive: bool = True
    version: int = 1
    remark: str = ""

    def as_json(self) -> dict[str, object]:
        """Plain values for JSON: numbers as decimal text without an exponent, days as ISO 8601."""
        return {
            "metric": self.metric,
            "period_start": self.period_start.isoformat(),
            "period_end": self.period_end.isoformat(),
            "dimensions": dict(self.dimensions),
            "value": _text(self.value),
            "numerator": _text(self.numerator),
            "denominator": _text(self.denominator),
            "unit": self.unit,
            "currency": self.currency,
            "low": _text(self.low),
            "high": _text(self.high),
            "complete": self.complete,
            "window_days": self.window_days,
            "definitions": self.definitions,
            "lake_version": self.lake_version,
            "additive": self.additive,
            "version": self.version,
            "remark": self.remark,
        }


_PLACES = Decimal(1).scaleb(-10)


def _text(value: Decimal | None) -> str | None:
    """Ten decimals at most: more than any figure means, and equal on every engine."""
    if value is None:
        return None
    return format(value.quantize(_PLACES).normalize() + Decimal(0), "f")
