"""Why a product is recommended, as data: a code and the numbers that its words need.

`bought_before`: `times` days on which the customer bought it, the last `days_ago` days ago, `usual_days` from one to the next
(only where the customer bought it more than once); `bought_with`: `because`, the product of the customer's history that adds
most to the score, exact since the score is a sum over the history; `popular_now`: nothing in the history speaks for it.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from regulars.prediction.recommend.interactions import Integers
from regulars.prediction.recommend.similar import Similarity

BOUGHT_BEFORE, BOUGHT_WITH, POPULAR_NOW = "bought_before", "bought_with", "popular_now"


def strongest(taste: sp.csr_array, similar: Similarity, row: Integers, place: Integers) -> Integers:
    """For each recommended `place` of a `row` of `taste`: the place of the purchase that adds most; -1 where none adds."""
    counts = np.diff(taste.indptr)[row].astype(np.int64)
    found = np.full(len(row), -1, dtype=np.int64)
    some = counts > 0
    if not some.any():
        return found
    sizes = counts[some]
    starts = np.cumsum(sizes) - sizes
    entry = np.repeat(taste.indptr[row[some]] - starts, sizes) + np.arange(int(sizes.sum()))
    source = taste.indices[entry]
    added = taste.data[entry] * similar.weights[source, np.repeat(place[some], sizes)]
    highest = np.maximum.reduceat(added, starts)
    at_most = np.flatnonzero(added == np.repeat(highest, sizes))
    group = np.repeat(np.arange(len(sizes)), sizes)[at_most]
    _, first = np.unique(group, return_index=True)
    found[some] = np.where(highest > 0, source[at_most[first]], -1)
    return found
