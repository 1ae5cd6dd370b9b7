"""All pairs bought together, against what chance and the season would bring together.

With N_t baskets in month t, n_it of them with product i, and c_ij with both in all months: support = c / N, confidence of i for
j = c / n_i, lift = c N / (n_i n_j). `expected` = sum over t of n_it n_jt / N_t: what would come together by chance if each
month's baskets were mixed at random. Two Christmas products have a high lift and need not have anything to do with each other;
c / expected, `lift_in_season`, says so. `lift_low` is its lower bound at 95 %: with c Poisson around expected x lift, and
lift drawn from a gamma distribution of mean 1 (one imagined basket seen where one was expected), the lower twentieth of what
c leaves of it. It shrinks rare pairs: two of two baskets do not lead (W. DuMouchel, American Statistician 53:3, 1999).

`extra_ab`: revenue per 1,000 baskets with a that comes from b beyond chance: 1,000 x expected x (lift_low - 1) / n_a x the mean
value of b in a basket. It assumes that who is offered b beside a follows as those did who found it by themselves, and that b
would otherwise not have been bought; so it is an upper estimate of what an offer adds, which only a test can settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.sparse as sp
from scipy.special import gammaincinv

from regulars.kernel.errors import InputError
from regulars.prediction.together.baskets import Baskets, BasketSource, Floats, Integers

MOST_PRODUCTS = 5_000  # the counts of all their pairs take 100 MB
LEAST_BASKETS = 10
SURE = 0.95
_IMAGINED = 1.0  # baskets seen, and as many expected


@dataclass(frozen=True, eq=False)
class Singles:
    """How often each product was bought: `by_month` (months, products) and `value`, its mean in a basket; `sizes` are the
    baskets of each month, `months` their numbers."""

    products: npt.NDArray[np.str_]
    months: Integers
    sizes: Integers
    by_month: Integers
    value: Floats

    @property
    def baskets(self) -> int:
        """All baskets."""
        return int(self.sizes.sum())

    @property
    def counts(self) -> Integers:
        """Baskets with each product."""
        return np.asarray(self.by_month.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs, the surest first: `a` and `b` are positions in `singles.products`, other arrays are parallel.

    `kept`: positions of the products that were paired; `left_out`: how many were frequent enough and fell to the limit.
    """

    singles: Singles
    a: Integers
    b: Integers
    count: Integers
    expected: Floats
    lift_low: Floats
    kept: Integers
    left_out: int

    def __len__(self) -> int:
        return len(self.a)

    def to_arrow(self) -> pa.Table:
        """One row a pair; see the module for the columns."""
        products, counts, total = self.singles.products, self.singles.counts, self.singles.baskets
        of_a, of_b = counts[self.a].astype(np.float64), counts[self.b].astype(np.float64)
        beyond = 1_000.0 * np.maximum(self.expected * (self.lift_low - 1.0), 0.0)
        return pa.table(
            {
                "a": pa.array(products[self.a], pa.string()),
                "b": pa.array(products[self.b], pa.string()),
                "baskets": self.count,
                "support": self.count / max(total, 1),
                "confidence_ab": self.count / of_a,
                "confidence_ba": self.count / of_b,
                "lift": self.count * total / (of_a * of_b),
                "expected": self.expected,
                "lift_in_season": self.count / self.expected,
                "lift_low": self.lift_low,
                "extra_ab": beyond / of_a * self.singles.value[self.b],
                "extra_ba": beyond / of_b * self.singles.value[self.a],
            }
        )


def bought_together(
    source: BasketSource,
    *,
    least_baskets: int = LEAST_BASKETS,
    least_support: float | None = None,
    most_products: int = MOST_PRODUCTS,
) -> Pairs:
    """All pairs that came together in at least so many baskets (or that share of all baskets, if given).

    Of more than `most_products` products that are frequent enough the most bought are paired. Memory: a block of baskets and
    a whole number for each pair of these products. Raises InputError for limits that cannot be.
    """
    if least_baskets < 1 or most_products < 2 or (least_support is not None and not 0 < least_support <= 1):
        raise InputError(
            f"Limits of {least_baskets} baskets, support {least_support}, {most_products} products cannot be.",
            do="Use at least 1 basket, a support over 0 and up to 1, at least 2 products.",
        )
    singles = count_singles(source)
    least = least_baskets if least_support is None else max(1, ceil(least_support * singles.baskets - 1e-9))
    frequent = np.flatnonzero(singles.counts >= least)
    kept = np.sort(frequent[np.argsort(-singles.counts[frequent], kind="stable")[:most_products]])
    both = _count_pairs(source, kept)
    first, second = np.nonzero(np.triu(both, 1) >= least)
    count = both[first, second].astype(np.int64)
    a, b = kept[first], kept[second]
    expected = expected_together(singles, singles.by_month[:, a], b)
    low = lower_lift(count, expected)
    order = np.lexsort((b, a, -low))
    left_out = len(frequent) - len(kept)
    return Pairs(singles, a[order], b[order], count[order], expected[order], low[order], kept, left_out)


def count_singles(source: BasketSource) -> Singles:
    """One pass over the baskets."""
    size = len(source.products)
    sizes: dict[int, int] = {}
    counts: dict[int, Integers] = {}
    total, times = np.zeros(size), np.zeros(size, dtype=np.int64)
    for block in source.blocks():
        total += np.bincount(block.product, weights=block.value, minlength=size)
        times += np.bincount(block.product, minlength=size)
        months, place = np.unique(block.month, return_inverse=True)
        cells = np.bincount(place[block.basket] * size + block.product, minlength=len(months) * size)
        for row, month in enumerate(months.tolist()):
            sizes[month] = sizes.get(month, 0) + int((place == row).sum())
            counts[month] = counts.get(month, 0) + cells[row * size : (row + 1) * size]
    months = np.array(sorted(sizes), dtype=np.int64)
    by_month = np.array([counts[month] for month in months.tolist()], dtype=np.int64).reshape(
        len(months), size
    )
    value = total / np.maximum(times, 1)
    return Singles(
        source.products, months, np.array([sizes[m] for m in months.tolist()], np.int64), by_month, value
    )


def membership(block: Baskets, kept: Integers) -> sp.csr_array:
    """Which of these products each basket of a block has: 0/1, (baskets, kept)."""
    places = np.full(len(block.products), -1, dtype=np.int32)
    places[kept] = np.arange(len(kept), dtype=np.int32)
    place = places[block.product]
    inside = place >= 0
    starts = np.concatenate(([0], np.cumsum(np.bincount(block.basket[inside], minlength=len(block)))))
    ones = np.ones(int(inside.sum()), dtype=np.int32)
    return sp.csr_array((ones, place[inside], starts.astype(np.int32)), shape=(len(block), len(kept)))


def expected_together(singles: Singles, by_month: Integers, other: Integers) -> Floats:
    """Baskets that would hold both by chance within each month: sets with counts `by_month` (months, sets), and `other`."""
    found = np.zeros(len(other))
    for row, size in enumerate(singles.sizes.tolist()):
        found += by_month[row].astype(np.float64) * singles.by_month[row, other] / size
    return found


def lower_lift(count: Integers, expected: Floats) -> Floats:
    """The lower bound of the lift; see the module."""
    return np.asarray(gammaincinv(count + _IMAGINED, 1.0 - SURE) / (expected + _IMAGINED))


def _count_pairs(source: BasketSource, kept: Integers) -> npt.NDArray[np.int32]:
    """How many baskets have both of each two products: (kept, kept)."""
    found = np.zeros((len(kept), len(kept)), dtype=np.int32)
    for block in source.blocks():
        has = membership(block, kept)
        together = (has.T @ has).tocoo()
        # A cell occurs once, so that adding in place is safe.
        found[together.coords] += together.data
    return found
