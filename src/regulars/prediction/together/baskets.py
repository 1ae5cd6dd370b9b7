"""Baskets: what was in the same counted order, by calendar month.

A basket is an order; each product is in it once, whatever the quantity. Orders with one product count as baskets too: they
say how often a product is bought without the other. `value` is what the lines of a product came to in a basket, after discounts,
without tax, in the reporting currency.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Protocol

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.kernel.errors import InputError
from regulars.kernel.periods import add_months
from regulars.lake.tables import ORDER_LINES
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import JUDGED, in_reporting_currency
from regulars.prediction.recommend.interactions import encoded, texts

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ENTRIES_AT_ONCE = 4_000_000
_BETWEEN = "\x1f"  # in no order number


class BasketSource(Protocol):
    """Baskets in blocks that fit into memory; all blocks have the same `products`. May be read more than once."""

    @property
    def products(self) -> npt.NDArray[np.str_]:
        """Codes, sorted."""

    def blocks(self) -> Iterator[Baskets]:
        """Blocks; a basket is in one of them only."""


@dataclass(frozen=True, eq=False)
class Baskets:
    """Entries (basket, product), each once, sorted by basket: `basket` counts from 0, `product` is a position in `products`
    (codes, sorted), `value` the amount of the entry. `month[b]` of basket b: months since year 0."""

    products: npt.NDArray[np.str_]
    basket: npt.NDArray[np.integer]
    product: npt.NDArray[np.integer]
    value: npt.NDArray[np.floating]
    month: npt.NDArray[np.integer]

    @classmethod
    def of(
        cls,
        order: npt.ArrayLike,
        product: Sequence[str | None] | npt.NDArray[np.str_],
        day: npt.ArrayLike | None = None,
        value: npt.ArrayLike | None = None,
    ) -> Baskets:
        """From arrays of equal length, one row a line; lines without a product are left out, `day` as dates.

        Without days all baskets are of one month, without values all are zero. Raises InputError where lengths differ or a
        day is missing.
        """
        names = texts(product)
        products, column = np.unique(names, return_inverse=True)
        months = np.zeros(len(names), dtype=np.int64) if day is None else _months(np.asarray(day))
        amounts = (
            np.zeros(len(names)) if value is None else np.nan_to_num(np.asarray(value, dtype=np.float64))
        )
        orders = np.asarray(order)
        if day is not None and np.isnat(np.asarray(day).astype("datetime64[D]")).any():
            raise InputError("A line has no day.", do="Leave out lines whose day is not known.")
        if not len(orders) == len(names) == len(months) == len(amounts):
            raise InputError("Orders, products, days and values must be equally many.")
        kept = names != ""
        baskets, row = np.unique(orders[kept], return_inverse=True)
        month = np.zeros(len(baskets), dtype=np.int64)
        month[row] = months[kept]
        known = products[products != ""]
        return _once(known, row, column[kept] - (len(products) - len(known)), amounts[kept], month)

    def __len__(self) -> int:
        return len(self.month)

    def blocks(self) -> Iterator[Baskets]:
        """Slices of whole baskets."""
        ends = np.arange(_ENTRIES_AT_ONCE, len(self.basket), _ENTRIES_AT_ONCE)
        first = 0
        for cut in [*(int(self.basket[end]) for end in ends), len(self.month)]:
            if cut > first:
                yield self._slice(first, cut)
                first = cut

    def _slice(self, first: int, last: int) -> Baskets:
        if first == 0 and last == len(self.month):
            return self
        start, stop = np.searchsorted(self.basket, [first, last])
        entries = slice(int(start), int(stop))
        return Baskets(
            self.products,
            self.basket[entries] - first,
            self.product[entries],
            self.value[entries],
            self.month[first:last],
        )


@dataclass(frozen=True, eq=False)
class EngineBaskets:
    """The baskets of an analysis, read from its engine in runs of months with a few million lines each."""

    analysis: Analysis
    products: npt.NDArray[np.str_]
    runs: tuple[tuple[date, date], ...]

    def blocks(self) -> Iterator[Baskets]:
        """One block a run of months."""
        if len(self.runs) == 1:
            yield self._whole
            return
        for run in self.runs:
            yield self._block(*run)

    @cached_property
    def _whole(self) -> Baskets:
        """What is one block is read once."""
        return self._block(*self.runs[0])

    def _block(self, first: date, end: date) -> Baskets:
        rows: pa.Table = self.analysis.run(_lines(self.analysis, first, end))
        names, number = encoded(rows["product"])
        place = np.searchsorted(self.products, texts(names.to_pylist()))
        product = place[number] if len(number) else number
        _, basket = encoded(pc.binary_join_element_wise(rows["source"], rows["order_id"], _BETWEEN))
        month = np.zeros(int(basket.max(initial=-1)) + 1, dtype=np.int64)
        month[basket] = _months(rows["local_day"].to_numpy())
        return _once(self.products, basket, product, rows["value"].to_numpy().astype(np.float64), month)


def baskets_of(analysis: Analysis) -> EngineBaskets:
    """The baskets of all counted orders of an analysis; nothing but the list of products is read yet."""
    lines = _joined(analysis)
    months = lines.group_by(month=lines.local_day.truncate("M")).agg(lines=lines.count()).order_by("month")
    products = lines.select("product").distinct()
    codes = np.unique(np.asarray(analysis.run(products)["product"].to_pylist(), dtype=np.str_))
    runs: list[tuple[date, date]] = []
    held = _ENTRIES_AT_ONCE
    for row in analysis.run(months).to_pylist():
        end = add_months(row["month"], 1)
        if held + row["lines"] > _ENTRIES_AT_ONCE:
            runs.append((row["month"], end))
            held = row["lines"]
        else:
            runs[-1] = (runs[-1][0], end)
            held += row["lines"]
    return EngineBaskets(analysis, codes, tuple(runs))


def _joined(analysis: Analysis) -> ir.Table:
    """Lines of goods with a product and a positive quantity, of counted orders, with `value`."""
    orders = JUDGED.filter(JUDGED.reason.isnull()).select("source", "order_id", "local_day")
    lines = ORDER_LINES.ibis.filter(
        ORDER_LINES.ibis.kind == "goods",
        ORDER_LINES.ibis["product"].fill_null("") != "",
        ORDER_LINES.ibis.quantity.fill_null(1) > 0,
    )
    lines = lines.select("source", "order_id", "product", "currency", value=lines.goods.fill_null(Decimal(0)))
    joined = orders.join(lines, ["source", "order_id"])
    return in_reporting_currency(joined, ("value",), analysis.converted)


def _lines(analysis: Analysis, first: date, end: date) -> ir.Table:
    lines = _joined(analysis)
    inside = lines.filter(
        lines.local_day >= ibis.literal(first, "date"), lines.local_day < ibis.literal(end, "date")
    )
    grouped = inside.group_by("source", "order_id", "local_day", "product")
    return grouped.agg(value=inside.value.sum().cast("float64"))


def _once(
    products: npt.NDArray[np.str_], basket: Integers, product: Integers, value: Floats, month: Integers
) -> Baskets:
    """Sorted by basket and product, with values of the same product in a basket added up."""
    if len(products) and len(basket):
        keys = basket * len(products) + product
        order = np.argsort(keys, kind="stable")
        at = np.flatnonzero(np.diff(keys[order], prepend=-1))
        value = np.add.reduceat(value[order], at)
        basket, product = basket[order[at]], product[order[at]]
    return Baskets(products, basket, product, value, month)


def _months(days: npt.NDArray[np.generic]) -> Integers:
    return np.asarray(days.astype("datetime64[M]").astype(np.int64) + 1970 * 12)
