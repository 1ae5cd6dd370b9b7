"""The sums behind the bridge: order documents by reason, payment state and currency, and refund documents."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from regulars.lake.tables import PAYMENTS
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import JUDGED, REFUNDS, in_reporting_currency

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
    """Refund documents in full (with tax and shipping), and the parts that lower revenue; all positive."""

    documents: int
    documents_amount: Decimal
    attributed: Decimal
    unattributed: Decimal
    unconverted: int


def order_documents(*, converted: bool) -> ir.Table:
    """By `reason`, `payment_state`, `currency`: the sums of `DocumentSums`. A missing total is the sum of the parts."""
    nothing = Decimal(0)
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


def refund_documents(*, converted: bool) -> ir.Table:
    """One row: `n`, `amount`, `unconverted` of all refunds and chargebacks in the facts."""
    payments = PAYMENTS.ibis.filter(PAYMENTS.ibis.kind.isin(["refund", "chargeback"]))
    zero = Decimal(0)
    parts = sum((payments[name].fill_null(zero) for name in _PARTS[1:]), payments.goods.fill_null(zero))
    amount = ibis.coalesce(payments.amount, parts.cast("decimal(18, 4)"))
    table = in_reporting_currency(payments.mutate(amount=amount), ("amount",), converted)
    return table.agg(
        n=table.count(), amount=table.amount.sum(), unconverted=table.amount.isnull().cast("int64").sum()
    )


def used_refunds() -> ir.Table:
    """One row: what refunds take from revenue, `attributed` to customers with a counted order before, and not."""
    nothing = ibis.literal(Decimal(0), "decimal(18, 4)")
    own = ibis.ifelse(REFUNDS.attributed, REFUNDS.revenue, nothing)
    foreign = ibis.ifelse(REFUNDS.attributed, nothing, REFUNDS.revenue)
    return REFUNDS.agg(attributed=own.sum(), unattributed=foreign.sum())


def read_documents(analysis: Analysis) -> list[DocumentSums]:
    """The order documents of an analysis, one record a kind."""
    rows = analysis.run(order_documents(converted=analysis.converted)).to_pylist()
    return [DocumentSums(**{name: _filled(name, value) for name, value in row.items()}) for row in rows]


def read_refunds(analysis: Analysis) -> RefundSums:
    """The refund documents of an analysis and what they take from revenue."""
    documents = analysis.run(refund_documents(converted=analysis.converted)).to_pylist()[0]
    used = analysis.run(used_refunds()).to_pylist()[0]
    zero = Decimal(0)
    return RefundSums(
        documents["n"], documents["amount"] or zero, used["attributed"] or zero, used["unattributed"] or zero,
        documents["unconverted"] or 0,
    )  # fmt: skip


def _filled(name: str, value: Any) -> Any:
    """A sum of nothing is 0; a missing reason, state or currency stays missing."""
    return Decimal(0) if value is None and name not in ("reason", "payment_state", "currency") else value
