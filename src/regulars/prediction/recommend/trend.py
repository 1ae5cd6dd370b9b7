"""How much each product sells as of a day: purchases weighted by 2^(-age / half-life), age in days.

The trend of a product as of a day is log(fast + e) * rise - log(slow + e) * fade, with its sales in the last week or so
(`fast`) against those of the last half year (`slow`): what sells now, less what always sells. The second term is the
correction for popularity: similarity to a history already favours what everybody buys. e is a tenth of a sale, so that
a product that did not sell of late is unlikely and not impossible. A product that is no longer sold sinks by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from regulars.prediction.recommend.interactions import Floats, Integers, Interactions

Singles = npt.NDArray[np.float32]

FAST, SLOW = 7.0, 180.0  # half-lives in days
_A_TENTH = 0.1


@dataclass(frozen=True, eq=False)
class Sales:
    """log(decayed sales + a tenth) as of some days: `fast` and `slow`, (days, products)."""

    fast: Singles
    slow: Singles

    def trend(self, rise: float, fade: float, rows: Integers | None = None) -> Singles:
        """The log of what the trend multiplies a score by, for these days (default: all)."""
        fast, slow = (self.fast, self.slow) if rows is None else (self.fast[rows], self.slow[rows])
        return (np.float32(rise) * fast - np.float32(fade) * slow).astype(np.float32)


def sales_as_of(given: Interactions, days: Integers) -> Sales:
    """Sales as of each of these days (sorted, unique), from purchases on earlier days only."""
    return Sales(_logs(given, days, FAST), _logs(given, days, SLOW))


def _logs(given: Interactions, days: Integers, half_life: float) -> Singles:
    """One pass over the days: the state is one number a product."""
    bins = np.searchsorted(days, given.day, side="right")  # the first asked day after the purchase
    kept = bins < len(days)
    weights = np.exp2(-(days[bins[kept]] - given.day[kept]) / half_life)
    shape = (len(days), len(given.products))
    new = sp.coo_array((weights, (bins[kept], given.product[kept])), shape=shape).tocsr()
    found = np.empty(shape, dtype=np.float32)
    state: Floats = np.zeros(shape[1])
    for row in range(len(days)):
        if row:
            state = state * np.exp2(-(days[row] - days[row - 1]) / half_life)
        part = slice(new.indptr[row], new.indptr[row + 1])
        state[new.indices[part]] += new.data[part]
        found[row] = np.log(state + _A_TENTH)
    return found
