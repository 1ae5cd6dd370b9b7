"""What the charts of risks are drawn from: plain rows in per cent, which JSON can keep."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np

from regulars.metrics.intervals import wilson
from regulars.prediction.churn.measures import CalibrationPoint, LiftPoint
from regulars.prediction.churn.odds import Floats

Rows = list[dict[str, Any]]


def calibration_rows(points: Iterable[CalibrationPoint]) -> Rows:
    """For `charts.calibration`: `said`, `seen`, `low`, `high` (Wilson's 95 % interval of what was seen; per cent), `customers`."""
    return [
        {
            "said": 100 * point.said, "seen": 100 * point.seen, "customers": point.customers,
            "low": min(float(interval.low), 100 * point.seen), "high": max(float(interval.high), 100 * point.seen),
        }
        for point in points
        if (interval := wilson(_left(point), Decimal(point.customers), 100))
    ]  # fmt: skip


def ranking_rows(curve: Iterable[LiftPoint], customers: int, left: int) -> Rows:
    """For `charts.ranking`: `called` (per cent of the customers) and `found` (per cent of those who left). Nobody left: none."""
    if not left or not customers:
        return []
    return [{"called": 100 * one.called / customers, "found": 100 * one.left / left} for one in curve]


def risk_rows(risk: Floats, steps: int = 20) -> Rows:
    """For `charts.risks`: `low`, `high` (per cent), `customers`, from risks 0..1 (customers,)."""
    counts, edges = np.histogram(risk, bins=steps, range=(0.0, 1.0))
    return [
        {"low": round(100 * float(low), 6), "high": round(100 * float(high), 6), "customers": int(count)}
        for low, high, count in zip(edges, edges[1:], counts, strict=False)
    ]


def _left(point: CalibrationPoint) -> Decimal:
    return Decimal(round(point.seen * point.customers))
