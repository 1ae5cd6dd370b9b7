"""The sums behind the bridge: order documents by reason, payment state and currency, and refund documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import JUDGED, in_reporting_currency
from regulars.metrics.refunded import JUDGED_REFUNDS

_PARTS = ("goods", "tax", "shipping", "adjustments")


@dataclass(frozen=True)
class DocumentSums:
    """Order documents of one kind. `original` in their own currency, the rest in the reporting currency.

    `other` is what a document's total has beyond its parts. `unconverted`: documents without an exchange rate.
    """

    reason: str | None
    payment_state: str | None
    currency: str | None
    orders: int
    original: Decimal
    total: Decimal
    tax: Decimal
    shipping: Decimal
    adjustments: Decimal
    other: Decimal
    revenue: Decimal
    unconverted: int


@dataclass(frozen=True)
class RefundSums:
    """Refund documents in full (with tax and shipping) by the reason why they do not count (None: they do), and the
    parts of those that count that lower revenue; all positive."""

    amounts: Mapping[str | None, Decimal]
    attributed: Decimal
    unattributed: Decimal
    unconverted: int


def order_documents(*, converted: bool) -> ir.Table:
    """By `reason`, `payment_state`, `currency`: the sums of `DocumentSums`. A missing total is the sum of the parts."""
    # A zero of the amounts' own type: any other would make the sums of every order wider numbers.
    nothing = ibis.literal(Decimal(0), "decimal(18, 4)")
    filled = JUDGED.mutate(**{name: JUDGED[name].fill_null(nothing) for name in _PARTS})
    parts = filled.goods + filled.tax + filled.shipping + filled.adjustments
    filled = filled.mutate(total=ibis.coalesce(filled.total, parts.cast("decimal(18, 4)")))
    priced = filled.mutate(original=filled.total, other=(filled.total - parts).cast("decimal(18, 4)"))
    table = in_reporting_currency(priced, ("total", "tax", "shipping", "adjustments", "other"), converted)
    names = ("original", "total", "tax", "shipping", "adjustments", "other", "revenue")
    return table.group_by("reason", "payment_state", "currency").agg(
        orders=table.count(),
        **{name: table[name].sum() for name in names},
        unconverted=table.total.isnull().cast("int64").sum(),
    )


def refund_documents() -> ir.Table:
    """Refund documents by `reason`: `n`, `amount` in full, what they take from revenue, those without a rate."""
    table, nothing = JUDGED_REFUNDS, ibis.literal(Decimal(0), "decimal(18, 4)")
    return table.group_by("reason").agg(
        n=table.count(),
        amount=table.amount.sum(),
        attributed=ibis.ifelse(table.attributed, table.revenue, nothing).sum(),
        unattributed=ibis.ifelse(table.attributed, nothing, table.revenue).sum(),
        unconverted=table.amount.isnull().cast("int64").sum(),
    )


def read_documents(analysis: Analysis) -> list[DocumentSums]:
    """The order documents of an analysis, one record a kind."""
    rows = analysis.run(order_documents(converted=analysis.converted)).to_pylist()
    return [DocumentSums(**{name: _filled(name, value) for name, value in row.items()}) for row in rows]


def read_refunds(analysis: Analysis) -> RefundSums:
    """The refund documents of an analysis and what they take from revenue."""
    rows = {row["reason"]: row for row in analysis.run(refund_documents()).to_pylist()}
    zero = Decimal(0)
    counted = rows.get(None, {})
    return RefundSums(
        amounts={reason: row["amount"] or zero for reason, row in rows.items()},
        attributed=counted.get("attributed") or zero,
        unattributed=counted.get("unattributed") or zero,
        unconverted=counted.get("unconverted", 0),
    )


def _filled(name: str, value: Any) -> Any:
    """A sum of nothing is 0; a missing reason, state or currency stays missing."""
    return Decimal(0) if value is None and name not in ("reason", "payment_state", "currency") else value
