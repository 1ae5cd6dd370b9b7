"""Bundles of three and more: pairs that belong together, extended by a product that belongs to all of them.

A set is tried only where every smaller set in it was kept (R. Agrawal and R. Srikant, VLDB 1994) and is kept where it came
together in enough baskets and more often than its strongest part explains. For a set S and each k in S, `expected` by chance
within each month is sum over t of n_(S without k),t n_kt / N_t; the largest over k counts, and that k is the product that the
rest `adds`. So a pair that belongs together with a bestseller beside it is no bundle. `lift_low`: see pairs.py.

`extra`: revenue per 1,000 baskets with the rest that comes from the added product beyond chance; the assumption is that of
pairs.py. `value`: what one of each came to on average, after discounts: the price to start a bundle's price from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.sparse as sp

from regulars.kernel.errors import InputError
from regulars.prediction.together.baskets import BasketSource, Floats, Integers
from regulars.prediction.together.pairs import LEAST_BASKETS, Pairs, lower_lift, membership

LARGEST = 4
STRONGEST = 2_000  # sets of each size that are extended
_MOST_TRIED = 20_000
_ENTRIES_AT_ONCE = 2_000_000
_MOST_KEYED = 2**62


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of one size: `members` (sets, size) are positions among the paired products, ascending; `by_month` (months, sets)
    baskets with all of them; `expected`, `lift_low` and `added` (the member that is added) are parallel to the sets."""

    members: Integers
    by_month: Integers
    expected: Floats
    lift_low: Floats
    added: Integers

    @property
    def count(self) -> Integers:
        """Baskets with all of a set."""
        return np.asarray(self.by_month.sum(axis=0))

    def some(self, at: npt.NDArray[np.generic]) -> Sets:
        """The sets at these positions, or those flagged."""
        return Sets(
            self.members[at], self.by_month[:, at], self.expected[at], self.lift_low[at], self.added[at]
        )


BUNDLE = pa.schema(
    [
        ("products", pa.list_(pa.string())), ("size", pa.int32()), ("baskets", pa.int64()),
        ("support", pa.float64()), ("expected", pa.float64()), ("lift_in_season", pa.float64()),
        ("lift_low", pa.float64()), ("adds", pa.string()), ("value", pa.float64()), ("extra", pa.float64()),
    ]
)  # fmt: skip


def bundles(
    source: BasketSource,
    pairs: Pairs,
    *,
    largest: int = LARGEST,
    least_baskets: int = LEAST_BASKETS,
    strongest: int = STRONGEST,
) -> pa.Table:
    """Bundles of three up to `largest` products in the columns of `BUNDLE`, the surest first of each size.

    `pairs`: of the same baskets. Only the `strongest` sets of each size are extended. Raises InputError for limits that
    cannot be.
    """
    if largest < 3 or least_baskets < 1 or strongest < 1:
        raise InputError(
            "Bundles have at least three products, in at least one basket, from at least one set."
        )
    found = _sure_pairs(source, pairs, strongest)
    tables = []
    for _ in range(3, largest + 1):
        tried = _extended(found.members)
        if not len(tried):
            break
        found = _kept(source, pairs, found, tried, least_baskets)
        found = found.some(np.argsort(-found.lift_low, kind="stable")[:strongest])
        tables.append(_table(pairs, found))
    return pa.concat_tables(tables) if tables else BUNDLE.empty_table()


def _sure_pairs(source: BasketSource, pairs: Pairs, strongest: int) -> Sets:
    """The pairs that are surely more than chance, those with most baskets beyond it first."""
    sure = np.flatnonzero(pairs.lift_low > 1)
    beyond = pairs.expected[sure] * (pairs.lift_low[sure] - 1)
    at = sure[np.argsort(-beyond, kind="stable")[:strongest]]
    members = np.column_stack([np.searchsorted(pairs.kept, side[at]) for side in (pairs.a, pairs.b)])
    by_month = _counted(source, pairs, members)
    return Sets(members, by_month, pairs.expected[at], pairs.lift_low[at], members[:, 1])


def _extended(members: Integers) -> Integers:
    """Sets one larger all of whose smaller sets are given: (sets, size + 1), at most `_MOST_TRIED`."""
    size = members.shape[1]
    width = int(members.max(initial=0)) + 1
    if not len(members) or float(width) ** (size + 1) > _MOST_KEYED:
        return np.zeros((0, size + 1), dtype=np.int64)
    # Two sets that share all but the last member make one that is larger.
    order = np.lexsort(members.T[::-1])
    ordered = members[order]
    group = _keys(ordered[:, :-1], width)
    ends = np.searchsorted(group, group, side="right")
    follow = ends - np.arange(len(group)) - 1
    left = np.repeat(np.arange(len(group)), follow)
    right = np.arange(len(left)) - np.repeat(np.cumsum(follow) - follow, follow) + left + 1
    joined = np.column_stack([ordered[left], ordered[right, -1]])
    known = _keys(ordered, width)
    whole = np.ones(len(joined), dtype=np.bool_)
    for out in range(size + 1):
        whole &= np.isin(_keys(np.delete(joined, out, axis=1), width), known)
    return np.asarray(joined[whole][:_MOST_TRIED])


def _kept(source: BasketSource, pairs: Pairs, smaller: Sets, tried: Integers, least: int) -> Sets:
    """Those of the tried sets that are frequent and surely more than their strongest part explains."""
    by_month = _counted(source, pairs, tried)
    width = int(max(tried.max(initial=0), smaller.members.max(initial=0))) + 1
    known = _keys(smaller.members, width)
    order = np.argsort(known)
    singles, sizes = pairs.singles, pairs.singles.sizes[:, None]
    expected, added = np.full(len(tried), -1.0), np.zeros(len(tried), dtype=np.int64)
    for out in range(tried.shape[1]):
        rest = order[np.searchsorted(known[order], _keys(np.delete(tried, out, axis=1), width))]
        one = singles.by_month[:, pairs.kept[tried[:, out]]]
        by_chance = (smaller.by_month[:, rest] * one / sizes).sum(axis=0)
        added = np.where(by_chance > expected, tried[:, out], added)
        expected = np.maximum(expected, by_chance)
    count = by_month.sum(axis=0)
    found = Sets(tried, by_month, expected, lower_lift(count, expected), added)
    return found.some((count >= least) & (found.lift_low > 1))


def _counted(source: BasketSource, pairs: Pairs, members: Integers) -> Integers:
    """Baskets with all members of each set, by month: (months, sets)."""
    months = pairs.singles.months
    found = np.zeros((len(months), len(members)), dtype=np.int64)
    # The rarest member first: what is multiplied is never larger than its column.
    counts = pairs.singles.counts[pairs.kept][members]
    members = np.take_along_axis(members, np.argsort(counts, axis=1, kind="stable"), axis=1)
    for block in source.blocks() if len(members) else ():
        has = membership(block, pairs.kept).tocsc()
        row = np.searchsorted(months, block.month)
        ones = np.ones(len(row), dtype=np.int64)
        of_month = sp.csr_array((ones, (row, np.arange(len(row)))), shape=(len(months), len(row)))
        work = np.cumsum(np.diff(has.indptr)[members[:, 0]]) // _ENTRIES_AT_ONCE
        for part in np.split(np.arange(len(members)), np.flatnonzero(np.diff(work)) + 1):
            whole = has[:, members[part, 0]]
            for column in range(1, members.shape[1]):
                whole = whole.multiply(has[:, members[part, column]])
            found[:, part] += (of_month @ whole).toarray()
    return found


def _keys(members: Integers, width: int) -> Integers:
    """A number for each set: its members as digits."""
    found = np.zeros(len(members), dtype=np.int64)
    for column in range(members.shape[1]):
        found = found * width + members[:, column]
    return found


def _table(pairs: Pairs, found: Sets) -> pa.Table:
    singles = pairs.singles
    codes, value = singles.products[pairs.kept], singles.value[pairs.kept]
    count, size = found.count, found.members.shape[1]
    # Of baskets with the rest, so many are there in all: expected / share of baskets with the added product.
    share = singles.counts[pairs.kept[found.added]] / max(singles.baskets, 1)
    rest = np.maximum(found.expected / share, 1.0)
    extra = 1_000.0 * found.expected * (found.lift_low - 1.0) / rest * value[found.added]
    lists = pa.ListArray.from_arrays(
        pa.array(np.arange(0, len(count) * size + 1, size), pa.int32()),
        pa.array(codes[found.members.ravel()], pa.string()),
    )
    columns = [
        lists, pa.array([size] * len(count), pa.int32()), count, count / max(singles.baskets, 1), found.expected,
        count / found.expected, found.lift_low, pa.array(codes[found.added], pa.string()),
        value[found.members].sum(axis=1), extra,
    ]  # fmt: skip
    return pa.table(columns, schema=BUNDLE)
