"""A key figure is one declared object: what it is called, how it is defined, which sums it needs and how they combine.

Figures that need the same sums share a *family*: one query serves all of them. The dashboard, the command, the glossary
and the docs read the same catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

import ibis.expr.types as ir

from regulars.metrics.calendar import Calendar

Unit = Literal["percent", "money", "count", "number", "days", "years", "score", "ratio"]
Better = Literal["up", "down", "neither"]
Sums = Mapping[str, Decimal]
Number = Decimal | None


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: Decimal
    high: Decimal


class Prepare(Protocol):
    """Makes the tables that a family's query reads, for one calendar. See metrics/analysis.py."""

    def __call__(self, analysis: object, calendar: Calendar) -> None: ...


@dataclass(frozen=True)
class Family:
    """Sums by period and dimension from one expression: columns `period`, the dimensions, then the sums.

    `scope`: whether its rows are customers (cut by home market) or orders and money (by the order's market).
    `needs`: fact tables without which nothing can be said.
    """

    name: str
    scope: Literal["customers", "orders"]
    query: Callable[[object, Calendar, ir.Table | None], ir.Table]
    needs: tuple[str, ...] = ("orders",)
    prepare: Callable[[object, Calendar], None] | None = None


@dataclass(frozen=True)
class Figure:
    """One key figure. Texts are English; translations come from the catalogues by the same text.

    `looks_back`: what must be covered for the figure to be complete: the window before the period's start too,
    only the period, or the period and one as long before it.
    `numerator`, `denominator`: from the families' sums; a figure without denominator is its numerator.
    `scale`: what the quotient is multiplied by (100 for per cent).
    """

    slug: str
    row: str  # id in REQUIREMENTS.md
    name: str
    words: str
    symbols: str
    unit: Unit
    better: Better
    families: tuple[Family, ...]
    numerator: Callable[[Sums], Number]
    denominator: Callable[[Sums], Number] | None = None
    scale: int = 1
    interval: Callable[[Sums], Interval | None] | None = None
    looks_back: Literal["window", "period", "double"] = "window"
    version: int = 1
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One result. `complete` is false where the data does not cover what the figure needs; `low`, `high`: 95 %."""

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
