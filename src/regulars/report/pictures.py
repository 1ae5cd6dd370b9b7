"""Which charts the page carries, drawn from the content at two widths: for a desk, and for a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from regulars import charts
from regulars.charts import Look, Words
from regulars.report.chart_rows import bridge_rows, gap_rows, rfm_rows, whatif_rows
from regulars.report.content import ReportContent
from regulars.report.sentences import comparable
from regulars.report.svg import inline

DESK, HALF, PHONE = 880, 420, 350
_Draw = Callable[[Look], alt.LayerChart]


@dataclass(frozen=True)
class Picture:
    """One chart: `wide` and `narrow` SVG (the same one where one size does), and its summary."""

    wide: Markup
    narrow: Markup | None
    summary: str


def pictures(c: ReportContent, w: Words) -> dict[str, Picture]:
    """All charts that the content has enough data for, by the name of their question."""
    found: dict[str, Picture] = {}
    # Altair checks each piece against its schema while a person writes a chart; these are written and tested.
    with debug_mode(False):
        for add in (
            _add_trend, _add_movement, _add_curves, _add_rfm, _add_markets, _add_gaps, _add_money, _add_whatif,
            _add_bridge, _add_ahead,
        ):  # fmt: skip
            add(found, c, w)
    return found


def _picture(name: str, title: str, summary: str, w: Words, draw: _Draw, *, half: bool = False) -> Picture:
    if half:
        return Picture(inline(draw(Look(w, HALF)), name, title, summary), None, summary)
    wide = inline(draw(Look(w, DESK)), name, title, summary)
    return Picture(wide, inline(draw(Look(w, PHONE)), f"{name}-phone", title, summary), summary)


def _add_trend(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    rows = [
        {"end": row.period_end, "value": row.value, "low": row.low, "high": row.high, "complete": True}
        for row in c.trend
        if row.complete and row.value is not None
    ]
    if len(rows) < 3:
        return
    summary = charts.retention_trend_summary(rows, w)
    found["trend"] = _picture(
        "trend", w.t("Retention rate over time"), summary, w, lambda look: charts.retention_trend(rows, look)
    )


def _add_movement(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    rows = [vars(month) for month in c.movement if month.complete]
    if len(rows) < 3:
        return
    summary = charts.movement_summary(rows, w)
    found["movement"] = _picture(
        "movement",
        w.t("Customers won and lost by month"),
        summary,
        w,
        lambda look: charts.movement(rows, look),
    )


def cohort_rows(c: ReportContent) -> list[dict[str, Any]]:
    """The cells as the charts take them: shares in per cent, cohorts by their first day."""
    by_key = {cohort.key: cohort for cohort in c.cohorts.cohorts}
    rows = []
    for cell in c.cohorts.cells:
        cohort = by_key[cell.cohort]
        if cohort.start is not None and cell.value is not None:
            rows.append(
                {"cohort": cohort.start, "size": cohort.size, "offset": cell.offset, "share": cell.value * 100,
                 "complete": cell.complete, "already_there": cohort.already_there}
            )  # fmt: skip
    return rows


def _add_curves(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    rows = cohort_rows(c)
    drawn = {
        row["offset"] for row in rows if row["complete"] and not row["already_there"] and row["offset"] > 0
    }
    if len(drawn) < 2:
        return
    summary = charts.cohort_curves_summary(rows, w)
    found["curves"] = _picture(
        "curves", w.t("How many of a cohort order again"), summary, w,
        lambda look: charts.cohort_curves(rows, look),
    )  # fmt: skip


def _add_rfm(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    if not c.rfm.customers:
        return
    rows = rfm_rows(c.rfm.cells)
    summary = charts.rfm_grid_summary(rows, w)
    title = w.t("Customers by recency and frequency")
    found["rfm"] = _picture("rfm", title, summary, w, lambda look: charts.rfm_grid(rows, look), half=True)


def _add_markets(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    lines = [line for line in c.markets if line.retention.value is not None and line.retention.complete]
    shown = [line for line in lines if comparable(line)][:12]
    if len(shown) < 2:
        return
    shown.sort(key=lambda line: -(line.retention.value or 0))
    rows = [
        {"name": w.country(line.market), "value": line.retention.value, "low": line.retention.low,
         "high": line.retention.high, "customers": line.customers, "small": line.small}
        for line in shown
    ]  # fmt: skip
    overall = None if c.kept.rate.value is None else float(c.kept.rate.value)
    summary = charts.markets_summary(rows, w)
    title = w.t("Retention rate by market")
    found["markets"] = _picture(
        "markets", title, summary, w, lambda look: charts.markets(rows, overall, look), half=True
    )


def _add_gaps(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    curve = gap_rows(c.window)
    if len(curve) < 3:
        return
    summary = charts.gaps_summary(curve, c.window.days, w)
    found["gaps"] = _picture(
        "gaps", w.t("Share of customers who have ordered again"), summary, w,
        lambda look: charts.gaps(curve, c.window.days, look),
    )  # fmt: skip


def _add_money(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    rows = [vars(line) for line in c.money]
    if not any(row["complete"] for row in rows):
        return
    summary = charts.revenue_mix_summary(rows, c.currency, w)
    found["money"] = _picture(
        "money", w.t("Revenue by new, returning and loyal customers"), summary, w,
        lambda look: charts.revenue_mix(rows, c.currency, look),
    )  # fmt: skip


def _add_whatif(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    rows = whatif_rows(c.whatif)
    if not rows:
        return
    summary = charts.whatif_summary(rows, c.currency, w)
    title = w.t("Worth of more or less retention, a year")
    found["whatif"] = _picture(
        "whatif", title, summary, w, lambda look: charts.whatif(rows, c.currency, look), half=True
    )


def _add_bridge(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    if c.bridge is None:
        return
    rows = bridge_rows(c.bridge, w)
    if len(rows) < 2:
        return
    summary = charts.bridge_summary(rows, c.currency, w)
    found["bridge"] = _picture(
        "bridge", w.t("From the files' total to the revenue used"), summary, w,
        lambda look: charts.bridge(rows, c.currency, look),
    )  # fmt: skip


def _add_ahead(found: dict[str, Picture], c: ReportContent, w: Words) -> None:
    """How many are at how much risk, and how the prediction did on the latest past day."""
    risk = c.ahead.risk if c.ahead is not None else None
    if risk is not None and risk.active:
        spread, line = risk.spread, 100 * risk.line
        found["risks"] = _picture(
            "risks", w.t("Active customers by their risk not to come back"), charts.risks_summary(spread, line, w), w,
            lambda look: charts.risks(spread, line, look), half=True,
        )  # fmt: skip
    trial = c.ahead.trials[-1] if c.ahead is not None and c.ahead.trials else None
    if trial is None or not trial.ranking:
        return
    found["ranking"] = _picture(
        "ranking", w.t("Found among the customers called most at risk"), charts.ranking_summary(trial.ranking, w), w,
        lambda look: charts.ranking(trial.ranking, 100 * trial.seen, look), half=True,
    )  # fmt: skip
    found["calibration"] = _picture(
        "calibration", w.t("What was said against what was seen"), charts.calibration_summary(trial.calibration, w), w,
        lambda look: charts.calibration(trial.calibration, look), half=True,
    )  # fmt: skip
