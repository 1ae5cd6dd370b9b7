"""The recommender: learned once from all purchases, then it answers for customers, baskets, product pages and visitors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.prediction.recommend.choose import choose
from regulars.prediction.recommend.interactions import Floats, Interactions
from regulars.prediction.recommend.rhythm import waits_of
from regulars.prediction.recommend.settings import Settings
from regulars.prediction.recommend.similar import LIMIT, Similarity, ease, gram, learnable
from regulars.prediction.recommend.trend import Sales, sales_as_of


@dataclass(frozen=True, eq=False)
class Recommender:
    """What was learned: `sales` as of `as_of` (one row) and `waits` (usual days to the next purchase) over `products` (codes,
    sorted), `similar` over some of them."""

    settings: Settings
    products: npt.NDArray[np.str_]
    similar: Similarity
    sales: Sales
    waits: Floats
    as_of: int
    customers: int
    purchases: int

    @property
    def popular(self) -> npt.NDArray[np.float32]:
        """Score of each product for somebody of whom nothing is known: the log of what it sells now."""
        return np.asarray(self.sales.fast[0])


def fit(
    given: Interactions, *, settings: Settings | None = None, limit: int = LIMIT, threads: int = 1
) -> Recommender:
    """Learn from all purchases before `given.as_of`.

    `settings` None: chosen on the customers' last days in `given`, which are earlier than anything that the answer is
    about. `limit`: the most products that similarity is learned for; `threads`: of the matrix inverse.
    """
    chosen = settings or choose(given, limit=limit, threads=threads)
    products, left_out = learnable(given, limit)
    weights = ease(gram(given, products), chosen.ridge, threads)
    return Recommender(
        chosen,
        given.products,
        Similarity(products, weights, left_out),
        sales_as_of(given, np.array([given.as_of])),
        waits_of(given),
        given.as_of,
        len(np.unique(given.customer)),
        len(given),
    )
