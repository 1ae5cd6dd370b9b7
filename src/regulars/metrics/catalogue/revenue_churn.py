"""Revenue that leaves with customers and revenue that grows with them: K3 and K4."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import has_bit
from regulars.metrics.calendar import Calendar, Chunk
from regulars.metrics.catalogue import standing
from regulars.metrics.catalogue.build import amount, less, total
from regulars.metrics.catalogue.families import presence_masks
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family, Figure
from regulars.metrics.plan import Plan, Recipe, Recipes

_MONEY = "decimal(38, 4)"


def _kept_revenue(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    parts = [_of_sheet(plan, calendar, by, sheet) for sheet in standing.sheets(calendar)]
    return ibis.union(*parts)


def _of_sheet(plan: Plan, calendar: Calendar, by: By, sheet: standing.Sheet) -> ir.Table:
    """All periods of a sheet in one pass over its customers, then one row a period."""
    table = by.attach(standing.table_of(plan, calendar, sheet), "customers")
    chunk_of = {position: chunk for chunk in calendar.chunks for position, _ in chunk.periods}
    sums: dict[str, ir.Scalar] = {}
    for position in sheet.periods:
        period, chunk = calendar.periods[position], chunk_of[position]
        bit = 1 << chunk.boundaries.index(period.start)
        there = has_bit(table[f"at_{chunk.index}"], ibis.literal(bit, "int64"))
        start, end = table[sheet.column(period.start)], table[sheet.column(period.end)]
        fallen = ibis.ifelse(start > end, start - end, ibis.literal(0, "decimal(18, 4)"))
        for name, value in (("start", start), ("end", end), ("fallen", fallen)):
            sums[f"{name}_{position}"] = ibis.coalesce(value.sum(where=there), 0).cast(_MONEY)
    wide = table.group_by(by.names).agg(**sums) if by.names else table.agg(**sums)
    spans = calendar.spans.filter(calendar.spans.period.isin(sheet.periods)).select("period")
    pairs = wide.cross_join(spans)

    def chosen(name: str) -> ir.Value:
        return ibis.cases(*((pairs.period == p, pairs[f"{name}_{p}"]) for p in sheet.periods))

    return pairs.select(
        "period", *by.names, revenue_start=chosen("start"), revenue_end=chosen("end"),
        revenue_fallen=chosen("fallen"),
    )  # fmt: skip


def _growth(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    parts = [_growth_of(plan, calendar, by, chunk) for chunk in calendar.chunks]
    return ibis.union(*parts)


def _growth_of(plan: Plan, calendar: Calendar, by: By, chunk: Chunk) -> ir.Table:
    """Money of the period's start customers, inside the period and in as many days before it."""
    k = chunk.index
    masks = presence_masks(plan, calendar).select(member="customer", at=f"at_{k}")
    days = standing.growth_days_table(calendar)
    money = by.attach(standing.MONEY, "customers")
    placed = money.join(masks, money.customer == masks.member).select("local_day", "amount", "at", *by.names)
    joined = placed.join(days, placed.local_day == days.day)
    marked = joined.select(
        "local_day",
        "amount",
        *by.names,
        inside=joined[f"inside_{k}"] & joined["at"],
        prior=joined[f"prior_{k}"] & joined["at"],
    )
    keys = ["local_day", "inside", "prior", *by.names]
    daily = marked.group_by(keys).agg(amount=marked.amount.sum().cast(_MONEY))
    spans = calendar.spans.filter(calendar.spans.chunk == k)
    pairs = daily.cross_join(spans)
    now = (
        has_bit(pairs.inside, pairs.start_bit)
        & (pairs.local_day >= pairs.period_start)
        & (pairs.local_day < pairs.period_end)
    )
    length = pairs.period_end.delta(pairs.period_start, unit="day")
    before = pairs.period_start.delta(pairs.local_day, unit="day")
    then = has_bit(pairs.prior, pairs.start_bit) & (before > 0) & (before <= length)
    return pairs.group_by(["period", *by.names]).agg(
        growth_now=ibis.coalesce(pairs.amount.sum(where=now), 0).cast(_MONEY),
        growth_before=ibis.coalesce(pairs.amount.sum(where=then), 0).cast(_MONEY),
    )


def _growth_recipes(plan: Plan, calendar: Calendar) -> Recipes:
    return {
        "customer_money": Recipe("view", standing.customer_money),
        standing.growth_days_name(calendar): Recipe("put", lambda: standing.growth_days(calendar)),
    }


KEPT_REVENUE = Family(
    "kept_revenue", "customers", _kept_revenue, needs=("presence",), recipes=standing.recipes, adds_up=True
)
GROWTH = Family(
    "growth", "customers", _growth, needs=("presence", "orders"), recipes=_growth_recipes, adds_up=True
)

_AT = (
    "Without contract a customer's revenue at a day is that of the activity window before it, refunds taken off on "
    "their own day; with contract it is the recurring amount a month."
)

FIGURES = (
    amount(
        "revenue_at_start", "K3", "Revenue at the start", words=f"Revenue of the customers at the start. {_AT}",
        symbols="sum of r(s) over customers at s", value=total("revenue_start"), families=(KEPT_REVENUE,),
        unit="money", better="up",
    ),
    amount(
        "revenue_at_end", "K3", "Revenue of the same customers at the end",
        words=f"Revenue at the end of those who were customers at the start. {_AT}",
        symbols="sum of r(e) over customers at s", value=total("revenue_end"), families=(KEPT_REVENUE,), unit="money",
        better="up",
    ),
    Figure(
        "revenue_churn_gross", "K3", "Revenue churn, gross",
        f"Revenue lost from the customers at the start, by leaving or by buying less, of their revenue at the start. {_AT}",
        "sum of max(0, r(s) - r(e)) / sum of r(s) x 100, over customers at s",
        "percent", "down", (KEPT_REVENUE,), total("revenue_fallen"), total("revenue_start"), scale=100,
    ),
    Figure(
        "revenue_churn_net", "K3", "Revenue churn, net",
        f"As gross revenue churn, less what the same customers buy more; below zero where that is more. {_AT}",
        "(sum of r(s) - sum of r(e)) / sum of r(s) x 100, over customers at s",
        "percent", "down", (KEPT_REVENUE,), less("revenue_start", "revenue_end"), total("revenue_start"), scale=100,
    ),
    Figure(
        "existing_customer_revenue_growth", "K4", "Revenue growth of existing customers",
        "Revenue in the period from the customers at its start, against theirs in as many days before it. Refunds are "
        "taken off on their own day.",
        "(revenue in [s, e) / revenue in [s - (e - s), s) - 1) x 100, over customers at s",
        "percent", "up", (GROWTH,), less("growth_now", "growth_before"), total("growth_before"), scale=100,
        looks_back="double",
    ),
)  # fmt: skip
