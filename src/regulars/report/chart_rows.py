"""Answers of the analyses as the rows that charts take. It loads no chart, so that who has them drawn already can ask."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from regulars.charts.words import Words
from regulars.metrics import Bridge, RfmCell, WhatIf, WindowProposal
from regulars.report.codes import bridge_step


def rfm_rows(cells: Iterable[RfmCell]) -> list[dict[str, Any]]:
    """Customers by recency and frequency score, all 25 cells."""
    counts = {(r, f): 0 for r in range(1, 6) for f in range(1, 6)}
    for cell in cells:
        counts[cell.r, cell.f] += cell.customers
    return [{"recency": r, "frequency": f, "customers": n} for (r, f), n in counts.items()]


def gap_rows(found: WindowProposal) -> list[dict[str, Any]]:
    """The curve from day 0: per cent who have ordered again by each day."""
    curve = [{"day": point.days, "returned": point.share * 100} for point in found.curve]
    return [{"day": 0, "returned": Decimal(0)}, *curve]


def whatif_rows(found: WhatIf) -> list[dict[str, Any]]:
    """K22 is a straight line in points: the worth of each number of points from minus to plus ten."""
    effect = next((e for e in found.effects if e.scenario == "retention_points"), None)
    if effect is None or effect.effect is None or not effect.change or not found.complete:
        return []
    return [{"points": p, "worth": effect.effect / effect.change * p} for p in range(-10, 11)]


def bridge_rows(found: Bridge, w: Words) -> list[dict[str, Any]]:
    """The bridge's totals, and those of its steps that move something."""
    return [
        {"name": bridge_step(line, w), "amount": line.amount, "total": line.kind == "total"}
        for line in found.lines
        if line.kind != "note" and line.amount is not None and (line.kind == "total" or line.amount)
    ]
