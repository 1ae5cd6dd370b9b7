"""Replenishment: after how many days a customer usually buys a product again.

The waits between purchases of the same product by the same customer are taken as log-normal. A customer's own mean log
wait is drawn towards the product's, and the product's towards the shop's, each by a pseudo-count of waits, so that one
repeat says little and ten say much (the usual shrinkage of a mean by a normal prior of known strength).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.prediction.recommend.interactions import Flags, Floats, Integers, Interactions

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


def waits_of(given: Interactions) -> Floats:
    """The usual days from one purchase of each product to the next by the same customer; 0 where nobody bought twice."""
    again, logs = _waits(given)
    if not again.any():
        return np.zeros(len(given.products))
    size = len(given.products)
    repeats = np.bincount(given.product[again], minlength=size)
    total = np.bincount(given.product[again], weights=logs[again], minlength=size)
    return np.asarray(np.exp((total + _PRODUCT * logs[again].mean()) / (repeats + _PRODUCT)))


def rhythm_of(given: Interactions, waits: Floats) -> Rhythm:
    """The rhythm of every customer and product among these purchases; `waits`: of the whole shop's, see `waits_of`."""
    again, logs = _waits(given)
    first = np.flatnonzero(~again)
    who, what = given.customer[first], given.product[first]
    times = np.diff(np.append(first, len(given)))
    own = np.add.reduceat(logs, first) if len(first) else np.zeros(0)
    usual = waits[what]
    mean = (own + _OWN * np.log(np.maximum(usual, 1.0))) / (times - 1 + _OWN)
    last = given.day[first + times - 1]
    starts = np.searchsorted(who, np.arange(len(given.customers) + 1)).astype(np.int64)
    return Rhythm(what, times.astype(np.int64), last, np.where(usual > 0, np.exp(mean), 0.0), starts)


def _waits(given: Interactions) -> tuple[Flags, Floats]:
    """Whether a row is a purchase of what the customer bought before, and the log of the days since then (else 0)."""
    again = np.zeros(len(given), dtype=np.bool_)
    again[1:] = (given.customer[1:] == given.customer[:-1]) & (given.product[1:] == given.product[:-1])
    logs = np.zeros(len(given))
    later = np.flatnonzero(again)
    logs[later] = np.log(given.day[later] - given.day[later - 1])
    return again, logs
