"""What needs no learning, measured as the recommender is: what everybody buys, and what the customer bought most often.

`popular`: products by how many customers ever bought them. `often`: by the customer's own days with the product, the more
popular first where those are equal. A recommender that is not better than these need not be there.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from regulars.prediction.recommend.held_out import Accuracy, HeldOut, accuracy
from regulars.prediction.recommend.ranking import Ranked, best_of_dense

_CELLS_AT_ONCE = 4_000_000
_LESS_THAN_A_DAY = 1e-9  # popularity only decides between products that the customer bought equally often


def plain_rules(held: HeldOut, known: sp.csr_array, k: int = 10) -> dict[str, Accuracy]:
    """`popular_mixed`, `often_mixed`, `often_again`, `popular_discover` on these held-out days.

    `known`: what of `held.truth` the customer had bought before, of the same shape.
    """
    buyers = np.asarray(held.train.bought().sum(axis=0), dtype=np.float64)
    often = held.train.weighted(np.ones(len(held.train)), held.rows)
    popular, own, again, new = _ranked(often, buyers, k)
    return {
        "popular_mixed": accuracy(popular, held.truth, k),
        "often_mixed": accuracy(own, held.truth, k),
        "often_again": accuracy(again, known, k),
        "popular_discover": accuracy(new, held.new, k),
    }


def _ranked(
    often: sp.csr_array, buyers: np.ndarray[tuple[int], np.dtype[np.float64]], k: int
) -> list[Ranked]:
    """The best of each customer by popularity, by own days, by own days among those bought, by popularity among others."""
    parts: list[list[Ranked]] = [[], [], [], []]
    size = max(1, _CELLS_AT_ONCE // max(often.shape[1], 1))
    for start in range(0, often.shape[0], size):
        days = often[start : start + size].toarray()
        own = days + buyers * _LESS_THAN_A_DAY
        bought = days > 0
        everywhere = np.broadcast_to(buyers, days.shape)
        scores = (everywhere, own, np.where(bought, own, -np.inf), np.where(bought, -np.inf, everywhere))
        for found, score in zip(parts, scores, strict=True):
            best = best_of_dense(score, k)
            found.append(Ranked(best.row + start, best.rank, best.item, best.score))
    return [_joined(found) for found in parts]


def _joined(parts: list[Ranked]) -> Ranked:
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Ranked(nothing, nothing, nothing, np.zeros(0))
    columns = ("row", "rank", "item", "score")
    return Ranked(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))
