"""Who bought what when: one row a customer, product and day, from counted orders.

A product is its code: the same code in two sources is the same product. Only lines of goods with a code and a positive
quantity count (a missing quantity is one piece); returns, shipping and adjustments do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.sparse as sp

from regulars.kernel.errors import InputError
from regulars.lake.engines.primitives import days_between
from regulars.lake.tables import ORDER_LINES
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import JUDGED

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Interactions:
    """Purchases as parallel arrays, sorted by customer, product, day, each combination once.

    `customer` and `product` are positions in `customers` (customer numbers, sorted) and `products` (codes, sorted);
    `day` counts days since 1970-01-01, `quantity` is in pieces. `as_of` is the first day that is not in it.
    """

    customers: Integers
    products: npt.NDArray[np.str_]
    customer: Integers
    product: Integers
    day: Integers
    quantity: Floats
    as_of: int

    @classmethod
    def of(
        cls,
        customer: npt.ArrayLike,
        product: Sequence[str | None] | npt.NDArray[np.str_],
        day: npt.ArrayLike,
        quantity: npt.ArrayLike | None = None,
        *,
        as_of: date | int | None = None,
    ) -> Interactions:
        """From arrays of equal length, one row a line; `day` as dates or days since 1970-01-01.

        Left out: lines without a product, of quantity zero or less (returns), and from `as_of` on (default: the day
        after the last). Raises InputError where lengths differ or a customer or day is missing.
        """
        code = texts(product)
        who, when = np.asarray(customer), _days(day)
        pieces = np.ones(len(code)) if quantity is None else np.asarray(quantity, dtype=np.float64)
        if not len(who) == len(code) == len(when) == len(pieces):
            raise InputError("Customers, products, days and quantities must be equally many.")
        if len(who) and not np.issubdtype(who.dtype, np.integer):
            raise InputError(
                "A line has no customer number.", do="Leave out lines whose customer is not known."
            )
        end = _end(as_of, when)
        kept = (code != "") & ~(pieces <= 0) & (when < end)
        pieces = np.where(np.isfinite(pieces), pieces, 1.0)
        customers, rows = np.unique(who[kept].astype(np.int64), return_inverse=True)
        products, columns = np.unique(code[kept], return_inverse=True)
        return _summed(customers, products, rows, columns, when[kept], pieces[kept], end)

    def __len__(self) -> int:
        return len(self.customer)

    def before(self, as_of: int) -> Interactions:
        """What was known on an earlier day; customers and products keep their positions."""
        return self.only(self.day < as_of, as_of=min(as_of, self.as_of))

    def only(self, rows: Flags, *, as_of: int | None = None) -> Interactions:
        """The rows that are flagged; customers and products keep their positions."""
        end = self.as_of if as_of is None else as_of
        who, what, when = self.customer[rows], self.product[rows], self.day[rows]
        return Interactions(self.customers, self.products, who, what, when, self.quantity[rows], end)

    def over(self, products: npt.NDArray[np.str_]) -> Interactions:
        """The same over other (sorted) products, those of a recommender say; purchases of products not among them are left out."""
        place = positions(products, self.products)[self.product]
        kept = self.only(place >= 0)
        return replace(kept, products=products, product=place[place >= 0])

    @cached_property
    def starts(self) -> Integers:
        """Where each customer's rows begin, and the end: one more than there are customers."""
        return np.searchsorted(self.customer, np.arange(len(self.customers) + 1)).astype(np.int64)

    def weighted(self, weights: Floats, rows: Integers | None = None) -> sp.csr_array:
        """Sum of the weights of each customer's purchases of each product, for these customers (default: all)."""
        shape = (len(self.customers), len(self.products))
        # A copy: adding up duplicates works in place, and the arrays are ours.
        matrix = sp.csr_array((weights, self.product, self.starts), shape=shape, copy=True)
        if rows is not None:
            matrix = matrix[rows]
        matrix.sum_duplicates()
        return matrix

    def bought(self, rows: Integers | None = None) -> sp.csr_array:
        """1 where a customer ever bought a product, for these customers (default: all)."""
        matrix = self.weighted(np.ones(len(self)), rows)
        matrix.data[:] = 1.0
        return matrix

    def positions(self, codes: Sequence[str] | npt.NDArray[np.str_]) -> Integers:
        """Positions of product codes; -1 where a code is not known."""
        return positions(self.products, codes)

    def rows_of(self, customers: npt.ArrayLike) -> Integers:
        """Positions of customer numbers; -1 where a customer has no purchase."""
        wanted = np.asarray(customers, dtype=np.int64)
        if not len(self.customers):
            return np.full(len(wanted), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.customers, wanted), len(self.customers) - 1)
        return np.where(self.customers[at] == wanted, at, -1).astype(np.int64)


def interactions_of(analysis: Analysis, as_of: date | None = None) -> Interactions:
    """The interactions of an analysis with facts before `as_of` (default: its day), by one query on its engine."""
    end = min(as_of, analysis.as_of) if as_of is not None else analysis.as_of
    return interactions_in(analysis.run(purchases(end)), end)


def purchases(end: date) -> ir.Table:
    """Who bought what when before `end`: `customer`, `product`, `day` (since 1970-01-01), `quantity`; an expression for
    `analysis.run`, to be read by `interactions_in`, as a whole or some customers at a time."""
    return _grouped(counted_lines(end))


def interactions_in(
    rows: pa.Table, as_of: date, products: npt.NDArray[np.str_] | None = None
) -> Interactions:
    """The interactions in rows of `purchases`. `products`: codes to have them over, sorted; those of others are left out."""
    names, number = encoded(rows["product"])
    codes, place = np.unique(texts(names.to_pylist()), return_inverse=True)
    columns = place[number] if len(number) else number
    customers, who = np.unique(rows["customer"].to_numpy(), return_inverse=True)
    day = rows["day"].to_numpy().astype(np.int64)
    quantity = rows["quantity"].to_numpy().astype(np.float64)
    end = (as_of - EPOCH).days
    found = _summed(customers.astype(np.int64), codes, who, columns, day, quantity, end)
    return found if products is None else found.over(products)


def counted_lines(end: date) -> ir.Table:
    """Lines of goods of counted orders before `end`: `source`, `order_id`, `customer`, `local_day`, `product`,
    `category`, `quantity`, `goods` in `currency`. Over `orders_judged`, so that the analysis must prepare it."""
    orders = JUDGED.filter(JUDGED.reason.isnull(), JUDGED.local_day < ibis.literal(end, "date"))
    lines = ORDER_LINES.ibis.filter(
        ORDER_LINES.ibis.kind == "goods",
        ORDER_LINES.ibis["product"].fill_null("") != "",
        ORDER_LINES.ibis.quantity.fill_null(1) > 0,
    )
    joined = orders.select("source", "order_id", "customer", "local_day").join(
        lines.select("source", "order_id", "product", "category", "quantity", "goods", "currency"),
        ["source", "order_id"],
    )
    return joined.mutate(quantity=joined.quantity.cast("float64").fill_null(1.0))


def encoded(column: pa.ChunkedArray) -> tuple[pa.Array, Integers]:
    """The different texts of a column, and which of them each row has. Long columns stay in pieces: one may hold 2 GB."""
    if not len(column):
        return pa.array([], pa.string()), np.zeros(0, dtype=np.int64)
    whole = column.dictionary_encode().unify_dictionaries()
    numbers = [chunk.indices.to_numpy() for chunk in whole.chunks]
    return whole.chunk(0).dictionary, np.concatenate(numbers).astype(np.int64)


def texts(names: Sequence[str | None] | npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Names as an array of texts; '' where there is none."""
    if isinstance(names, np.ndarray) and names.dtype.kind == "U":
        return names
    return np.asarray(["" if name is None else str(name) for name in names], dtype=np.str_)


def positions(products: npt.NDArray[np.str_], codes: Sequence[str] | npt.NDArray[np.str_]) -> Integers:
    """Positions of codes among sorted products; -1 where a code is not known."""
    wanted = np.asarray(codes, dtype=np.str_)
    if not len(products) or not len(wanted):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(products, wanted), len(products) - 1)
    return np.where(products[at] == wanted, at, -1).astype(np.int64)


def _grouped(lines: ir.Table) -> ir.Table:
    day = days_between(lines.local_day, ibis.literal(EPOCH, "date"))
    grouped = lines.mutate(day=day).group_by("customer", "product", "day")
    return grouped.agg(quantity=lines.quantity.sum().cast("float64"))


def _summed(
    customers: Integers,
    products: npt.NDArray[np.str_],
    customer: Integers,
    product: Integers,
    day: Integers,
    quantity: Floats,
    end: int,
) -> Interactions:
    """Sorted, with rows of the same customer, product and day added up."""
    order = np.lexsort((day, product, customer))
    who, what, when = customer[order], product[order], day[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (who[1:] != who[:-1]) | (what[1:] != what[:-1]) | (when[1:] != when[:-1])
    at = np.flatnonzero(first)
    pieces = np.add.reduceat(quantity[order], at) if len(at) else np.zeros(0)
    who, what, when = (column[at].astype(np.int64) for column in (who, what, when))
    return Interactions(customers, products, who, what, when, pieces, end)


def _days(day: npt.ArrayLike) -> Integers:
    given = np.asarray(day)
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    if np.issubdtype(given.dtype, np.integer):
        return given.astype(np.int64)
    stamps = given.astype("datetime64[D]")
    if np.isnat(stamps).any():
        raise InputError("A line has no day.", do="Leave out lines whose day is not known.")
    return stamps.astype(np.int64)


def _end(as_of: date | int | None, when: Integers) -> int:
    if isinstance(as_of, date):
        return (as_of - EPOCH) // timedelta(days=1)
    if as_of is not None:
        return int(as_of)
    return int(when.max()) + 1 if len(when) else 0
