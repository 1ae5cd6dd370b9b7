"""Everything that is predicted of everyone, in one pass: lifetime value, next order, risk with reasons, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress, silent
from regulars.metrics.analysis import Analysis
from regulars.prediction.churn.backtest import Backtest, backtest
from regulars.prediction.churn.fit import fit_churn
from regulars.prediction.churn.model import ChurnModel
from regulars.prediction.churn.reasons import Reasons, reasons
from regulars.prediction.value import CustomerValues, Terms, customer_values

VERSION = 1  # of the rows in the lake; raised where a column comes to mean something else
_TOP = 3
# Columns that the lake keeps as they are: name, and the ends of its interval.
_KEPT = (
    ("predicted_number_of_orders", None, None), ("predicted_clv", "predicted_clv_low", "predicted_clv_high"),
    ("residual_clv", None, None), ("total_clv", None, None), ("predicted_margin", None, None),
    ("probability_alive", None, None), ("probability_of_purchase", None, None), ("churn_probability", None, None),
    ("days_to_next_order", None, None),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Scores:
    """What is predicted as of `day`.

    `table`, one row a customer, by number: the columns of `CustomerValues.table`; `churn_probability` (no order within
    `horizon` days, or the contract ended); `reason_1` .. `reason_3` with `contribution_1` .. (log-odds, positive: towards
    leaving). `churn`, `reasons`, `backtest` are None where the history does not allow them; `notes` says why. `drift`: stability
    index of today's scores and features since training (under 0.1: stable).
    """

    day: date
    horizon: int
    currency: str | None
    table: pa.Table
    values: CustomerValues
    churn: ChurnModel | None
    reasons: Reasons | None
    backtest: Backtest | None
    notes: tuple[str, ...]
    drift: Mapping[str, float] = field(default_factory=dict)

    def urgent(self, most: int) -> pa.Table:
        """The rows of those with the most expected money at risk (risk times lifetime value), that first; then those whose value is
        not known. Who has no risk (whose contract has ended already) is not among them."""
        if self.churn is None:
            return self.table.slice(0, 0)
        table = self.table.filter(pc.is_valid(self.table["churn_probability"]))
        at_risk = pc.fill_null(pc.multiply(table["churn_probability"], table["predicted_clv"]), -1)
        table = table.append_column("value_at_risk", at_risk)
        order = pc.sort_indices(table, [("value_at_risk", "descending"), ("customer", "ascending")])
        return table.take(order[:most])

    def facts(self) -> pa.Table:
        """Rows of the lake's table `scores`: a row a customer and prediction, nulls left out."""
        table = self.table
        due = pc.days_between(pa.scalar(self.day), table["expected_date_of_next_order"])
        table = table.append_column("days_to_next_order", due)
        parts = []
        for name, low, high in _KEPT:
            if name not in table.column_names:
                continue
            known = table.filter(pc.is_valid(table[name]))
            size = len(known)
            nothing = pa.nulls(size, pa.float64())
            parts.append(
                pa.table({
                    "customer": known["customer"], "day": pa.repeat(pa.scalar(self.day), size),
                    "model": pa.repeat(f"{name}/{VERSION}", size), "name": pa.repeat(name, size),
                    "value": known[name].cast(pa.float64()),
                    "low": known[low] if low else nothing, "high": known[high] if high else nothing,
                })
            )  # fmt: skip
        return pa.concat_tables(parts)


def predict(
    analysis: Analysis,
    *,
    horizon_days: int | None = None,
    terms: Terms | None = None,
    margin_share: float | None = None,
    days_tested: int = 2,
    seed: int = 0,
    threads: int = 1,
    progress: Progress = silent,
) -> Scores:
    """Predict for everyone with a counted order (or contract) before the analysis's day.

    `horizon_days`: of the risk, the activity window if not said. `days_tested`: past days of the back-test, each fitted anew; 0
    leaves it out. `threads`: of the learners. What the history does not allow is left out, and said in `notes`.
    """
    day, horizon = analysis.as_of, horizon_days or analysis.window
    progress("fitting the purchase models", None)
    values = customer_values(analysis, day, terms=terms, margin_share=margin_share, seed=seed)
    notes = [*values.reasons]
    churn: ChurnModel | None = None
    why: Reasons | None = None
    tested: Backtest | None = None
    drift: Mapping[str, float] = {}
    table = values.table
    try:
        progress("learning who leaves", None)
        churn = fit_churn(analysis, horizon, day, seed=seed, threads=threads)
        scored = churn.predict(analysis, threads=threads)
        why = reasons(churn, scored, top=_TOP, threads=threads)
        drift = churn.shape.drift(scored.known.features, scored.score)
        told = why.to_arrow()
        risks = {"customer": told["customer"], "churn_probability": pa.array(scored.risk)}
        table = _joined(table, pa.table(risks | {name: told[name] for name in told.column_names[1:]}))
    except InputError as error:
        notes.append(str(error))
    if churn is not None and days_tested:
        try:
            progress("testing on the past", None)
            tested = backtest(analysis, horizon, day, days=days_tested, seed=seed, threads=threads)
        except InputError as error:
            notes.append(f"No back-test: {error}")
    return Scores(
        day, horizon, analysis.definitions.currency, table, values, churn, why, tested, tuple(notes), drift
    )


def _joined(values: pa.Table, risks: pa.Table) -> pa.Table:
    """Both, by customer; who stands in one alone (a contract without an order) has nulls in the other's columns."""
    everyone = np.union1d(values["customer"].to_numpy(), risks["customer"].to_numpy())
    columns: dict[str, pa.Array] = {"customer": pa.array(everyone)}
    for table in (values, risks):
        known = table["customer"].to_numpy()
        order = np.argsort(known, kind="stable")
        place = np.minimum(np.searchsorted(known[order], everyone), max(len(known) - 1, 0))
        there = known[order][place] == everyone if len(known) else np.zeros(len(everyone), bool)
        rows = pa.array(order[place] if len(known) else np.zeros(len(everyone), np.int64), mask=~there)
        for name in table.column_names:
            if name != "customer":
                columns[name] = table[name].combine_chunks().take(rows)
    return pa.table(columns)
