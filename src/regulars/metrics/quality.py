"""Data quality (D14): what in the data may mislead, each with its effect on orders, revenue and retention rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.tabular import arrow_of


@dataclass(frozen=True)
class Finding:
    """One check. `found`: how many orders (or customers, as `what` says); shares are of all orders, 0..1.

    `retention_with`, `retention_without`: the retention rate (per cent) as reported, and with these orders left out;
    None where leaving them out is not possible (guests are in no rate).
    """

    code: Literal[
        "guests", "duplicates", "house_accounts", "impossible_days", "impossible_amounts", "stale_source"
    ]
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
    """All checks, also those that found nothing, over the period [start, end) for the retention rate."""

    findings: tuple[Finding, ...]
    period_start: date
    period_end: date
    currency: str | None
    definitions: str
    lake_version: int | None

    def to_arrow(self) -> pa.Table:
        return arrow_of(self.findings, Finding)


def quality(analysis: Analysis) -> Quality:
    """Run all checks."""
    raise NotImplementedError
