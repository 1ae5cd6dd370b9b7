"""The measure of recommendations: each customer's last purchase day is held out, what was bought on it is the truth.

recall@k = hits / min(k, truths); NDCG@k = sum of 1 / log2(1 + rank) over hits / its largest possible value. Both are means
over the customers that have a truth, `all`, and among products that the customer had not bought before, `new`. 'Buy again'
and 'discover' are two problems, so that a measure over all products alone would hide the second (M. Li and others, A Next
Basket Recommendation Reality Check, ACM TOIS 2023).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from regulars.prediction.recommend.interactions import Flags, Floats, Integers, Interactions
from regulars.prediction.recommend.ranking import Ranked


@dataclass(frozen=True, eq=False)
class HeldOut:
    """`train`: everything before each customer's last day; `rows`: customers with an earlier day, `days`: their last one.

    `truth` (rows, products): 1 where a product was bought on the last day; `new`: the same for products that the customer
    had not bought before.
    """

    train: Interactions
    rows: Integers
    days: Integers
    truth: sp.csr_array
    new: sp.csr_array

    def some(self, most: int) -> HeldOut:
        """At most so many customers, evenly spread."""
        if len(self.rows) <= most:
            return self
        at = np.linspace(0, len(self.rows) - 1, most).astype(np.int64)
        return HeldOut(self.train, self.rows[at], self.days[at], self.truth[at], self.new[at])


def hold_out_last_day(given: Interactions) -> HeldOut:
    """Take out each customer's last purchase day."""
    size = len(given.customers)
    last = np.full(size, -1, dtype=np.int64)
    first = np.full(size, np.iinfo(np.int64).max)
    np.maximum.at(last, given.customer, given.day)
    np.minimum.at(first, given.customer, given.day)
    earlier = given.day < last[given.customer]
    rows = np.flatnonzero((last >= 0) & (first < last))
    return _held(given, given.only(earlier), ~earlier, rows, last[rows])


def hold_out_from(given: Interactions, cut: int) -> HeldOut:
    """Everything from a day on is taken out for everybody; the truth is each known customer's first purchase day after it.

    So nobody's later purchases teach anything about anybody's earlier ones. `days` are the cut: lists made on it serve.
    """
    train = given.before(cut)
    size = len(given.customers)
    later = given.day >= cut
    first = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(first, given.customer[later], given.day[later])
    known = np.bincount(train.customer, minlength=size) > 0
    rows = np.flatnonzero(known & (first < np.iinfo(np.int64).max))
    return _held(given, train, given.day == first[given.customer], rows, np.full(len(rows), cut))


def _held(given: Interactions, train: Interactions, out: Flags, rows: Integers, days: Integers) -> HeldOut:
    where = (given.customer[out], given.product[out])
    shape = (len(given.customers), len(given.products))
    truth = sp.csr_array((np.ones(int(out.sum())), where), shape=shape)[rows]
    new = sp.csr_array(truth - truth.multiply(train.bought(rows)))
    new.eliminate_zeros()
    return HeldOut(train, rows, days, truth, new)


def hits_of(ranked: Ranked, truth: sp.csr_array) -> Flags:
    """Whether each ranked product was bought; `ranked.row` is the row of `truth`."""
    width = truth.shape[1]
    rows, columns = truth.tocoo().coords
    keys = rows.astype(np.int64) * width + columns
    return np.isin(ranked.row.astype(np.int64) * width + ranked.item, keys)


@dataclass(frozen=True)
class Accuracy:
    """Means over `customers`, with the standard error of the recall."""

    recall: float
    ndcg: float
    customers: int
    standard_error: float


def accuracy(ranked: Ranked, truth: sp.csr_array, k: int = 10) -> Accuracy:
    """Recall and NDCG of ranked products (item: position of the product) against the truth."""
    wanted = np.diff(truth.indptr)
    ok = wanted > 0
    if not ok.any():
        return Accuracy(0.0, 0.0, 0, 0.0)
    recall, ndcg = _by_customer(ranked, truth, k)
    recall, ndcg = recall[ok], ndcg[ok]
    error = float(recall.std() / np.sqrt(len(recall)))
    return Accuracy(float(recall.mean()), float(ndcg.mean()), len(recall), error)


def _by_customer(ranked: Ranked, truth: sp.csr_array, k: int) -> tuple[Floats, Floats]:
    size, wanted = truth.shape[0], np.diff(truth.indptr)
    hit = hits_of(ranked, truth) & (ranked.rank <= k)
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    row, rank = ranked.row[hit], ranked.rank[hit]
    possible = np.minimum(np.maximum(wanted, 1), k)
    hits: npt.NDArray[np.float64] = np.bincount(row, minlength=size).astype(np.float64)
    gain = np.bincount(row, weights=discount[rank - 1], minlength=size)
    return hits / possible, gain / np.cumsum(discount)[possible - 1]
