"""The three charts of how good predictions are. None where there is nothing to draw."""

from __future__ import annotations

from typing import Any

from regulars import charts
from regulars.charts import Words
from regulars.platform.web.charts import Picture, picture

Rows = list[dict[str, Any]]


def calibration(rows: Rows, w: Words, title: str) -> Picture | None:
    """What was said against what was seen."""
    if len(rows) < 2:
        return None
    return picture(
        "calibration", rows, w, title,
        lambda: charts.calibration_summary(rows, w), lambda look: charts.calibration(rows, look),
    )  # fmt: skip


def ranking(rows: Rows, left: float, w: Words, title: str) -> Picture | None:
    """How many of those who left are found among so many. `left`: per cent of the customers who left."""
    if not rows:
        return None
    return picture(
        "ranking", [rows, left], w, title,
        lambda: charts.ranking_summary(rows, w), lambda look: charts.ranking(rows, left, look),
    )  # fmt: skip


def spread(rows: Rows, at_risk: float, w: Words, title: str) -> Picture | None:
    """How many customers are at how much risk; `at_risk`: the per cent from which on they are called so."""
    if not any(row["customers"] for row in rows):
        return None
    return picture(
        "risks", [rows, at_risk], w, title,
        lambda: charts.risks_summary(rows, at_risk, w), lambda look: charts.risks(rows, at_risk, look),
    )  # fmt: skip
