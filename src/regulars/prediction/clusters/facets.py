"""What each group buys, when, where and what it answers to, against the rest: shares, lift, intervals.

Each customer counts once: their own share first (of spending, of orders), then the mean over customers. So a few large
buyers do not speak for a group, and intervals follow from the spread between customers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from scipy.stats import norm

from regulars.lake.engines.passing import passing
from regulars.lake.tables import MESSAGES, PRODUCTS
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import COUNTED, CUSTOMER_BASE, with_aliases
from regulars.metrics.segments.events import event_rows

MOST_PRODUCTS = 100
SHOWN = 5
# Smaller shares are not shown: products are many.
_SMALLEST, _SMALLEST_PRODUCT = 0.02, 0.002
# From an analysis and the grouped customers to sums as `_sums` has them; None where the facts are not there.
_Ask = Callable[[Analysis, ir.Table], ir.Table | None]
_GROUPED = ibis.schema({"customer": "int64", "key": "int64"})


@dataclass(frozen=True)
class Difference:
    """One value of a facet in one group: the mean share over its customers (0..1), that over all others, `lift` (their quotient;
    None where nobody else has it), and the difference's interval, which holds for all values of the facet at once (95 %,
    Bonferroni). `customers`: those of the group who have the facet at all."""

    facet: str
    value: str
    customers: int
    share: float
    rest: float
    lift: float | None
    low: float
    high: float


def differences(analysis: Analysis, customers: pa.Array, keys: pa.Array) -> dict[int, tuple[Difference, ...]]:
    """By group key what differs from the rest beyond chance, per facet the five largest differences. Facets: `category` and
    `product` (shares of spending), `channel`, `month`, `weekday` (shares of orders), `market`, `country` (of customers),
    `response` (of customers who got a message: opened, clicked, unsubscribed; machines left out)."""
    analysis.prepare()
    rows = pa.table({"customer": customers, "key": keys}).cast(_GROUPED.to_pyarrow())
    found: dict[int, list[Difference]] = {}
    with passing(analysis.engine, "grouped_customers", rows) as grouped:
        for facet, ask in _FACETS.items():
            sums = ask(analysis, grouped)
            if sums is None:
                continue
            for key, shown in _compared(facet, analysis.engine.run(sums).to_pylist()).items():
                found.setdefault(key, []).extend(shown)
    return {key: tuple(rows) for key, rows in found.items()}


def _sums(rows: ir.Table, grouped: ir.Table) -> ir.Table:
    """From `customer`, `value`, `amount` (above 0): by group and value the sums of shares and of their squares; `members` of the
    group who have any."""
    each = rows.group_by("customer", "value").agg(amount=rows.amount.sum())
    share = each.mutate(share=each.amount / each.amount.sum().over(ibis.window(group_by="customer")))
    joined = share.join(grouped, "customer")
    members = joined.group_by(member_key="key").agg(members=joined.customer.nunique())
    by_value = joined.group_by("key", "value").agg(
        total=joined.share.sum(), squares=(joined.share * joined.share).sum()
    )
    return by_value.join(members, by_value.key == members.member_key).select(
        "key", "value", "total", "squares", "members"
    )


def _compared(facet: str, sums: list[dict[str, Any]]) -> dict[int, list[Difference]]:
    members = {row["key"]: row["members"] for row in sums}
    by_value: dict[str, dict[int, tuple[float, float]]] = {}
    for row in sums:
        if row["value"] is not None:
            by_value.setdefault(str(row["value"]), {})[row["key"]] = (row["total"], row["squares"])
    reach = float(norm.isf(0.025 / max(len(by_value), 1)))
    everyone = sum(members.values())
    found: dict[int, list[Difference]] = {}
    for key, count in members.items():
        rows = [
            _difference(facet, value, own, key, count, everyone, reach) for value, own in by_value.items()
        ]
        clear = [row for row in rows if row is not None and row.low * row.high > 0]
        clear.sort(key=lambda row: (-abs(row.share - row.rest), row.value))
        found[key] = clear[:SHOWN]
    return found


def _difference(
    facet: str,
    value: str,
    own: dict[int, tuple[float, float]],
    key: int,
    count: int,
    everyone: int,
    reach: float,
) -> Difference | None:
    others = everyone - count
    if count < 2 or others < 2:
        return None
    total, squares = own.get(key, (0.0, 0.0))
    rest_total = sum(pair[0] for pair in own.values()) - total
    rest_squares = sum(pair[1] for pair in own.values()) - squares
    share, rest = total / count, max(rest_total, 0.0) / others
    if max(share, rest) < (_SMALLEST_PRODUCT if facet == "product" else _SMALLEST):
        return None
    # A customer more who has nothing else and one who has none of it, in both (A. Agresti and B. Caffo, Am. Stat. 54, 2000):
    # where all of a group are alike, the interval is still one.
    middle, spread = _with_two(total, squares, count)
    rest_middle, rest_spread = _with_two(rest_total, rest_squares, others)
    width = reach * sqrt(spread + rest_spread)
    return Difference(
        facet,
        value,
        count,
        share,
        rest,
        share / rest if rest > 0 else None,
        max(middle - rest_middle - width, -1.0),
        min(middle - rest_middle + width, 1.0),
    )


def _with_two(total: float, squares: float, count: int) -> tuple[float, float]:
    """Mean of shares and its variance, with a share of 0 and one of 1 more."""
    middle = (total + 1) / (count + 2)
    return middle, max((squares + 1) / (count + 2) - middle**2, 0.0) / (count + 2)


def _categories(analysis: Analysis, grouped: ir.Table) -> ir.Table | None:
    lines = _goods(analysis)
    if lines is None:
        return None
    return _sums(
        lines.filter(lines.category.notnull()).select("customer", value="category", amount="amount"), grouped
    )


def _products(analysis: Analysis, grouped: ir.Table) -> ir.Table | None:
    """The largest products by name, else by code; the others stay in what shares are of."""
    lines = _goods(analysis)
    if lines is None:
        return None
    named = PRODUCTS.ibis.select(named_source="source", named_product="product", product_name="name")
    joined = lines.left_join(
        named, [lines.source == named.named_source, lines.product == named.named_product]
    )
    bought = joined.select("customer", "amount", value=ibis.coalesce(named.product_name, lines.product))
    bought = bought.filter(bought.value.notnull())
    sums = bought.group_by("value").agg(amount=bought.amount.sum())
    largest = sums.order_by(ibis.desc("amount"), "value").limit(MOST_PRODUCTS).select(large="value")
    marked = bought.left_join(largest, bought.value == largest.large)
    return _sums(marked.select("customer", value=marked.large, amount=marked.amount), grouped)


def _goods(analysis: Analysis) -> ir.Table | None:
    """Lines of goods in counted orders with an amount; None where no lines are given."""
    if "order_lines" not in analysis.facts_given:
        return None
    lines = event_rows(analysis, with_lines=True)
    lines = lines.mutate(amount=lines.worth.cast("float64"))
    return lines.filter(lines.amount > 0)


def _orders(value: Callable[[ir.Table], ir.Value]) -> _Ask:
    def rows(analysis: Analysis, grouped: ir.Table) -> ir.Table | None:
        table = COUNTED.select("customer", value=value(COUNTED).cast("string"), amount=ibis.literal(1.0))
        return _sums(table.filter(table.value.notnull()), grouped)

    return rows


def _home(column: str) -> _Ask:
    def rows(analysis: Analysis, grouped: ir.Table) -> ir.Table | None:
        table = CUSTOMER_BASE.select("customer", value=column, amount=ibis.literal(1.0))
        return _sums(table.filter(table.value.notnull()), grouped)

    return rows


def _responses(analysis: Analysis, grouped: ir.Table) -> ir.Table | None:
    """Sums as `_sums` has them: of customers who were sent a message, who ever did what."""
    if "messages" not in analysis.facts_given:
        return None
    facts = with_aliases(MESSAGES.ibis) if analysis.merged else MESSAGES.ibis
    own = facts.filter(facts.local_day < ibis.literal(analysis.as_of, "date")).join(grouped, "customer")
    sent = own.filter(own.kind == "sent").select("customer", "key").distinct()
    members = sent.group_by(member_key="key").agg(members=sent.count())
    human = own.filter(own.kind.isin(["opened", "clicked", "unsubscribed"]) & ~own.machine.fill_null(False))
    did = human.select("customer", "kind").distinct().rename(doer="customer")
    joined = sent.join(did, sent.customer == did.doer)
    by_value = joined.group_by("key", value="kind").agg(total=joined.count().cast("float64"))
    found = members.left_join(by_value, by_value.key == members.member_key)
    return found.select(
        key="member_key", value="value", total=found.total.fill_null(0.0), squares=found.total.fill_null(0.0),
        members="members",
    )  # fmt: skip


_FACETS: dict[str, _Ask] = {
    "category": _categories,
    "product": _products,
    "channel": _orders(lambda orders: orders.channel),
    "month": _orders(lambda orders: orders.local_day.month()),
    "weekday": _orders(lambda orders: orders.local_day.day_of_week.index()),
    "market": _home("market"),
    "country": _home("country"),
    "response": _responses,
}
