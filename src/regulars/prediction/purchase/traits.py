"""What is known of customers on their first day: market, channel, whether the first order was discounted, its season."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CUSTOMER_BASE
from regulars.prediction.summary import PurchaseSummary

FEW = 0.02  # a market or channel of fewer customers counts as 'other': its slope would be a guess
_SEASONS = np.array(["spring", "summer", "autumn", "winter"])


def first_traits(analysis: Analysis, summary: PurchaseSummary) -> pa.Table:
    """A row for each customer of the summary, in its order: `market`, `channel`, `season` (texts), `discounted` (flag).

    For `Covariates.from_table`. Columns in which all customers are alike are left out, since they say nothing. Seasons are
    those of the northern half of the world: winter is December to February.
    """
    analysis.prepare()
    base = CUSTOMER_BASE
    rows = base.select(
        "customer", "market", "channel", "first_day", discounted=base.first_discounted.fill_null(False)
    )
    found = analysis.run(rows)
    number = found["customer"].to_numpy()
    order = np.argsort(number)
    if not len(number) and len(summary):
        raise InputError("The analysis knows none of the summary's customers.")
    place = np.minimum(np.searchsorted(number[order], summary.customer), max(len(number) - 1, 0))
    if len(summary) and (number[order][place] != summary.customer).any():
        raise InputError("The analysis does not know all of the summary's customers.")
    own = found.take(pa.array(order[place] if len(summary) else order[:0]))
    month = pc.month(own["first_day"]).to_numpy().astype(np.int64)
    columns = {
        "market": _common(own["market"]),
        "channel": _common(own["channel"]),
        "season": pa.array(_SEASONS[(month - 3) % 12 // 3]),
        "discounted": own["discounted"].combine_chunks(),
    }
    return pa.table(
        {
            name: column
            for name, column in columns.items()
            if pc.count_distinct(column, mode="all").as_py() > 1
        }
    )


def _common(column: pa.ChunkedArray) -> pa.Array:
    """Values that few customers have as 'other'; none as 'unknown'."""
    texts: npt.NDArray[np.object_] = column.fill_null("unknown").to_numpy(zero_copy_only=False).astype(object)
    if not len(texts):
        return pa.array([], pa.string())
    values, index, counts = np.unique(texts, return_inverse=True, return_counts=True)
    values[counts < FEW * len(texts)] = "other"
    return pa.array(values[index], pa.string())
