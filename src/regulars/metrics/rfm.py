"""RFM: recency, frequency and monetary value scored 1-5 from cut points on the value, and the usual named groups.

The cut points are the values that at least 20, 40, 60 and 80 % of customers do not exceed (nearest rank), so customers with
equal values have equal scores, and fifths can differ in size where many share a value. Recency is turned round: fewer
days score higher. Groups come from the recency score and the mean of the other two, rounded half up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.asked import Answered, heard
from regulars.metrics.rfm_scores import GROUPS, CutPoints, group_of, read_cuts, scored, values
from regulars.metrics.tabular import arrow_of

__all__ = ["CutPoints", "Rfm", "RfmCell", "RfmGroup", "RfmMove", "rfm", "rfm_customers", "rfm_movement"]


@dataclass(frozen=True)
class RfmGroup:
    """One named group. `revenue` is after refunds; `average_order_value` before, as AOV is; shares are 0..1."""

    slug: str
    name: str
    customers: int
    customer_share: Decimal | None
    orders: int
    revenue: Decimal
    revenue_share: Decimal | None
    average_order_value: Decimal | None
    mean_recency_days: Decimal | None
    mean_orders: Decimal | None


@dataclass(frozen=True)
class RfmCell:
    """Customers with these three scores. `gross` is revenue before refunds, `recency_days` the sum over customers."""

    r: int
    f: int
    m: int
    group: str
    customers: int
    orders: int
    revenue: Decimal
    gross: Decimal
    recency_days: int


@dataclass(frozen=True)
class Rfm(Answered):
    """RFM as of a day: cut points, the named groups (best first, also the empty ones), the cells that occur."""

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


@heard
def rfm(analysis: Analysis, as_of: date | None = None) -> Rfm:
    """RFM of everyone with a counted order before `as_of` (default: the analysis's day; never after it)."""
    day = _day(analysis, as_of)
    cuts = read_cuts(analysis, day)
    cells = tuple(_cells(analysis, day, cuts))
    return Rfm(
        as_of=day,
        cuts=cuts,
        groups=tuple(_group(slug, name, cells) for slug, name in GROUPS),
        cells=cells,
        customers=sum(cell.customers for cell in cells),
        currency=analysis.definitions.currency,
        definitions=analysis.definitions.digest(),
        lake_version=analysis.lake_version,
    )


def rfm_customers(analysis: Analysis, as_of: date | None = None) -> ir.Table:
    """One row a customer: `customer`, `recency_days`, `orders`, `gross`, `revenue`, `r`, `f`, `m` (1-5), `rfm_group`.

    Reads the cut points first; the expression holds them as literals.
    """
    day = _day(analysis, as_of)
    return scored(values(analysis, day), read_cuts(analysis, day))


def rfm_movement(analysis: Analysis, earlier: date, later: date) -> tuple[RfmMove, ...]:
    """Who moved from group to group between two days, each day scored by its own cut points. Nobody drops out:
    who once ordered stays in one of the groups."""
    before = rfm_customers(analysis, earlier).select(known="customer", before="rfm_group")
    after = rfm_customers(analysis, later).select("customer", after="rfm_group")
    pairs = after.left_join(before, after.customer == before.known)
    moves = pairs.group_by("before", "after").agg(n=pairs.count())
    rows = analysis.run(moves).to_pylist()
    found = (RfmMove(row["before"], row["after"], row["n"]) for row in rows)
    return tuple(sorted(found, key=lambda move: (move.before or "", move.after)))


def _day(analysis: Analysis, as_of: date | None) -> date:
    analysis.prepare()
    return analysis.as_of if as_of is None else min(as_of, analysis.as_of)


def _cells(analysis: Analysis, day: date, cuts: CutPoints) -> list[RfmCell]:
    table = scored(values(analysis, day), cuts)
    grouped = table.group_by("r", "f", "m").agg(
        customers=table.count(),
        orders=table.orders.sum(),
        revenue=table.revenue.sum(),
        gross=table.gross.sum(),
        recency_days=table.recency_days.sum(),
    )
    rows = analysis.run(grouped.order_by(ibis.desc("r"), ibis.desc("f"), ibis.desc("m"))).to_pylist()
    return [RfmCell(group=group_of(row["r"], row["f"], row["m"]), **row) for row in rows]


def _group(slug: str, name: str, cells: tuple[RfmCell, ...]) -> RfmGroup:
    own = [cell for cell in cells if cell.group == slug]
    customers, orders = sum(cell.customers for cell in own), sum(cell.orders for cell in own)
    revenue = sum((cell.revenue for cell in own), Decimal(0))
    everything = sum((cell.revenue for cell in cells), Decimal(0))
    return RfmGroup(
        slug=slug,
        name=name,
        customers=customers,
        customer_share=_quotient(customers, sum(cell.customers for cell in cells)),
        orders=orders,
        revenue=revenue,
        revenue_share=_quotient(revenue, everything),
        average_order_value=_quotient(sum((cell.gross for cell in own), Decimal(0)), orders),
        mean_recency_days=_quotient(sum(cell.recency_days for cell in own), customers),
        mean_orders=_quotient(orders, customers),
    )


def _quotient(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None
