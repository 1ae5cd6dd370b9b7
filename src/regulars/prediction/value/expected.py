"""What today's customers will bring together: revenue of the next days with an interval that past predictions have earned.

The expectation is the sum over customers (P. S. Fader and B. G. S. Hardie's conditional expectations times the spending model's
mean), after refunds and without a discount. Three things make the sum uncertain, and the interval has them all: the parameters
are estimates (draws from their normal distribution), customers differ from their expectation by chance, and the model may
be wrong or the times may change. The last two are taken from the same prediction made in the past: the spread of the
customers around what was expected of each, and by how much the sum was missed. The interval is never narrower than that miss.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from regulars.metrics.analysis import Analysis
from regulars.prediction.history import PurchaseSummary, purchases_until
from regulars.prediction.purchase import GammaGamma, PurchaseModel
from regulars.prediction.purchase.rows import Rows
from regulars.prediction.value.outlook import YEAR, parameter_sets
from regulars.prediction.value.totals import totals_until
from regulars.prediction.value.values import Models, after_refunds, fit_models

Floats = npt.NDArray[np.float64]

LEVEL = 0.80
_LOOKS_BACK = (
    (365, 180),
    (182, 91),
    (91, 60),
)  # days that a test looks ahead, days of history that it needs before
_FEWEST = 100  # customers of a test


@dataclass(frozen=True)
class Looked:
    """The same prediction on the past day `cut`, for `horizon_days`: revenue `expected` and `actual`. `spread`: the root of the
    sum of squared differences between customers' revenue and what was expected of each."""

    cut: date
    horizon_days: int
    customers: int
    expected: float
    actual: float
    spread: float

    @property
    def missed_by(self) -> float:
        """What came less what was expected, as a share of that."""
        return self.actual / self.expected - 1


@dataclass(frozen=True)
class Expected:
    """Revenue after refunds of `customers` within `horizon_days` of `day`, in the reporting currency, not discounted. `low`, `high`:
    the interval at `level`, None where the history is too short to have tried it (`looked` None too)."""

    day: date
    horizon_days: int
    customers: int
    orders: float
    revenue: float
    low: float | None
    high: float | None
    level: float
    looked: Looked | None


def expected_revenue(
    analysis: Analysis, models: Models, *, horizon_days: int = int(YEAR), level: float = LEVEL, seed: int
) -> Expected | None:
    """Of everyone with a counted order before the analysis's day. None where no model was fitted or nothing is expected."""
    purchase, spend = models.purchase, models.spend
    if purchase is None or spend is None:
        return None
    summary = after_refunds(purchases_until(analysis, analysis.as_of), totals_until(analysis, analysis.as_of))
    orders, revenue = _of_each(summary, purchase, spend, horizon_days)
    whole = float(revenue.sum())
    if whole <= 0:
        return None
    looked = look_back(analysis)
    low = high = None
    if looked is not None:
        own = float(np.std(_by_parameters(summary, purchase, spend, horizon_days, seed))) / whole
        chance = looked.spread / np.sqrt(looked.expected * whole)  # variances grow with what is expected
        error = whole * max(float(np.hypot(own, chance)), abs(looked.missed_by))
        reach = float(ndtri((1 + level) / 2)) * error
        low, high = max(whole - reach, 0.0), whole + reach
    return Expected(
        analysis.as_of, horizon_days, len(summary), float(orders.sum()), whole, low, high, level, looked
    )


def look_back(analysis: Analysis) -> Looked | None:
    """The prediction of the latest past day of which the longest horizon is known; None where the history is too short."""
    for horizon, before in _LOOKS_BACK:
        cut = analysis.as_of - timedelta(days=horizon)
        if (cut - analysis.coverage.first).days < before:
            continue
        totals = totals_until(analysis, cut)
        summary = after_refunds(purchases_until(analysis, cut), totals)
        models = fit_models(summary)
        if len(summary) < _FEWEST or models.purchase is None or models.spend is None:
            continue
        _, expected = _of_each(summary, models.purchase, models.spend, horizon)
        later = totals_until(analysis, analysis.as_of)
        place = np.searchsorted(later.customer, totals.customer)
        actual = later.revenue[place] - totals.revenue
        if expected.sum() <= 0:
            continue
        away = float(np.sqrt(np.square(actual - expected - (actual - expected).mean()).sum()))
        return Looked(cut, horizon, len(summary), float(expected.sum()), float(actual.sum()), away)
    return None


def _of_each(
    summary: PurchaseSummary, model: PurchaseModel, spend: GammaGamma, horizon_days: int
) -> tuple[Floats, Floats]:
    """Orders and revenue expected of each customer."""
    orders = model.expected_purchases(summary, horizon_days / model.unit_days)
    return orders, orders * spend.expected_value(summary)


def _by_parameters(
    summary: PurchaseSummary, model: PurchaseModel, spend: GammaGamma, horizon_days: int, seed: int
) -> Floats:
    """The sum for each of some sets of parameters that might be the right ones as well."""
    rows: Rows = model.rows(summary)[0]
    worth = np.bincount(rows.inverse, spend.expected_value(summary), len(rows))
    horizon = np.array([horizon_days / model.unit_days])
    found = []
    for theta in parameter_sets(model, rows, np.random.default_rng(seed)):
        ahead = model.expected_if_alive(model.alive_pairs(rows, theta), horizon)
        found.append(float(worth @ (model.alive_at_end(rows, theta) * ahead[rows.by_x_age.index])))
    return np.array(found)
