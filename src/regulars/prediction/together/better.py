"""Better products of the same category: dearer, and bought by the same customers afterwards.

For products i and j of one category, j dearer by at least a tenth and at most three times as dear: `moved` customers bought i
first and j on a later day. `expected`, by chance: half (the other half buys j first) of the buyers of i times the share of the
category's customers who bought j. `lift_low` is the lower bound of moved / expected as in pairs.py, so that two customers of
two do not lead; j is suggested where it is above 1. `gain` is the difference in price, `extra` the revenue per 1,000 buyers of
i: 1,000 moved / buyers x gain, which assumes that who is shown j follows as often as customers came to it by themselves, in
place of buying i once more.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from regulars.prediction.recommend.filters import Catalogue
from regulars.prediction.recommend.interactions import Integers, Interactions, positions
from regulars.prediction.together.pairs import lower_lift

DEARER, AT_MOST = 1.1, 3.0
LEAST_MOVED = 5
_MOST_PRODUCTS = 300  # of one customer in one category: who has more is a reseller and tells nothing of taste
_PAIRS_AT_ONCE = 4_000_000

UPSELL = pa.schema(
    [
        ("product", pa.string()), ("better", pa.string()), ("moved", pa.int64()), ("buyers", pa.int64()),
        ("expected", pa.float64()), ("lift_low", pa.float64()), ("price", pa.float64()),
        ("better_price", pa.float64()), ("gain", pa.float64()), ("extra", pa.float64()),
    ]
)  # fmt: skip


def upsell(
    given: Interactions, known: Catalogue, *, least_moved: int = LEAST_MOVED, least_lift: float = 1.0
) -> pa.Table:
    """Better products for each product, in the columns of `UPSELL`, by product and then the highest `extra` first.

    Empty where no product has both a category and a price. `least_lift`: what `lift_low` has to reach.
    """
    at = positions(known.products, given.products)
    price = np.where(at >= 0, known.price[at], 0.0) if len(known.price) else np.zeros(len(at))
    names = np.where(at >= 0, known.category[at], "") if len(known.price) else np.full(len(at), "")
    _, category = np.unique(names, return_inverse=True)
    usable = (price > 0) & (names != "")
    who, what, when = _first_days(given, usable)
    if not len(who):
        return UPSELL.empty_table()
    kinds, size = int(category.max()) + 1, len(given.products)
    group = who * kinds + category[what]
    order = np.lexsort((when, group))
    group, what, when = group[order], what[order], when[order]
    low, high, moved = _moves(group, what, when, price, size)
    buyers = np.bincount(what, minlength=size)
    in_category = np.bincount(np.unique(group) % kinds, minlength=kinds)
    kept = moved >= least_moved
    low, high, moved = low[kept], high[kept], moved[kept]
    expected = buyers[low] * buyers[high] / in_category[category[low]] / 2
    sure = lower_lift(moved, expected)
    gain = price[high] - price[low]
    extra = 1_000.0 * moved / np.maximum(buyers[low], 1) * gain
    at = np.lexsort((high, -extra, low))
    at = at[sure[at] >= least_lift]
    columns = [given.products[low], given.products[high], moved, buyers[low], expected, sure, price[low],
               price[high], gain, extra]  # fmt: skip
    arrays = [pa.array(column[at], field.type) for column, field in zip(columns, UPSELL, strict=True)]
    return pa.table(arrays, schema=UPSELL)


def _first_days(
    given: Interactions, usable: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[Integers, ...]:
    """Customer, product and the first day, for usable products."""
    who, what = given.customer, given.product
    first = np.ones(len(given), dtype=np.bool_)
    first[1:] = (who[1:] != who[:-1]) | (what[1:] != what[:-1])
    kept = first & usable[what]
    return who[kept], what[kept], given.day[kept]


def _moves(
    group: Integers,
    what: Integers,
    when: Integers,
    price: np.ndarray[tuple[int], np.dtype[np.float64]],
    size: int,
) -> tuple[Integers, Integers, Integers]:
    """How many customers went from one product to a dearer one later; rows sorted by group and day."""
    keys: Integers = np.zeros(0, dtype=np.int64)
    counts: Integers = np.zeros(0, dtype=np.int64)
    for left, right in _within(group):
        low, high = what[left], what[right]
        better = (when[right] > when[left]) & (price[high] >= DEARER * price[low])
        better &= price[high] <= AT_MOST * price[low]
        new = np.concatenate([keys, low[better] * size + high[better]])
        weight = np.concatenate([counts, np.ones(int(better.sum()), dtype=np.int64)])
        keys, place = np.unique(new, return_inverse=True)
        counts = np.bincount(place, weights=weight, minlength=len(keys)).astype(np.int64)
    return keys // max(size, 1), keys % max(size, 1), counts


def _within(group: Integers) -> Iterator[tuple[Integers, Integers]]:
    """All ordered pairs of rows of the same group, the earlier row first, in blocks of bounded size."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    sizes = np.diff(np.append(starts, len(group)))
    position = np.arange(len(group)) - np.repeat(starts, sizes)
    later = np.repeat(sizes, sizes) - position - 1
    later[np.repeat(sizes, sizes) > _MOST_PRODUCTS] = 0
    total = np.cumsum(later)
    first = 0
    while first < len(group):
        done = int(total[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(total, done + _PAIRS_AT_ONCE, side="right")))
        rows = np.arange(first, last)
        left = np.repeat(rows, later[first:last])
        offset = np.cumsum(later[first:last]) - later[first:last]
        yield left, left + 1 + np.arange(len(left)) - np.repeat(offset, later[first:last])
        first = last
