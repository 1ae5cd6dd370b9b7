"""Who bought when, up to a day: the sufficient statistics of an analysis's customers. See summary.py for what they are."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np

from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE, CUSTOMER_BASE
from regulars.prediction.summary import WEEK, PurchaseSummary

__all__ = ["PurchaseSummary", "purchases_until"]


def purchases_until(analysis: Analysis, day: date, *, unit_days: float = WEEK) -> PurchaseSummary:
    """Everyone with a counted order before `day` (never after the analysis's own), by customer number.

    `value` is the mean over the transactions after the first, in the reporting currency and without refunds: the first
    is left out as in P. S. Fader and B. G. S. Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), since first
    orders differ from the others.
    """
    analysis.prepare()
    cut = min(day, analysis.as_of)
    orders = CORE.filter(CORE.local_day < ibis.literal(cut, "date"))
    begun = CUSTOMER_BASE.select(known="customer", first_day="first_day")
    joined = orders.join(begun, orders.customer == begun.known)
    new_day = joined.previous_day.isnull() | (joined.previous_day < joined.local_day)
    later = joined.local_day > joined.first_day
    rows = joined.group_by("customer").agg(
        days=new_day.cast("int64").sum(),
        recency=days_between(joined.local_day.max(), joined.first_day.min()),
        age=days_between(ibis.literal(cut - timedelta(days=1), "date"), joined.first_day.min()),
        later=ibis.ifelse(later, joined.revenue, None).sum().cast("float64"),
    )
    found = analysis.run(rows)
    customer = found["customer"].to_numpy().astype(np.int64)
    order = np.argsort(customer)
    repeats = (found["days"].to_numpy().astype(np.float64) - 1)[order]
    total = found["later"].fill_null(0.0).to_numpy()[order]
    # Adjustments can make an order worth less than nothing; a mean value below zero is none.
    mean = np.maximum(np.divide(total, repeats, out=np.zeros_like(total), where=repeats > 0), 0.0)
    recency, age = (
        found[name].to_numpy().astype(np.float64)[order] / unit_days for name in ("recency", "age")
    )
    return PurchaseSummary(customer[order], repeats, recency, age, mean, unit_days)
