"""What a model learns from: features and outcomes of past days, with what the purchase models said on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.kernel.errors import InputError
from regulars.lake.tables import SUBSCRIPTIONS
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CORE, CUSTOMER_BASE
from regulars.prediction.churn.odds import Floats
from regulars.prediction.churn.purchasing import Purchasing
from regulars.prediction.features import Feature, features_as_of
from regulars.prediction.history import PurchaseSummary, purchases_until

Integers = npt.NDArray[np.int64]

# Customers of whom at least so many are learned from where there are more: more make no difference, only time and room.
MOST = 60_000


@dataclass(frozen=True, eq=False)
class Known:
    """Customers as they were known on one day, sorted by number: `features` has one row each.

    `base`: log-odds of leaving within the horizon by purchase model. `own`: what the simple rule looks at.
    """

    day: date
    customer: Integers
    features: pa.Table
    summary: PurchaseSummary | None
    purchasing: Purchasing
    own: Floats

    def base(self, days: int) -> dict[str, Floats]:
        """Log-odds of leaving within so many days, by model, (customers,)."""
        return {} if self.summary is None else self.purchasing.scores(self.summary, days)

    def take(self, rows: Integers) -> Known:
        """Only the customers in these places."""
        summary = None if self.summary is None else self.summary.take(rows)
        features = self.features.take(pa.array(rows))
        return Known(self.day, self.customer[rows], features, summary, self.purchasing, self.own[rows])


def known_on(
    analysis: Analysis,
    days: Sequence[date],
    *,
    horizon: int,
    features: Sequence[Feature] | None = None,
    purchasing: Mapping[date, Purchasing] | None = None,
    one_in: int = 1,
) -> list[Known]:
    """The customers of each day, or every so-manieth by number. Purchase models are fitted to all up to it, unless given."""
    table = features_as_of(analysis, days, horizon=horizon, features=features, one_in=one_in)
    order = pc.sort_indices(table, [("cut", "ascending"), ("customer", "ascending")])
    table = table.take(order)
    cuts = table["cut"].cast(pa.int32()).to_numpy()
    found = []
    for day in sorted(set(days)):
        low, high = np.searchsorted(cuts, [_number(day), _number(day) + 1])
        own = table.slice(low, high - low)
        customer = own["customer"].to_numpy()
        summary = None if analysis.contract else purchases_until(analysis, day)
        given = (purchasing or {}).get(day)
        fitted = given or (Purchasing({}, {}) if summary is None else Purchasing.fit(summary))
        if summary is not None and one_in > 1:
            summary = summary.take(np.isin(summary.customer, customer))
        found.append(Known(day, customer, own, summary, fitted, _rule(own, analysis.contract)))
    return found


def one_in(analysis: Analysis) -> int:
    """Every so-manieth customer by number is learned from: of those who ever ordered (with contract: had a subscription)."""
    analysis.prepare()
    rows = SUBSCRIPTIONS.ibis if analysis.contract else CUSTOMER_BASE
    customers = int(analysis.run(rows.agg(n=rows.customer.nunique()))["n"][0].as_py())
    return max(1, customers // MOST)


def left_within(analysis: Analysis, known: Known, horizon: int) -> Floats:
    """1 for who left: placed no counted order in the `horizon` days from the day on; with contract: runs no more at its end.

    Raises InputError where the facts end before the horizon does: who has not ordered yet has not left.
    """
    end = known.day + timedelta(days=horizon)
    if end > analysis.as_of:
        raise InputError(
            f"What came after {known.day} is not known for {horizon} days yet.",
            where="day",
            do="Take an earlier day.",
        )
    if analysis.contract:
        stays = features_as_of(analysis, [end], features=())["customer"].to_numpy()
        return (~np.isin(known.customer, stays)).astype(np.float64)
    start, stop = ibis.literal(known.day, "date"), ibis.literal(end, "date")
    orders = CORE.filter((CORE.local_day >= start) & (CORE.local_day < stop))
    stayed = analysis.run(orders.select("customer").distinct())["customer"].to_numpy()
    return (~np.isin(known.customer, stayed)).astype(np.float64)


def rule_features(contract: bool) -> tuple[str, ...]:
    """The features that the simple rule looks at."""
    return ("tenure",) if contract else ("days_since_last", "order_days", "age")


def _rule(features: pa.Table, contract: bool) -> Floats:
    """Days since the last order against the customer's own rhythm; with contract: how long it has run.

    One gap of the shop's typical length is counted with the customer's own, so that who ordered once has a rhythm too.
    """
    if features.num_rows == 0:
        return np.zeros(0)
    if contract:
        return np.log1p(_column(features, "tenure"))
    since, days, age = (_column(features, name) for name in rule_features(contract))
    gaps, total = np.maximum(days - 1, 0.0), age - since
    typical = float(total.sum() / max(gaps.sum(), 1.0)) or 1.0
    return np.log((since + 1.0) / ((total + typical) / (gaps + 1.0) + 1.0))


def _column(features: pa.Table, name: str) -> Floats:
    found: Floats = features[name].cast(pa.float64()).fill_null(0.0).to_numpy()
    return found


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
