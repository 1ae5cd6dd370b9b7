"""Small words for declaring figures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from regulars.metrics.figures import Better, Family, Figure, Formula, LookBack, Sums, Unit
from regulars.metrics.intervals import of_share


def total(name: str) -> Formula:
    """A sum as it is."""
    return lambda sums: sums[name]


def less(name: str, other: str) -> Formula:
    """One sum less another."""
    return lambda sums: sums[name] - sums[other]


def share(
    slug: str,
    row: str,
    name: str,
    *,
    words: str,
    symbols: str,
    part: Formula,
    whole: Formula,
    better: Better,
    families: tuple[Family, ...],
    note: str = "",
    looks_back: LookBack = "window",
    remark: Callable[[Sums], str] | None = None,
) -> Figure:
    """A share of independent customers (answers, orders) in per cent, with Wilson's interval."""
    return Figure(
        slug, row, name, words, symbols, "percent", better, families, part, whole, scale=100,
        interval=of_share(part, whole), note=note, looks_back=looks_back, remark=remark,
    )  # fmt: skip


def amount(
    slug: str,
    row: str,
    name: str,
    *,
    words: str,
    symbols: str,
    value: Formula,
    families: tuple[Family, ...],
    unit: Unit = "count",
    better: Better = "neither",
    looks_back: LookBack = "window",
    note: str = "",
    remark: Callable[[Sums], str] | None = None,
) -> Figure:
    """A figure that is a sum (customers, orders, money)."""
    return Figure(
        slug, row, name, words, symbols, unit, better, families, value, looks_back=looks_back, note=note,
        remark=remark,
    )  # fmt: skip


def known_margin(margin: str, unknown: str) -> Formula:
    """A margin, unknown where that of any order is."""

    def formula(sums: Sums) -> Decimal | None:
        return None if sums[unknown] else sums[margin]

    return formula


def margin_remark(unknown: str, orders: str) -> Callable[[Sums], str]:
    """Says of how many orders the margin is not known."""

    def remark(sums: Sums) -> str:
        missing = sums.get(unknown, Decimal(0))
        if not missing:
            return ""
        return f"The margin of {missing} of {sums[orders]} orders is not known."

    return remark
