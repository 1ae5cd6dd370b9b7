"""Charts of what the report says beside the figures: rhythm, groups, money, what-if, bridge.

`charts` loads Altair where a chart or its sentence is asked for, so both stand in lambdas: most are drawn already.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regulars import charts
from regulars.charts import Words
from regulars.metrics import Bridge, RfmCell, WhatIf, WindowProposal
from regulars.platform.web.charts import Picture, picture
from regulars.report.chart_rows import bridge_rows, gap_rows, rfm_rows, whatif_rows

Rows = list[dict[str, Any]]


def gaps(found: WindowProposal, w: Words) -> Picture | None:
    """The share of customers who have ordered again by each day. None with fewer than two steps."""
    if len(found.curve) < 2:
        return None
    rows = gap_rows(found)
    return picture(
        "gaps", [rows, found.days], w, w.t("Share of customers who have ordered again"),
        lambda: charts.gaps_summary(rows, found.days, w), lambda look: charts.gaps(rows, found.days, look),
    )  # fmt: skip


def groups(cells: Iterable[RfmCell], w: Words) -> Picture | None:
    """Customers by recency and frequency score. None where there is nobody."""
    rows = rfm_rows(cells)
    if not any(row["customers"] for row in rows):
        return None
    return picture(
        "rfm", rows, w, w.t("Customers by recency and frequency"),
        lambda: charts.rfm_grid_summary(rows, w), lambda look: charts.rfm_grid(rows, look),
    )  # fmt: skip


def money(rows: Rows, currency: str, w: Words) -> Picture | None:
    """Revenue by who ordered: `start`, `end`, `group` (new, returning, loyal), `revenue`, `complete`. None where no period
    is complete."""
    if not any(row["complete"] for row in rows):
        return None
    return picture(
        "money", [rows, currency], w, w.t("Revenue by new, returning and loyal customers"),
        lambda: charts.revenue_mix_summary(rows, currency, w),
        lambda look: charts.revenue_mix(rows, currency, look),
    )  # fmt: skip


def whatif(found: WhatIf, currency: str, w: Words) -> Picture | None:
    """The worth of more and of less retention. None where it is not known."""
    rows = whatif_rows(found)
    if not rows:
        return None
    return picture(
        "whatif", [rows, currency], w, w.t("Worth of more or less retention, a year"),
        lambda: charts.whatif_summary(rows, currency, w), lambda look: charts.whatif(rows, currency, look),
    )  # fmt: skip


def compared(rows: Rows, this: str, that: str, w: Words, title: str) -> Picture | None:
    """Two shares of the same, in per cent: `name`, `value` (which is `this`), `rest` (`that`). None where there is nothing."""
    if not rows:
        return None
    return picture(
        "compared", [rows, this, that], w, title,
        lambda: charts.compared_summary(rows, w), lambda look: charts.compared(rows, this, that, look),
    )  # fmt: skip


def bridge(found: Bridge, currency: str, w: Words) -> Picture | None:
    """From the files' total to the revenue used. None with fewer than two steps."""
    rows = bridge_rows(found, w)
    if len(rows) < 2:
        return None
    return picture(
        "bridge", [rows, currency], w, w.t("From the files' total to the revenue used"),
        lambda: charts.bridge_summary(rows, currency, w), lambda look: charts.bridge(rows, currency, look),
    )  # fmt: skip
