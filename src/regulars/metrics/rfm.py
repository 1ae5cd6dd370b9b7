"""RFM: recency, frequency and monetary value scored 1-5 from cut points on the value, and the usual named groups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import ibis.expr.types as ir
import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.tabular import arrow_of


@dataclass(frozen=True)
class CutPoints:
    """Four cut points: a value at or under the first scores 1 (recency: 5), above the fourth 5 (recency: 1)."""

    recency: tuple[int, ...]  # days since the last order
    frequency: tuple[int, ...]  # orders
    monetary: tuple[Decimal, ...]  # revenue after refunds, reporting currency


@dataclass(frozen=True)
class RfmGroup:
    """One named group. `revenue` is after refunds; `average_order_value` before, as AOV is; shares are 0..1."""

    slug: str
    name: str
    customers: int
    customer_share: Decimal
    orders: int
    revenue: Decimal
    revenue_share: Decimal | None
    average_order_value: Decimal
    mean_recency_days: Decimal
    mean_orders: Decimal


@dataclass(frozen=True)
class RfmCell:
    """Customers with these three scores."""

    r: int
    f: int
    m: int
    group: str
    customers: int
    orders: int
    revenue: Decimal


@dataclass(frozen=True)
class Rfm:
    """RFM as of a day: cut points, the named groups (best first, also the empty ones), the 125 cells that occur."""

    as_of: date
    cuts: CutPoints
    groups: tuple[RfmGroup, ...]
    cells: tuple[RfmCell, ...]
    customers: int
    currency: str | None
    definitions: str
    lake_version: int | None

    def to_arrow(self) -> pa.Table:
        """The groups."""
        return arrow_of(self.groups, RfmGroup)


@dataclass(frozen=True)
class RfmMove:
    """Customers who were in one group and are in another; `before` None: had no counted order yet."""

    before: str | None
    after: str
    customers: int


def rfm(analysis: Analysis, as_of: date | None = None) -> Rfm:
    """RFM of everyone with a counted order before `as_of` (default: the analysis's day)."""
    raise NotImplementedError


def rfm_customers(analysis: Analysis, as_of: date | None = None) -> ir.Table:
    """One row a customer: `customer`, `recency_days`, `orders`, `revenue`, `r`, `f`, `m` (1-5), `rfm_group`."""
    raise NotImplementedError


def rfm_movement(analysis: Analysis, earlier: date, later: date) -> tuple[RfmMove, ...]:
    """Who moved from group to group between two days, each day scored by its own cut points."""
    raise NotImplementedError
