"""What each customer is worth at each boundary: the ground of K3 and K4.

Without contract that is the revenue in the activity window before the boundary, refunds taken off on their own day; with
contract the recurring amount a month. One wide row a customer, one pass over the orders, whatever the periods are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.small import small_table
from regulars.metrics import contract
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue.families import presence_masks
from regulars.metrics.counted import CORE
from regulars.metrics.plan import Plan, Recipe, Recipes
from regulars.metrics.refunded import REFUNDS

# Sums held at once for every customer; more would cost memory and save little time.
WIDEST = 26

MONEY = ibis.table(
    {"customer": "int64", "local_day": "date", "amount": "decimal(18, 4)"}, name="customer_money"
)


@dataclass(frozen=True)
class Sheet:
    """Some periods of a calendar whose boundaries share one wide table."""

    name: str
    periods: tuple[int, ...]
    boundaries: tuple[date, ...]

    def column(self, boundary: date) -> str:
        return f"worth_{self.boundaries.index(boundary)}"


def sheets(calendar: Calendar) -> tuple[Sheet, ...]:
    """The calendar's periods in groups of at most `WIDEST` boundaries."""
    found: list[tuple[list[int], set[date]]] = []
    for position, period in enumerate(calendar.periods):
        edges = {period.start, period.end}
        if not found or len(found[-1][1] | edges) > WIDEST:
            found.append(([], set()))
        found[-1][0].append(position)
        found[-1][1].update(edges)
    return tuple(
        Sheet(f"standing_{k}_{calendar.name}", tuple(periods), tuple(sorted(edges)))
        for k, (periods, edges) in enumerate(found)
    )


def recipes(plan: Plan, calendar: Calendar) -> Recipes:
    """The money of customers by day, and the wide tables."""
    found = {"customer_money": Recipe("view", customer_money)}
    for sheet in sheets(calendar):
        found[sheet.name] = Recipe("table", lambda sheet=sheet: _standing(plan, calendar, sheet))  # type: ignore[misc]
    return found


def customer_money() -> ir.Table:
    """Orders as they are, attributed refunds negative."""
    refunds = REFUNDS.filter(REFUNDS.attributed)
    return ibis.union(
        CORE.select("customer", "local_day", amount="revenue"),
        refunds.select("customer", "local_day", amount=(-refunds.revenue).cast("decimal(18, 4)")),
    )


def table_of(plan: Plan, calendar: Calendar, sheet: Sheet) -> ir.Table:
    """A wide table as an unbound expression: `customer`, the worth at each boundary, the masks `at`."""
    worth = {sheet.column(t): "decimal(18, 4)" for t in sheet.boundaries}
    masks = {f"at_{chunk.index}": "int64" for chunk in calendar.chunks}
    return ibis.table({"customer": "int64", **worth, **masks}, name=sheet.name)


def _standing(plan: Plan, calendar: Calendar, sheet: Sheet) -> ir.Table:
    worth = (_contract_worth if plan.contract else _order_worth)(plan, sheet)
    masks = presence_masks(plan, calendar).select("customer", *(f"at_{c.index}" for c in calendar.chunks))
    joined = worth.join(
        masks.rename(member="customer"), worth.customer == masks.rename(member="customer").member
    )
    return joined.drop("member").select(*table_of(plan, calendar, sheet).columns)


def _order_worth(plan: Plan, sheet: Sheet) -> ir.Table:
    reach = timedelta(days=plan.window)
    first, last = sheet.boundaries[0] - reach, sheet.boundaries[-1]
    money = MONEY.filter((MONEY.local_day >= _day(first)) & (MONEY.local_day < _day(last)))
    sums = {
        sheet.column(t): _sum(
            money.amount, (money.local_day >= _day(t - reach)) & (money.local_day < _day(t))
        )
        for t in sheet.boundaries
    }
    return money.group_by("customer").agg(**sums)


def _contract_worth(plan: Plan, sheet: Sheet) -> ir.Table:
    rows = contract.STRETCHES
    sums = {
        sheet.column(t): _sum(
            rows.monthly,
            (rows.started_day < _day(t)) & (rows.ended_day.isnull() | (rows.ended_day >= _day(t))),
        )
        for t in sheet.boundaries
    }
    return rows.group_by("customer").agg(**sums)


def _sum(amount: ir.DecimalColumn, where: ir.BooleanValue) -> ir.DecimalScalar:
    return ibis.coalesce(amount.sum(where=where), 0).cast("decimal(18, 4)")


def _day(day: date) -> ir.DateScalar:
    return ibis.literal(day, "date")


def growth_days_name(calendar: Calendar) -> str:
    """Name of the table of days for K4."""
    return f"growth_days_{calendar.name}"


def growth_days(calendar: Calendar) -> pa.Table:
    """One row a day: bits of the start boundaries of the periods that contain it (`inside`), and of those in the equal
    number of days before whose start it lies (`prior`)."""
    first = min(period.start - timedelta(days=period.days) for period in calendar.periods)
    days = [first + timedelta(days=n) for n in range((calendar.last_day - first).days + 1)]
    columns: dict[str, Iterable[int]] = {}
    for chunk in calendar.chunks:
        place = {t: 1 << bit for bit, t in enumerate(chunk.boundaries)}
        inside, prior = dict.fromkeys(days, 0), dict.fromkeys(days, 0)
        for _, period in chunk.periods:
            for n in range(period.days):
                inside[period.start + timedelta(days=n)] |= place[period.start]
                prior[period.start - timedelta(days=n + 1)] |= place[period.start]
        columns[f"inside_{chunk.index}"] = inside.values()
        columns[f"prior_{chunk.index}"] = prior.values()
    schema = pa.schema([("day", pa.date32()), *((name, pa.int64()) for name in columns)])
    return small_table(schema, zip(days, *columns.values(), strict=True))


def growth_days_table(calendar: Calendar) -> ir.Table:
    """The table of days as an unbound expression."""
    kinds = ("inside", "prior")
    masks = {f"{kind}_{chunk.index}": "int64" for chunk in calendar.chunks for kind in kinds}
    return ibis.table({"day": "date", **masks}, name=growth_days_name(calendar))
