"""Replenishment: after how many days a customer usually buys a product again.

The waits between purchases of the same product by the same customer are taken as log-normal. A customer's own mean log
wait is drawn towards the product's, and the product's towards the shop's, each by a pseudo-count of waits, so that one
repeat says little and ten say much (the usual shrinkage of a mean by a normal prior of known strength).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.prediction.recommend.interactions import Floats, Integers, Interactions

_OWN, _PRODUCT = (
    2.0,
    5.0,
)  # pseudo-waits of the product's mean in the customer's, of the shop's in the product's


@dataclass(frozen=True, eq=False)
class Rhythm:
    """For each customer and product that was bought, in order of customer and product.

    `times`: days on which it was bought; `last`: the last of them; `wait`: expected days to the next purchase (0 where
    nobody ever bought anything twice); `own`: whether the customer has bought it more than once. `starts`: where a
    customer's rows begin.
    """

    product: Integers
    times: Integers
    last: Integers
    wait: Floats
    starts: Integers

    def overdue(self, as_of: Integers) -> Floats:
        """log(days since the last purchase / expected days) of each row, as of a day for each customer."""
        per_row = np.repeat(as_of, np.diff(self.starts))
        age = np.maximum(per_row - self.last, 1)
        return np.asarray(np.log(age / np.maximum(self.wait, 1.0)) * (self.wait > 0))


def rhythm_of(given: Interactions) -> Rhythm:
    """The rhythm of every customer and product, from all purchases given."""
    who, what, when = given.customer, given.product, given.day
    again = np.zeros(len(given), dtype=np.bool_)
    again[1:] = (who[1:] == who[:-1]) & (what[1:] == what[:-1])
    logs = np.zeros(len(given))
    logs[1:] = np.log(np.maximum(np.diff(when), 1), where=again[1:], out=np.zeros(max(len(given) - 1, 0)))
    first = np.flatnonzero(~again)
    size = len(given.products)
    repeats = np.bincount(what[again], minlength=size).astype(np.float64)
    total = np.bincount(what[again], weights=logs[again], minlength=size)
    shop = float(logs[again].mean()) if again.any() else 0.0
    product_mean = (total + _PRODUCT * shop) / (repeats + _PRODUCT)
    own_total = np.add.reduceat(logs, first) if len(first) else np.zeros(0)
    times = np.diff(np.append(first, len(given)))
    own_mean = (own_total + _OWN * product_mean[what[first]]) / (times - 1 + _OWN)
    wait = np.exp(own_mean) if again.any() else np.zeros(len(first))
    starts = np.searchsorted(who[first], np.arange(len(given.customers) + 1))
    last = when[np.append(first[1:], len(given)) - 1] if len(first) else np.zeros(0, np.int64)
    return Rhythm(what[first], times.astype(np.int64), last, wait, starts.astype(np.int64))
