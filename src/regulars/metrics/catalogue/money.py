"""Orders and money: revenue, refunds, margin, K9, and K24 who the money comes from."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from regulars.lake.engines.primitives import bit_or, days_between, has_bit
from regulars.metrics.activity import activity_table, customers_by_period
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue.build import amount, known_margin, less, margin_remark, total
from regulars.metrics.catalogue.families import REFUNDED, SALES, Bit
from regulars.metrics.counted import CUSTOMER_BASE
from regulars.metrics.daily import in_periods, order_sums
from regulars.metrics.dimensions import By
from regulars.metrics.figures import Family, Figure, Sums
from regulars.metrics.plan import Plan

KINDS = ("new", "returning", "loyal")


def _by_kind(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    """Revenue and margin of the period's new, returning and loyal customers, side by side."""
    parts = []
    masks = activity_table(calendar).rename(member="customer")
    days = calendar.days
    orders = by.orders()
    for chunk in calendar.chunks:
        k = chunk.index
        wanted = [masks["member"], masks[f"new_{k}"], masks[f"again_{k}"]]
        buyers = masks.select(*wanted)
        placed = orders.join(buyers, orders.customer == buyers.member)
        placed = placed.select("local_day", "revenue", "margin", *by.names, f"new_{k}", f"again_{k}")
        joined = placed.join(days, placed.local_day == days.day)
        within = joined[f"within_{k}"] & ibis.literal(chunk.within, "int64")
        # Few distinct values: bits of the day's periods, of those in which the buyer is new, or has ordered again.
        marked = joined.select(
            "revenue",
            "margin",
            *by.names,
            within=within,
            fresh=within & joined[f"new_{k}"],
            often=within & joined[f"again_{k}"],
        )
        alike = marked.group_by(["within", "fresh", "often", *by.names]).agg(
            revenue=marked.revenue.sum(),
            margin=ibis.coalesce(marked.margin.sum(), 0).cast("decimal(38, 4)"),
            unknown=marked.margin.isnull().cast("int64").sum(),
            orders=marked.count(),
        )
        spans = calendar.spans.filter(calendar.spans.chunk == k)
        pairs = alike.cross_join(spans)
        pairs = pairs.filter(has_bit(pairs.within, pairs.within_bit))
        fresh, often = has_bit(pairs.fresh, pairs.within_bit), has_bit(pairs.often, pairs.within_bit)
        conditions = {"new": fresh, "returning": ~fresh & ~often, "loyal": ~fresh & often}
        sums: dict[str, ir.Scalar] = {
            "kind_revenue": pairs.revenue.sum(),
            "kind_orders": pairs.orders.sum().cast("int64"),
            "kind_unknown": pairs.unknown.sum().cast("int64"),
        }
        for kind, condition in conditions.items():
            for column in ("revenue", "margin"):
                found = ibis.coalesce(pairs[column].sum(where=condition), 0)
                sums[f"{column}_{kind}"] = found.cast("decimal(38, 4)")
        parts.append(pairs.group_by(["period", *by.names]).agg(**sums))
    return ibis.union(*parts)


def with_tenure(table: ir.Table) -> ir.Table:
    """Orders with `tenure`: time since the customer's first order, in bands."""
    base = CUSTOMER_BASE.select(tenured="customer", began="first_day")
    joined = table.join(base, table.customer == base.tenured)
    days = days_between(joined.local_day, joined.began)
    band = ibis.cases(
        (days < 91, "1: first 3 months"),
        (days < 365, "2: to the end of year 1"),
        (days < 730, "3: year 2"),
        (days < 1095, "4: year 3"),
        else_="5: later",
    )
    return joined.select(*(table[name] for name in table.columns), tenure=band)


def _tenure_revenue(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    orders = by.orders().select("customer", "local_day", "revenue", "margin", *by.names)
    orders = with_tenure(orders)
    sums = order_sums(orders, "tenure_orders", "tenure_revenue", "tenure_margin")
    return in_periods(orders, calendar, (*by.names, "tenure"), sums)


def _tenure_customers(plan: Plan, calendar: Calendar, by: By) -> ir.Table:
    orders = with_tenure(by.orders().select("customer", "local_day", *by.names))
    days = calendar.days
    kinds = {f"within_{chunk.index}": days[f"within_{chunk.index}"] for chunk in calendar.chunks}
    joined = orders.join(days, orders.local_day == days.day)
    keys = ["customer", *by.names, "tenure"]
    masks = joined.group_by(keys).agg(**{name: bit_or(mask) for name, mask in kinds.items()})

    def states(bit: Bit, spans: ir.Table) -> dict[str, ir.BooleanValue]:
        return {"tenure_customers": bit("within", spans.within_bit)}

    return customers_by_period(masks, calendar, (*by.names, "tenure"), ("within",), states)


BY_KIND = Family("revenue_by_kind", "orders", _by_kind, adds_up=True)
TENURE_REVENUE = Family("tenure_revenue", "orders", _tenure_revenue, own=("tenure",), adds_up=True)
TENURE_CUSTOMERS = Family("tenure_customers", "orders", _tenure_customers, own=("tenure",), overlaps=True)

_KIND_WORDS = {
    "new": "customers whose first counted order lies in the period",
    "returning": "customers who had ordered before the period and ordered once in it",
    "loyal": "customers who had ordered before the period and ordered twice or more in it",
}


def _of_kind(kind: str) -> tuple[Figure, ...]:
    words, title = _KIND_WORDS[kind], f"{kind} customers"
    return (
        amount(
            f"revenue_{kind}_customers", "K24", f"Revenue from {title}",
            words=f"Revenue before refunds from {words}. New, returning and loyal add up to the revenue.",
            symbols=f"revenue in [s, e) of {title}", value=total(f"revenue_{kind}"), families=(BY_KIND,),
            unit="money", better="up",
        ),
        Figure(
            f"revenue_share_{kind}_customers", "K24", f"Share of revenue from {title}",
            f"Share of the revenue before refunds that comes from {words}.",
            f"revenue in [s, e) of {title} / revenue x 100", "percent", "neither", (BY_KIND,),
            total(f"revenue_{kind}"), total("kind_revenue"), scale=100,
        ),
        amount(
            f"margin_{kind}_customers", "K24", f"Margin from {title}",
            words=f"Margin before refunds from {words}.", symbols=f"margin in [s, e) of {title}",
            value=known_margin(f"margin_{kind}", "kind_unknown"), families=(BY_KIND,), unit="money", better="up",
            remark=margin_remark("kind_unknown", "kind_orders"),
        ),
    )  # fmt: skip


def _undated(sums: Sums) -> str:
    n = sums.get("refunds_undated", 0)
    return f"Date unknown, counted on the day of their order: {n}." if n else ""


_SALES = (SALES,)
_BOTH = (SALES, REFUNDED)

FIGURES = (
    amount("orders", "K9", "Orders", words="Counted orders.", symbols="orders in [s, e)", value=total("orders"),
           families=_SALES, better="up", looks_back="period"),
    amount("revenue", "K9", "Revenue", words="Goods less discounts of counted orders, before refunds; without tax, "
           "shipping and adjustments unless the definitions include them.", symbols="sum of revenue in [s, e)",
           value=total("revenue"), families=_SALES, unit="money", better="up", looks_back="period"),
    amount("refunds", "K9", "Refunds", words="Refunds on their own day; those without an order of the customer before "
           "them included. Those of nobody are not, as orders of nobody are not.", symbols="sum of refunds in [s, e)", value=total("refunds"), families=(REFUNDED,),
           unit="money", better="down", looks_back="period", remark=_undated),
    amount("refunds_unattributed", "K9", "Refunds without an order",
           words="Refunds of customers with no counted order before them: in total revenue, in no cohort, customer "
           "value or customer count.", symbols="refunds in [s, e) without an earlier order",
           value=total("refunds_unattributed"), families=(REFUNDED,), unit="money", looks_back="period"),
    amount("revenue_net", "K9", "Revenue after refunds", words="Revenue less all refunds of the period.",
           symbols="revenue - refunds", value=less("revenue", "refunds"), families=_BOTH, unit="money", better="up",
           looks_back="period"),
    amount("margin", "K24", "Margin", words="Goods less their cost where it is known, else revenue times the stated "
           "margin, before refunds. Unknown where that of any order is unknown.", symbols="sum of margin in [s, e)",
           value=known_margin("margin", "margin_unknown"), families=_SALES, unit="money", better="up",
           looks_back="period", remark=margin_remark("margin_unknown", "orders")),
    Figure("aov", "K9", "Average order value", "Revenue before refunds per counted order.", "revenue / orders",
           "money", "up", _SALES, total("revenue"), total("orders"), looks_back="period"),
    Figure("aov_net", "K9", "Average order value after refunds", "Revenue after refunds per counted order.",
           "(revenue - refunds) / orders", "money", "up", _BOTH, less("revenue", "refunds"), total("orders"),
           looks_back="period"),
    *(figure for kind in KINDS for figure in _of_kind(kind)),
    Figure("spend_by_tenure", "K24", "Spend by tenure", "Revenue before refunds per buyer, by time since the buyer's "
           "first order on the day of the order.", "revenue / buyers, by tenure", "money", "up",
           (TENURE_REVENUE, TENURE_CUSTOMERS), total("tenure_revenue"), total("tenure_customers")),
    Figure("margin_by_tenure", "K24", "Margin by tenure", "Margin before refunds per buyer, by time since the buyer's "
           "first order on the day of the order.", "margin / buyers, by tenure", "money", "up",
           (TENURE_REVENUE, TENURE_CUSTOMERS), known_margin("tenure_margin", "tenure_margin_unknown"),
           total("tenure_customers"), remark=margin_remark("tenure_margin_unknown", "tenure_orders")),
)  # fmt: skip
