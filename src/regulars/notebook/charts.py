"""The report's charts for one shop, by the question that they answer. Each returns an Altair chart."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from regulars import charts
from regulars.charts import Look
from regulars.kernel.errors import InputError
from regulars.kernel.periods import Grain
from regulars.metrics.figures import Row

if TYPE_CHECKING:
    import altair as alt

    from regulars.notebook.shop import Shop

FEW = 30  # markets with fewer customers at the start are drawn pale


class Charts:
    """`shop.chart.retention()` and so on. Raises InputError where the facts are too few for a picture."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def names(self) -> list[str]:
        """The charts that there are."""
        return [name for name in vars(Charts) if not name.startswith("_") and name != "names"]

    def retention(self, *, period: Grain = "quarter", look: Look | None = None) -> alt.LayerChart:
        """How the retention rate moved, in complete periods."""
        rows = [_edge(row) for row in self._shop.figures("retention_rate", period=period) if _firm(row)]
        return charts.retention_trend(_enough(rows, 2, "complete periods"), look)

    def markets(self, *, period: Grain = "year", look: Look | None = None) -> alt.LayerChart:
        """The retention rate of each market in the last complete period, with its interval."""
        found = [
            row for row in self._shop.figures("retention_rate", period=period, by="market") if _firm(row)
        ]
        last = max((row.period_start for row in found), default=None)
        overall = [
            float(r.value)
            for r in found
            if r.period_start == last and not r.dimensions and r.value is not None
        ]
        rows = [_market(row) for row in found if row.period_start == last and row.dimensions]
        return charts.markets(
            _enough(rows, 1, "markets with a complete period"), overall[0] if overall else None, look
        )

    def cohorts(self, *, period: Grain = "month", look: Look | None = None) -> alt.LayerChart:
        """The triangle: which share of each cohort ordered in each later period."""
        return charts.cohort_heat(self._cohort_rows(period), look)

    def curves(self, *, period: Grain = "month", look: Look | None = None) -> alt.LayerChart:
        """The same as curves, with the average of all cohorts."""
        return charts.cohort_curves(self._cohort_rows(period), look)

    def rfm(self, *, look: Look | None = None) -> alt.LayerChart:
        """Customers by their recency and frequency scores."""
        counts = {(r, f): 0 for r in range(1, 6) for f in range(1, 6)}
        for cell in self._shop.rfm().cells:
            counts[cell.r, cell.f] += cell.customers
        rows = [{"recency": r, "frequency": f, "customers": n} for (r, f), n in counts.items()]
        return charts.rfm_grid(rows, look)

    def window(self, *, look: Look | None = None) -> alt.LayerChart:
        """How many have come back after so many days, and the window that follows from it."""
        found = self._shop.window()
        rows = [{"day": 0, "returned": Decimal(0)}]
        rows += [{"day": point.days, "returned": point.share * 100} for point in found.curve]
        return charts.gaps(_enough(rows, 3, "repeat orders"), found.days, look)

    def bridge(self, *, look: Look | None = None) -> alt.LayerChart:
        """From the files' total to the revenue used."""
        found = self._shop.bridge()
        rows = [
            {"name": line.words, "amount": line.amount, "total": line.kind == "total"}
            for line in found.lines
            if line.kind != "note" and line.amount is not None and (line.kind == "total" or line.amount)
        ]
        return charts.bridge(rows, found.currency or "", look)

    def _cohort_rows(self, period: Grain) -> list[dict[str, Any]]:
        found = self._shop.cohorts(period=period)
        by_key = {cohort.key: cohort for cohort in found.cohorts}
        rows = [
            {"cohort": cohort.start, "size": cohort.size, "offset": cell.offset, "share": cell.value * 100,
             "complete": cell.complete, "already_there": cohort.already_there}
            for cell in found.cells
            if (cohort := by_key[cell.cohort]).start is not None and cell.value is not None
        ]  # fmt: skip
        drawn = {r["offset"] for r in rows if r["complete"] and not r["already_there"] and r["offset"]}
        _enough(sorted(drawn), 2, "complete periods after a cohort's first")
        return rows


def _firm(row: Row) -> bool:
    return row.complete and row.value is not None


def _edge(row: Row) -> dict[str, Any]:
    return {"end": row.period_end, "value": row.value, "low": row.low, "high": row.high, "complete": True}


def _market(row: Row) -> dict[str, Any]:
    customers = int(row.denominator or 0)
    return {
        "name": dict(row.dimensions)["market"] or "unknown", "value": row.value, "low": row.low, "high": row.high,
        "customers": customers, "small": customers < FEW,
    }  # fmt: skip


def _enough(rows: list[Any], least: int, what: str) -> list[Any]:
    if len(rows) < least:
        raise InputError(f"there are too few {what} to draw ({len(rows)}).", do="Give it a longer history.")
    return rows
