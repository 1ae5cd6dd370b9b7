"""A page of customers by rule, cohort cell, figure, market: numbers and sums, never contacts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.segments import STANDARD, Registry, segment_members
from regulars.platform.core.api import Reach
from regulars.platform.insights.behind import Behind, customers_of
from regulars.platform.insights.listing import LISTING, NAME
from regulars.platform.insights.look_up import rows_of
from regulars.platform.insights.predictions_tables import PREDICTIONS

Sort = Literal["revenue", "orders", "last_order", "first_order", "average_order_value", "risk", "value"]
SORTS: dict[Sort, str] = {
    "revenue": "revenue",
    "orders": "orders",
    "last_order": "last_day",
    "first_order": "first_day",
    "average_order_value": "average_order_value",
    "risk": "risk",
    "value": "value",
}
_PREDICTED = ("risk", "value")
EVERYWHERE = Reach()


@dataclass(frozen=True)
class Member:
    """One customer in a list. `revenue` after refunds, `average_order_value` before, in the reporting currency; `gap`:
    mean days between order days, None with one; days since the last order are counted to the snapshot's day. `risk` (0..1) to be
    lost and `value`, the revenue expected, are None where nothing is predicted."""

    customer: int
    orders: int
    revenue: Decimal
    average_order_value: Decimal | None
    first_day: date | None
    last_day: date | None
    gap: float | None
    market: str | None
    country: str | None
    channel: str | None
    rfm_group: str | None
    risk: float | None = None
    value: Decimal | None = None


@dataclass(frozen=True)
class Members:
    """A page of them, and what all together are. `after` begins the next page; None: this is the last.

    `risk` (mean) and `value` (sum) of those who are predicted: of lists by rule, group or number; None where nothing is.
    """

    page: tuple[Member, ...]
    customers: int
    orders: int
    revenue: Decimal
    currency: str | None
    as_of: date
    after: int | None
    risk: float | None = None
    value: Decimal | None = None


def chosen(
    analysis: Analysis,
    *,
    rule: str | None = None,
    behind: Behind | None = None,
    market: str | None = None,
    reach: Reach = EVERYWHERE,
    registry: Registry = STANDARD,
) -> ir.Table:
    """The rows of LISTING that are asked for, an expression for `analysis.run`. Raises RuleError for a mistake."""
    found = LISTING
    if rule and rule.strip():
        found = found.semi_join(segment_members(analysis, rule, registry=registry), "customer")
    if behind is not None:
        found = found.semi_join(customers_of(analysis, behind), "customer")
    if market is not None:
        found = found.filter(found.market == market)
    if reach.markets is not None:
        found = found.filter(found.market.isin(sorted(reach.markets)))
    return found


def members_page(
    analysis: Analysis,
    *,
    rule: str | None = None,
    behind: Behind | None = None,
    market: str | None = None,
    reach: Reach = EVERYWHERE,
    sort: Sort = "revenue",
    ascending: bool = False,
    after: int = 0,
    limit: int = 50,
    registry: Registry = STANDARD,
) -> Members:
    """The page from the `after`-th customer on, by `sort` (largest or latest first), equal ones by number."""
    found = chosen(analysis, rule=rule, behind=behind, market=market, reach=reach, registry=registry)
    first, narrowed = max(after, 0), bool(rule or behind)
    if narrowed:
        found = with_predictions(found)
    whole = {
        "n": found.count(),
        "all_orders": found.orders.sum(),
        "all_revenue": found.revenue.sum().cast("decimal(38, 4)"),
    }
    if narrowed:
        # In one query with the page: finding who they are costs more than all else.
        whole |= {"mean_risk": found.risk.mean(), "all_value": found.value.sum().cast("decimal(38, 4)")}
        page = found.mutate(**{name: sum_.over(ibis.window()) for name, sum_ in whole.items()})
        rows = analysis.run(_sorted(page, sort, ascending).limit(limit + 1, offset=first)).to_pylist()
        sums = rows[0] if rows else analysis.run(found.agg(**whole)).to_pylist()[0]
    else:
        sums = analysis.run(found.agg(**whole)).to_pylist()[0]
        found = with_predictions(found) if sort in _PREDICTED else found
        rows = analysis.run(_sorted(found, sort, ascending).limit(limit + 1, offset=first)).to_pylist()
    if rows and "risk" not in rows[0]:
        rows = _predicted(analysis, rows)
    return Members(
        page=tuple(_member(row) for row in rows[:limit]),
        customers=sums["n"],
        orders=sums["all_orders"] or 0,
        revenue=sums["all_revenue"] or Decimal(0),
        currency=analysis.definitions.currency,
        as_of=analysis.as_of,
        after=first + limit if len(rows) > limit else None,
        risk=sums.get("mean_risk"),
        value=sums.get("all_value"),
    )


def _sorted(found: ir.Table, sort: Sort, ascending: bool) -> ir.Table:
    """In the order asked for; what is not known stands last both ways, equal ones by number."""
    by = found[SORTS[sort]]
    return found.order_by([by.isnull(), by.asc() if ascending else by.desc(), found.customer])


def _among(table: ir.Table, numbers: list[int]) -> ir.BooleanValue:
    return table.customer.isin([ibis.literal(number, "int64") for number in numbers])


def with_predictions(found: ir.Table) -> ir.Table:
    """Rows of LISTING with `risk` and `value`, null where nothing is predicted."""
    known = PREDICTIONS.ibis
    known = known.select(predicted="customer", risk="churn_probability", value="predicted_clv")
    return found.left_join(known, found.customer == known.predicted).drop("predicted")


def _predicted(analysis: Analysis, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with what is predicted of each: a look-up of a page's customers, not of all."""
    known = PREDICTIONS.ibis.filter(_among(PREDICTIONS.ibis, [row["customer"] for row in rows]))
    known = known.select("customer", risk="churn_probability", value="predicted_clv")
    by_number = {row["customer"]: row for row in analysis.run(known).to_pylist()}
    return [row | by_number.get(row["customer"], {}) for row in rows]


def members_table(analysis: Analysis, **asked: Any) -> pa.Table:
    """All who are asked for, with what is predicted of them, as an Arrow table sorted by number; the arguments of `chosen`. For
    downloads and jobs."""
    found = with_predictions(chosen(analysis, **asked))
    return analysis.run(found.order_by(found.customer))


def listed(analysis: Analysis, customers: list[int]) -> dict[int, Member]:
    """These customers, by number."""
    rows = rows_of(analysis, NAME, LISTING.columns, customers)
    return {row["customer"]: _member(row) for row in rows}


def _member(row: dict[str, Any]) -> Member:
    return Member(**{field.name: row.get(field.name) for field in fields(Member)})  # type: ignore[arg-type]
