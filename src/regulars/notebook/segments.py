"""A segment: who a rule finds, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.metrics import rfm_customers
from regulars.metrics.analysis import Analysis
from regulars.metrics.segments import explain_rule, segment_members
from regulars.metrics.sql import full_sql


@dataclass(frozen=True)
class Segment:
    """Customers for whom a rule is true. `revenue` is after refunds; shares are per cent of all customers who ordered."""

    rule: str
    words: str
    customers: int
    share: Decimal | None
    orders: int
    revenue: Decimal
    revenue_share: Decimal | None
    _analysis: Analysis
    _members: ir.Table

    def to_arrow(self) -> pa.Table:
        """One row a customer, by number: orders, revenue, days since the last order, RFM scores and group."""
        return self._analysis.run(self._members)

    def sql(self) -> str:
        """The SQL of the members, from the fact tables up."""
        return full_sql(self._members, self._analysis.plan.recipes(), self._analysis.engine.dialect)


def segment_of(analysis: Analysis, rule: str) -> Segment:
    """Find who matches. Raises RuleError that points at the word."""
    known = rfm_customers(analysis)
    matching = segment_members(analysis, rule).rename(member="customer")
    joined = matching.left_join(known, matching.member == known.customer)
    values = {name: joined[name] for name in known.columns if name != "customer"}
    members = joined.select(customer=joined.member, **values).order_by("customer")
    found = analysis.run(_sums(members)).to_pylist()[0]
    whole = analysis.run(_sums(known)).to_pylist()[0]
    return Segment(
        rule=rule,
        words=explain_rule(rule),
        customers=found["customers"],
        share=_percent(Decimal(found["customers"]), Decimal(whole["customers"])),
        orders=found["orders"],
        revenue=found["revenue"],
        revenue_share=_percent(found["revenue"], whole["revenue"]),
        _analysis=analysis,
        _members=members,
    )


def _sums(customers: ir.Table) -> ir.Table:
    nothing = ibis.literal(Decimal(0), "decimal(18, 4)")
    return customers.agg(
        customers=customers.count(),
        orders=customers.orders.sum().fill_null(0).cast("int64"),
        revenue=customers.revenue.sum().cast("decimal(18, 4)").fill_null(nothing),
    )


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole * 100 if whole else None
