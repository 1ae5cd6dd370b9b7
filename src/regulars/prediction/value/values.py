"""Lifetime value of every customer: what was, what is expected, between which bounds, and when the next order is due.

Columns have the names that users know from Klaviyo (CONVENTIONS 10). Where no model can be fitted, what was is told, with
the reason and the share of customers who came back at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.prediction.history import PurchaseSummary, purchases_until
from regulars.prediction.purchase import (
    BgNbd,
    CannotFitError,
    GammaGamma,
    MbgNbd,
    ParetoNbd,
    PurchaseModel,
)
from regulars.prediction.value.outlook import Outlook, Terms, outlook
from regulars.prediction.value.totals import Totals, totals_until

Floats = npt.NDArray[np.float64]
DEPENDENT = (
    0.3  # a correlation of frequency and value beyond which the Gamma-Gamma model is not to be trusted
)


@dataclass(frozen=True)
class Models:
    """The models that serve; None where none can be fitted, with the reasons in words."""

    purchase: PurchaseModel | None
    spend: GammaGamma | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class CustomerValues:
    """Lifetime values as of the day `cut`.

    `table`, one row a customer: `customer`; `historic_number_of_orders`, `historic_clv` (revenue after refunds),
    `average_order_value` (before refunds), `average_days_between_orders` (null for who bought once);
    `predicted_number_of_orders` and `predicted_clv` within the horizon, `predicted_clv_low` and `_high`, `residual_clv`
    (for ever), `total_clv` (historic + predicted), `expected_date_of_next_order` (null where half of such customers do
    not order within two years), `probability_alive`, `probability_of_purchase`; `historic_margin` and
    `predicted_margin`, with `margin_from` ('given', 'own orders', 'all orders'). An order is a day with orders where it
    is predicted. Predicted money is discounted and after refunds (see `after_refunds`). Null: not known.
    `reasons` says what could not be done and why, `came_back` is the share of customers with a second transaction.
    """

    table: pa.Table
    cut: date
    terms: Terms
    models: Models
    came_back: float | None
    reasons: tuple[str, ...]


def fit_models(summary: PurchaseSummary) -> Models:
    """The purchase model with the highest likelihood of three with four parameters each, and the Gamma-Gamma.

    Nothing is raised for data that do not allow it.
    """
    reasons: list[str] = []
    purchase: PurchaseModel | None = None
    spend: GammaGamma | None = None
    try:
        fits: list[PurchaseModel] = [kind.fit(summary) for kind in (BgNbd, MbgNbd, ParetoNbd)]
        purchase = max(fits, key=lambda one: one.log_likelihood)
    except CannotFitError as error:
        reasons.append(error.what)
    try:
        spend = GammaGamma.fit(summary) if summary.value is not None else None
    except CannotFitError as error:
        reasons.append(error.what)
    return Models(purchase, spend, tuple(reasons))


def customer_values(
    analysis: Analysis,
    day: date,
    *,
    models: Models | None = None,
    terms: Terms | None = None,
    margin_share: float | None = None,
    seed: int,
) -> CustomerValues:
    """Lifetime values of everyone with a counted order before `day`; models are fitted unless they are given.

    `margin_share` (0..1) stands for the margins of orders where given; else those of counted orders are used.
    """
    cut = min(day, analysis.as_of)
    summary = purchases_until(analysis, cut)
    return values_of(
        summary,
        totals_until(analysis, cut),
        cut,
        models=models,
        terms=terms,
        margin_share=margin_share,
        seed=seed,
    )


def values_of(
    summary: PurchaseSummary,
    totals: Totals,
    cut: date,
    *,
    models: Models | None = None,
    terms: Terms | None = None,
    margin_share: float | None = None,
    seed: int,
) -> CustomerValues:
    """The same from a summary and totals of the same customers in the same order (else InputError).

    `models` that are given should be fitted to `after_refunds(summary, totals)`.
    """
    if not np.array_equal(summary.customer, totals.customer):
        raise InputError("Summary and totals are of other customers, or in another order.")
    if margin_share is not None and not -1 <= margin_share <= 1:
        raise InputError(
            f"A margin share of {margin_share} is none.", do="Give 0.4 for 40 per cent of revenue."
        )
    summary = after_refunds(summary, totals)
    terms, models = terms or Terms(), models or fit_models(summary)
    reasons = list(models.reasons)
    ahead = None
    if models.purchase is not None:
        ahead = outlook(summary, models.purchase, models.spend, terms, seed=seed)
    if models.spend is not None and abs(models.spend.correlation or 0.0) > DEPENDENT:
        reasons.append(
            f"Frequency and value go together (correlation {models.spend.correlation:.2f}), which the model of "
            "spending takes not to be so: values of frequent customers may be off."
        )
    columns = _historic(summary, totals) | _predicted(ahead, totals, cut)
    columns |= _margins(totals, columns, margin_share)
    came_back = float((summary.repeats > 0).mean()) if len(summary) else None
    return CustomerValues(pa.table(columns), cut, terms, models, came_back, tuple(reasons))


def after_refunds(summary: PurchaseSummary, totals: Totals) -> PurchaseSummary:
    """The summary with each customer's mean value less the share of the customer's revenue that was refunded.

    An order that was given back would else be expected again: a refund seldom says of which order it is.
    """
    if summary.value is None:
        return summary
    none = np.zeros_like(totals.gross)
    kept = np.divide(totals.revenue, totals.gross, out=none, where=totals.gross > 0)
    return replace(summary, value=summary.value * np.clip(kept, 0.0, 1.0))


def _historic(summary: PurchaseSummary, totals: Totals) -> dict[str, pa.Array]:
    days = summary.recency * summary.unit_days
    gaps = np.divide(days, summary.repeats, out=np.full(len(summary), np.nan), where=summary.repeats > 0)
    mean = np.divide(totals.gross, totals.orders, out=np.full(len(summary), np.nan), where=totals.orders > 0)
    return {
        "customer": pa.array(summary.customer),
        "historic_number_of_orders": pa.array(totals.orders.astype(np.int64)),
        "historic_clv": _nullable(totals.revenue),
        "average_order_value": _nullable(mean),
        "average_days_between_orders": _nullable(gaps),
    }


def _predicted(ahead: Outlook | None, totals: Totals, cut: date) -> dict[str, pa.Array]:
    if ahead is None:
        ahead = Outlook(*([np.full(len(totals.customer), np.nan)] * 9))
    predicted = ahead.discounted * ahead.value
    # The first day of the horizon is the cut; T is the day before it.
    due = (cut - timedelta(days=1) - date(1970, 1, 1)).days + np.ceil(ahead.due_days)
    known = np.isfinite(due)
    due_day = pa.array(np.where(known, due, 0).astype(np.int32), pa.int32(), mask=~known).cast(pa.date32())
    return {
        "predicted_number_of_orders": _nullable(ahead.orders),
        "predicted_clv": _nullable(predicted),
        "predicted_clv_low": _nullable(ahead.low),
        "predicted_clv_high": _nullable(ahead.high),
        "residual_clv": _nullable(ahead.residual * ahead.value),
        "total_clv": _nullable(totals.revenue + predicted),
        "expected_date_of_next_order": due_day,
        "probability_alive": _nullable(ahead.alive),
        "probability_of_purchase": _nullable(ahead.buys),
    }


def _margins(totals: Totals, columns: dict[str, pa.Array], given: float | None) -> dict[str, pa.Array]:
    size = len(totals.customer)
    if given is not None:
        historic, share = totals.revenue * given, np.full(size, given)
        source = np.full(size, "given", dtype=object)
    else:
        pooled = totals.margin_share
        own = np.isfinite(totals.margin) & (totals.gross > 0)
        of_own = np.divide(totals.margin, totals.gross, out=np.full(size, np.nan), where=own)
        share = np.where(own, of_own, np.nan if pooled is None else pooled)
        historic = totals.margin
        source = np.full(size, None if pooled is None else "all orders", dtype=object)
        source[own] = "own orders"
    predicted = columns["predicted_clv"].to_numpy(zero_copy_only=False) * share
    return {
        "historic_margin": _nullable(historic),
        "predicted_margin": _nullable(predicted),
        "margin_from": pa.array(source, pa.string()),
    }


def _nullable(column: Floats) -> pa.Array:
    return pa.array(column, mask=~np.isfinite(column))
