"""Data quality (D14): what in the data may mislead, each with its effect on orders, revenue and retention rate.

Addresses shared or relayed are found where customers are identified (sources); here is what facts alone show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import ibis.expr.types as ir
import pyarrow as pa

from regulars.kernel.periods import Period, rolling, shortest_at_least
from regulars.metrics.analysis import Analysis
from regulars.metrics.bridge_sums import DocumentSums, read_documents
from regulars.metrics.counted import CORE
from regulars.metrics.keeping import kept_over, last_year, stays
from regulars.metrics.quality_checks import (
    HOUSE_ORDERS,
    HOUSE_SHARE,
    LARGE,
    STALE_DAYS,
    absurd_amount,
    absurd_amounts,
    duplicates,
    house_accounts,
    house_orders,
    impossible_days,
)
from regulars.metrics.tabular import arrow_of

Code = Literal[
    "guests", "duplicates", "house_accounts", "impossible_days", "impossible_amounts", "stale_source"
]


@dataclass(frozen=True)
class Finding:
    """One check, also where it found nothing.

    `found`: how many of `what`; `orders`, `revenue`: those concerned, with their shares (0..1) of all order documents and
    of the revenue that counts (before refunds). `retention_with`: the rate as reported, per cent; `retention_without`:
    with these orders left out; None where leaving them out says nothing (guests are in no rate, a stale source lacks
    orders). `source`: for stale sources, which.
    """

    code: Code
    words: str
    what: Literal["orders", "customers", "days"]
    found: int
    orders: int
    order_share: Decimal | None
    revenue: Decimal | None
    revenue_share: Decimal | None
    retention_with: Decimal | None
    retention_without: Decimal | None
    source: str | None = None


@dataclass(frozen=True)
class Quality:
    """All checks. The retention rate is that of [start, end): the shortest standard period of at least W, up to the
    data's end."""

    findings: tuple[Finding, ...]
    period_start: date
    period_end: date
    currency: str | None
    definitions: str
    lake_version: int | None

    def to_arrow(self) -> pa.Table:
        return arrow_of(self.findings, Finding)


@dataclass(frozen=True)
class _Whole:
    """What shares are taken of."""

    orders: int
    revenue: Decimal
    counted: int
    start: int
    kept: int

    @property
    def retention(self) -> Decimal | None:
        return _rate(self.start, self.kept)


def quality(analysis: Analysis) -> Quality:
    """Run all checks."""
    analysis.prepare()
    end = min(analysis.coverage.last + timedelta(days=1), analysis.as_of)
    period = rolling(shortest_at_least(analysis.window), end, 1)[0]
    documents = read_documents(analysis)
    whole = _whole(analysis, documents, period)
    findings = (
        _guests(documents, whole),
        _duplicates(analysis, whole),
        _house_accounts(analysis, whole, period),
        _impossible_days(analysis, whole, period),
        _impossible_amounts(analysis, whole, period),
        *_stale(analysis, whole),
    )
    return Quality(
        findings=findings,
        period_start=period.start,
        period_end=period.end,
        currency=analysis.definitions.currency,
        definitions=analysis.definitions.digest(),
        lake_version=analysis.lake_version,
    )


def _whole(analysis: Analysis, documents: Sequence[DocumentSums], period: Period) -> _Whole:
    counted = [sums for sums in documents if sums.reason is None]
    if period == last_year(analysis):
        # What-if asks for the same year, so that the report computes it once.
        kept = kept_over(analysis, period)
        start, stayed = kept.start, kept.kept
    else:
        start, stayed = stays(analysis, period)
    return _Whole(
        orders=sum(sums.orders for sums in documents),
        revenue=sum((sums.revenue for sums in counted), Decimal(0)),
        counted=sum(sums.orders for sums in counted),
        start=start,
        kept=stayed,
    )


def _guests(documents: Sequence[DocumentSums], whole: _Whole) -> Finding:
    words = "Orders without an identified customer; they are in no figure about customers."
    nobody = [sums for sums in documents if sums.reason == "no_customer"]
    orders = sum(sums.orders for sums in nobody)
    row = {"found": orders, "orders": orders, "revenue": sum((s.revenue for s in nobody), Decimal(0))}
    return _finding("guests", words, "orders", row, whole, None)


def _duplicates(analysis: Analysis, whole: _Whole) -> Finding:
    words = "Further orders of one customer on one day for the same amount: perhaps the same order twice."
    # The first of them stays, on the same day: whoever was a customer remains one.
    return _finding("duplicates", words, "orders", _one(analysis, duplicates()), whole, whole.retention)


def _house_accounts(analysis: Analysis, whole: _Whole, period: Period) -> Finding:
    words = (
        f"Customers with {HOUSE_ORDERS} orders or more who ordered daily on average or hold over "
        f"{HOUSE_SHARE:%} of all orders: perhaps a till, a marketplace or a reseller."
    )
    accounts = house_accounts(whole.counted)
    row, without = _one(analysis, house_orders(accounts)), whole.retention
    if row["orders"]:
        # They leave with all their orders, so they can be counted alone, which is a small part of the work.
        start, kept = stays(analysis, period, CORE.semi_join(accounts, "customer"))
        without = _rate(whole.start - start, whole.kept - kept)
    return _finding("house_accounts", words, "customers", row, whole, without)


def _impossible_days(analysis: Analysis, whole: _Whole, period: Period) -> Finding:
    words = "Orders dated before 1995 or more than a year after the as-of day."
    row = _one(analysis, impossible_days(analysis.as_of))
    kept = CORE.filter(CORE.local_day >= date(1995, 1, 1))
    return _finding(
        "impossible_days", words, "orders", row, whole, _without(analysis, whole, period, kept, row)
    )


def _impossible_amounts(analysis: Analysis, whole: _Whole, period: Period) -> Finding:
    words = f"Orders of over {LARGE} times the amount that 99 of 100 orders do not exceed."
    limit = _one(analysis, absurd_amount())["limit"]
    row = {"found": 0, "orders": 0, "revenue": Decimal(0)}
    kept = CORE
    if limit is not None:
        row = _one(analysis, absurd_amounts(limit))
        kept = CORE.filter(CORE.revenue <= limit)
    without = _without(analysis, whole, period, kept, row)
    return _finding("impossible_amounts", words, "orders", row, whole, without)


def _stale(analysis: Analysis, whole: _Whole) -> list[Finding]:
    found = []
    for source in (source for source in analysis.coverage.sources if source.fact == "orders"):
        days = (analysis.as_of - timedelta(days=1) - source.last).days
        if days > STALE_DAYS:
            words = f"The data of '{source.source}' ends {days} days before the as-of day."
            found.append(
                Finding(
                    "stale_source",
                    words,
                    "days",
                    days,
                    0,
                    None,
                    None,
                    None,
                    whole.retention,
                    None,
                    source.source,
                )
            )
    return found


def _without(
    analysis: Analysis, whole: _Whole, period: Period, orders: ir.Table, row: dict[str, Any]
) -> Decimal | None:
    """The retention rate with these orders alone; the rate as reported where nothing was left out."""
    return _rate(*stays(analysis, period, orders)) if row["orders"] else whole.retention


def _rate(start: int, kept: int) -> Decimal | None:
    """Kept of the customers at the start, per cent."""
    return Decimal(kept) / start * 100 if start else None


def _finding(
    code: Code,
    words: str,
    what: Literal["orders", "customers", "days"],
    row: dict[str, Any],
    whole: _Whole,
    without: Decimal | None,
) -> Finding:
    orders, revenue = int(str(row["orders"])), _decimal(row["revenue"])
    return Finding(
        code=code,
        words=words,
        what=what,
        found=int(str(row["found"])),
        orders=orders,
        order_share=Decimal(orders) / whole.orders if whole.orders else None,
        revenue=revenue,
        revenue_share=revenue / whole.revenue if whole.revenue else None,
        retention_with=whole.retention,
        retention_without=without,
    )


def _one(analysis: Analysis, expression: ir.Table) -> dict[str, Any]:
    row: dict[str, Any] = analysis.run(expression).to_pylist()[0]
    return row


def _decimal(value: object) -> Decimal:
    return Decimal(str(value or 0))
