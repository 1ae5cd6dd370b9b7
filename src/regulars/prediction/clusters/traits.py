"""What customers are grouped and portrayed by: one row a customer, from one query over what counts, as of the analysis's day.

Recency, frequency, rhythm, order value, discounts, returns, season, weekend, and how spending divides into categories and
orders into channels. The market is portrayed but not grouped by: the groups would be the markets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.lake.engines.primitives import days_between
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import COUNTED, CUSTOMER_BASE
from regulars.metrics.refunded import REFUNDS
from regulars.metrics.segments.events import event_rows

Floats = npt.NDArray[np.float64]
Kind = Literal["days", "count", "money", "share"]

MOST_CATEGORIES, MOST_CHANNELS = 8, 5
_DECIMAL = "decimal(18, 4)"


@dataclass(frozen=True)
class Trait:
    """`name`; `kind`: days, counts and money are compared by their logarithm, shares (0..1) as they are; `block`: traits of one
    block say the same and weigh together as much as one, times `weight`; `of`: the category or channel of a share."""

    name: str
    kind: Kind
    block: str
    weight: float = 1.0
    of: str | None = None


PLAIN = (
    Trait("recency_days", "days", "recency"),
    Trait("orders", "count", "frequency"),
    Trait("gap_days", "days", "rhythm"),
    Trait("average_order_value", "money", "value"),
    Trait("discounted_share", "share", "discounts"),
    Trait("refunded_share", "share", "returns"),
    Trait("season_share", "share", "season", 0.5),  # orders in November and December
    Trait("weekend_share", "share", "weekend", 0.5),
)


@dataclass(frozen=True)
class TraitTable:
    """Traits of N customers: `customer` (sorted), `orders` (N,), and by trait its values (N,), NaN where there is none: who
    ordered on one day has no rhythm."""

    customer: npt.NDArray[np.int64]
    traits: tuple[Trait, ...]
    values: Mapping[str, Floats]

    @property
    def orders(self) -> Floats:
        return self.values["orders"]

    def __len__(self) -> int:
        return int(self.customer.size)

    def part(self, start: int, stop: int) -> TraitTable:
        """The customers from one place to another."""
        return self.take(np.arange(start, min(stop, len(self))))

    def take(self, places: npt.NDArray[np.int64]) -> TraitTable:
        """The customers at these places."""
        return TraitTable(
            self.customer[places], self.traits, {name: column[places] for name, column in self.values.items()}
        )

    def to_arrow(self) -> pa.Table:
        """One row a customer, null where there is no value."""
        columns = {name: pa.array(column, from_pandas=True) for name, column in self.values.items()}
        return pa.table({"customer": self.customer, **columns})


def collect(
    analysis: Analysis, *, categories: tuple[str, ...] | None = None, channels: tuple[str, ...] | None = None
) -> TraitTable:
    """The traits of everybody with a counted order. `categories`, `channels`: those that have a column (default: the largest);
    give those of a saved grouping to assign by it."""
    analysis.prepare()
    if categories is None:
        categories = _largest(analysis, _spent(analysis), "category", MOST_CATEGORIES)
    if channels is None:
        channels = _largest(analysis, COUNTED.mutate(worth=COUNTED.revenue), "channel", MOST_CHANNELS)
    traits = (
        *PLAIN,
        *(Trait(f"category:{name}", "share", "categories", of=name) for name in categories),
        *(Trait(f"channel:{name}", "share", "channels", of=name) for name in channels),
    )
    rows = analysis.engine.run(trait_rows(analysis, categories, channels))
    columns = (rows.column(place) for place in range(1, rows.num_columns))
    values = {t.name: c.to_numpy().astype(np.float64) for t, c in zip(traits, columns, strict=True)}
    return TraitTable(rows.column("customer").to_numpy(), traits, values)


def trait_rows(analysis: Analysis, categories: tuple[str, ...], channels: tuple[str, ...]) -> ir.Table:
    """The expression behind `collect`: one row a customer, ordered; after `customer` the columns stand as the traits do."""
    base, ordered = CUSTOMER_BASE, _ordered(channels)
    joined = base.join(ordered, base.customer == ordered.ordering)
    back = REFUNDS.filter(REFUNDS.attributed).group_by(refunding="customer").agg(back=REFUNDS.revenue.sum())
    joined = joined.left_join(back, base.customer == back.refunding)
    if categories:
        spent = _by_category(_spent(analysis), categories)
        joined = joined.left_join(spent, base.customer == spent.spending)
    gross = base.revenue.cast("float64")
    share_back = (back.back.cast("float64") / gross.nullif(0.0)).fill_null(0.0)
    more_days = (base.order_days - 1).nullif(0)
    return joined.select(
        base.customer,
        recency_days=days_between(ibis.literal(analysis.as_of, "date"), base.last_day).cast("float64"),
        orders=base.orders.cast("float64"),
        gap_days=days_between(base.last_day, base.first_day).cast("float64") / more_days,
        average_order_value=gross / base.orders,
        discounted_share=ordered.discounted_share,
        refunded_share=ibis.least(ibis.greatest(share_back, 0.0), 1.0),
        season_share=ordered.season_share,
        weekend_share=ordered.weekend_share,
        **{f"category_{n}": joined[f"category_{n}"].fill_null(0.0) for n in range(len(categories))},
        **{f"channel_{n}": joined[f"channel_{n}"] for n in range(len(channels))},
    ).order_by("customer")


def _ordered(channels: tuple[str, ...]) -> ir.Table:
    """Shares of each customer's orders."""

    def share(flag: ir.BooleanValue) -> ir.FloatingScalar:
        return flag.fill_null(False).cast("float64").mean()

    day = COUNTED.local_day
    return COUNTED.group_by(ordering="customer").agg(
        discounted_share=share(COUNTED.discounted),
        season_share=share(day.month() >= 11),
        weekend_share=share(day.day_of_week.index() >= 5),
        **{f"channel_{n}": share(COUNTED.channel == name) for n, name in enumerate(channels)},
    )


def _spent(analysis: Analysis) -> ir.Table:
    rows = event_rows(analysis, with_lines=True)
    return rows.filter((rows.worth > ibis.literal(0, _DECIMAL)) & rows.category.notnull())


def _by_category(spent: ir.Table, categories: tuple[str, ...]) -> ir.Table:
    """Shares of each customer's spending on goods whose category is known."""
    worth = spent.worth.cast("float64")
    return spent.group_by(spending="customer").agg(
        **{
            f"category_{n}": worth.sum(where=spent.category == name).fill_null(0.0) / worth.sum()
            for n, name in enumerate(categories)
        }
    )


def _largest(analysis: Analysis, rows: ir.Table, column: str, most: int) -> tuple[str, ...]:
    """The values of a column with the largest worth, none where there is only one."""
    sums = rows.filter(rows[column].notnull()).group_by(value=rows[column]).agg(worth=rows.worth.sum())
    found = analysis.run(sums.order_by(ibis.desc("worth"), "value").limit(most)).column("value").to_pylist()
    return tuple(found) if len(found) > 1 else ()
