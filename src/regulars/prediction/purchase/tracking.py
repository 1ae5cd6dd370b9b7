"""Does the model keep up with what happened? Repeat transactions so far against those expected, week by week.

Of the customers who came before the cut, whose histories before it were all that the model saw: what happened later is a
test that it could not learn by heart (P. S. Fader, B. G. S. Hardie and K. L. Lee 2005, figure 4).
"""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE, CUSTOMER_BASE
from regulars.prediction.purchase.model import PurchaseModel

Days = npt.NDArray[np.int64]
_EPOCH = date(1970, 1, 1)
_STEP = 7


def tracking(analysis: Analysis, model: PurchaseModel, cut: date) -> pa.Table:
    """Cumulative repeat transactions of those who came before `cut`, to the analysis's day: `day`, `actual`, `expected`."""
    analysis.prepare()
    on = ibis.literal(cut, "date")
    begun = CUSTOMER_BASE.filter(CUSTOMER_BASE.first_day < on).select(known="customer", first_day="first_day")
    firsts = analysis.run(begun.group_by("first_day").agg(n=begun.count()))
    orders = CORE.join(begun, CORE.customer == begun.known)
    later = orders.filter((orders.local_day > orders.first_day) & (orders.previous_day < orders.local_day))
    repeats = analysis.run(later.group_by("local_day").agg(n=later.count()))
    return tracked(
        model, _days(firsts["first_day"]), firsts["n"].to_numpy(), _days(repeats["local_day"]),
        repeats["n"].to_numpy(), until=analysis.as_of,
    )  # fmt: skip


def tracked(
    model: PurchaseModel,
    first_days: Days,
    customers: npt.NDArray[np.generic],
    repeat_days: Days,
    repeats: npt.NDArray[np.generic],
    *,
    until: date,
) -> pa.Table:
    """The same from counts by day (days since 1970): how many came first, and how many repeat transactions there were.

    A row a week from the first day on, and one for the last day before `until`.
    """
    if model.covariates:
        raise InputError("Tracking is drawn for models without covariates.")
    last = (until - _EPOCH).days - 1
    if not len(first_days) or first_days.min() > last:
        return pa.table(
            {
                "day": pa.array([], pa.date32()),
                "actual": pa.array([], pa.float64()),
                "expected": pa.array([], pa.float64()),
            }
        )
    shown = np.r_[np.arange(first_days.min(), last, _STEP), last]
    ages = np.maximum(shown[:, None] - first_days, 0)
    curve = model.expected_purchases_new(np.arange(ages.max() + 1) / model.unit_days)
    order = np.argsort(repeat_days)
    so_far = np.r_[0.0, np.cumsum(repeats[order].astype(np.float64))]
    return pa.table(
        {
            "day": pa.array(shown.astype(np.int32), pa.int32()).cast(pa.date32()),
            "actual": so_far[np.searchsorted(repeat_days[order], shown, side="right")],
            "expected": curve[ages] @ customers.astype(np.float64),
        }
    )


def _days(column: pa.ChunkedArray) -> Days:
    return column.cast(pa.int32()).to_numpy().astype(np.int64)  # type: ignore[no-any-return]
