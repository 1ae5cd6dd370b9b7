"""What figures are split by. Each dimension says how it is attached to customers, orders, refunds, feedback and costs.

Customer figures use what holds for the customer (the home market); order and money figures use the order's own. Where a
customer or an order can stand in several rows the split is not additive, and says so.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import ibis
import ibis.expr.types as ir

from regulars.kernel.errors import InputError
from regulars.lake.tables import CUSTOMERS
from regulars.metrics.counted import CORE, COUNTED
from regulars.metrics.homes import HOMES
from regulars.metrics.parts import ORDER_PARTS, REFUND_PARTS
from regulars.metrics.refunded import REFUNDS

Scope = Literal["customers", "orders", "refunds", "feedback", "costs"]


@dataclass(frozen=True)
class Dimension:
    """`own`: the column that holds it, by scope; elsewhere it comes from `of_customers` (`customer`, `value`).

    `overlaps`: scopes in which one customer or order can stand in several rows. `parts`: whether orders and refunds
    have to be divided first (by category).
    """

    name: str
    words: str
    own: Mapping[Scope, str] = field(default_factory=dict)
    of_customers: Callable[[], ir.Table] | None = None
    overlaps: frozenset[Scope] = frozenset()
    parts: bool = False

    def supports(self, scope: Scope) -> bool:
        """Whether rows of this scope can be split by it."""
        return scope in self.own or (self.of_customers is not None and scope != "costs")

    def attach(self, table: ir.Table, scope: Scope) -> ir.Table:
        """The table with a column of the dimension's name; it must have `customer` where the column is not its own."""
        if scope in self.own:
            return table.mutate(**{self.name: table[self.own[scope]]})
        if self.of_customers is None:
            raise ValueError(f"{scope} cannot be split by {self.name}")
        values = self.of_customers().select(member="customer", member_value="value")
        kept = [table[name] for name in table.columns if name != self.name]
        joined = table.left_join(values, table.customer == values.member)
        return joined.select(*kept, **{self.name: values.member_value})


@dataclass(frozen=True)
class By:
    """A product of dimensions; none means the total."""

    dimensions: tuple[Dimension, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dimension.name for dimension in self.dimensions)

    def supports(self, scope: Scope) -> bool:
        return all(dimension.supports(scope) for dimension in self.dimensions)

    def additive(self, scope: Scope) -> bool:
        """Whether the rows of this scope add up to the total."""
        return all(scope not in dimension.overlaps for dimension in self.dimensions)

    def attach(self, table: ir.Table, scope: Scope) -> ir.Table:
        """The table with one column a dimension."""
        for dimension in self.dimensions:
            table = dimension.attach(table, scope)
        return table

    def orders(self) -> ir.Table:
        """Counted orders (their parts where one is split): `customer`, `local_day`, `revenue`, `margin`, the dimensions."""
        if not self.dimensions:
            return CORE
        divided = any(dimension.parts for dimension in self.dimensions)
        return self.attach(ORDER_PARTS if divided else COUNTED, "orders")

    def refunds(self) -> ir.Table:
        """Counted refunds (their parts): `customer`, `local_day`, `revenue`, `attributed`, the dimensions."""
        divided = any(dimension.parts for dimension in self.dimensions)
        return self.attach(REFUND_PARTS if divided else REFUNDS, "refunds")


def _home(column: str) -> Callable[[], ir.Table]:
    return lambda: HOMES.select("customer", value=HOMES[column])


def _cohort(label: Callable[[ir.DateColumn], ir.StringValue]) -> Callable[[], ir.Table]:
    return lambda: HOMES.select("customer", value=label(HOMES.first_day))


def _year(day: ir.DateColumn) -> ir.StringValue:
    return day.year().cast("string")


def _quarter(day: ir.DateColumn) -> ir.StringValue:
    return _year(day) + "-Q" + day.quarter().cast("string")


def _month(day: ir.DateColumn) -> ir.StringValue:
    return _year(day) + "-" + day.month().cast("string").lpad(2, "0")


def segment(table: str = "segment_members") -> Dimension:
    """Segments from a table `customer`, `segment` that the engine knows under `table`; none for who is in no segment."""
    members = ibis.table({"customer": "int64", "segment": "string"}, name=table)
    everywhere: frozenset[Scope] = frozenset(("customers", "orders", "refunds", "feedback"))
    return Dimension(
        "segment",
        "Segment of the customer; a customer may be in several.",
        of_customers=lambda: members.select("customer", value="segment"),
        overlaps=everywhere,
    )


_ALL: frozenset[Scope] = frozenset(("customers", "orders", "refunds", "feedback"))

DIMENSIONS: dict[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension(
            "market",
            "Home market of the customer; for orders and money, market of the order.",
            own={"orders": "market", "refunds": "market", "feedback": "market", "costs": "market"},
            of_customers=_home("market"),
        ),
        Dimension(
            "country",
            "Home country of the customer; for orders and money, country of the order.",
            own={"orders": "country", "refunds": "country"},
            of_customers=_home("country"),
        ),
        Dimension(
            "channel",
            "Channel of the order; a customer stands in each channel that they ever ordered through.",
            own={"orders": "channel", "refunds": "channel", "feedback": "channel", "costs": "channel"},
            of_customers=lambda: COUNTED.select("customer", value="channel").distinct(),
            overlaps=frozenset(("customers",)),
        ),
        Dimension(
            "acquisition_channel",
            "Channel that won the customer; that of the first order where it is not stated.",
            own={"costs": "channel"},
            of_customers=_home("channel"),
        ),
        Dimension(
            "category",
            "Product category of the lines; an order or a customer stands in each of theirs.",
            own={"orders": "category", "refunds": "category"},
            of_customers=lambda: ORDER_PARTS.select("customer", value="category").distinct(),
            overlaps=_ALL,
            parts=True,
        ),
        Dimension("cohort", "Month of the customer's first order.", of_customers=_cohort(_month)),
        Dimension("cohort_quarter", "Quarter of the customer's first order.", of_customers=_cohort(_quarter)),
        Dimension("cohort_year", "Year of the customer's first order.", of_customers=_cohort(_year)),
        Dimension(
            "language",
            "Language of the customer; for feedback, of the answer.",
            own={"feedback": "language"},
            of_customers=lambda: CUSTOMERS.ibis.select("customer", value="language"),
        ),
        Dimension("survey", "Survey that was answered.", own={"feedback": "survey"}),
        segment(),
    )
}


def by(names: Iterable[str | Dimension]) -> By:
    """Dimensions by name or as declared. Raises InputError for a name that is not known, with the nearest one."""
    return By(tuple(name if isinstance(name, Dimension) else _named(name) for name in names))


def _named(name: str) -> Dimension:
    if name in DIMENSIONS:
        return DIMENSIONS[name]
    near = difflib.get_close_matches(name, DIMENSIONS, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known are: {', '.join(DIMENSIONS)}."
    raise InputError(f"there is no dimension '{name}'.", where="by", do=hint)
