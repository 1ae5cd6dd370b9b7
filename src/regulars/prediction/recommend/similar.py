"""Which products go with which, from who bought what: EASE, the item-to-item regression without self-similarity.

With X the customers' purchases (0/1), G = X'X + lambda I and P = G^-1, the weights are B_ij = -P_ij / P_jj, B_jj = 0 (H. Steck,
Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019). The inverse of m products takes m^3 operations and m^2
numbers, so at most `LIMIT` products take part, the most bought; for the others item cosine serves where they are asked
about one at a time (`cosine_to`). lambda is given in multiples of the mean number of buyers of a product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg as sl
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from regulars.prediction.recommend.interactions import Floats, Integers, Interactions
from regulars.prediction.recommend.trend import Singles

LIMIT = 5_000  # products
FEWEST = 5  # purchases that a product needs to be learned from
_FEW, _SMALL = 50, 500


@dataclass(frozen=True, eq=False)
class Similarity:
    """`weights[i, j]`: what having bought product i adds to the score of product j; (m, m), zero diagonal.

    `products`: positions of the m products among those of the interactions, sorted. `left_out`: how many products with
    enough purchases are not in it because there are more than the limit.
    """

    products: Integers
    weights: Singles
    left_out: int


def learnable(given: Interactions, limit: int = LIMIT, fewest: int = FEWEST) -> tuple[Integers, int]:
    """Positions of the most bought products with at least `fewest` purchases, sorted, and how many fell to the limit.

    Where hardly any product has as many, the shop is small, and its most bought products take part however rare.
    """
    bought = np.bincount(given.product, minlength=len(given.products))
    enough = np.flatnonzero(bought >= fewest)
    if len(enough) < _FEW:
        enough, limit = np.flatnonzero(bought > 0), min(limit, _SMALL)
    kept = enough[np.argsort(-bought[enough], kind="stable")[:limit]]
    return np.sort(kept).astype(np.int64), len(enough) - len(kept)


def gram(given: Interactions, products: Integers) -> Floats:
    """How many customers bought both of each pair of these products; the diagonal: how many bought it. (m, m)."""
    # Counts up to sixteen million are exact in four bytes, and the sparse product is the largest that is held.
    bought = given.bought()[:, products].astype(np.float32).tocsc()
    return np.asarray((bought.T @ bought).toarray(), dtype=np.float64)


def ease(together: Floats, ridge: float, threads: int = 1) -> Singles:
    """EASE's weights from the matrix of `gram`; `ridge` times the mean of its diagonal is lambda."""
    size = len(together)
    if not size:
        return np.zeros((0, 0), dtype=np.float32)
    matrix = together.copy()
    diagonal = np.diag_indices(size)
    matrix[diagonal] += ridge * float(together[diagonal].mean())
    with threadpool_limits(limits=threads):
        # The transpose of a symmetric matrix is itself, in the order that LAPACK works on in place.
        factor, _ = sl.lapack.dpotrf(matrix.T, lower=1, overwrite_a=1)
        inverse, _ = sl.lapack.dpotri(factor, lower=1, overwrite_c=1)
    own = inverse[diagonal].copy()
    # Only the lower triangle is filled; the upper one is its mirror image.
    weights: Singles = np.tril(inverse.astype(np.float32), -1)
    del inverse
    weights += weights.T
    weights /= -own.astype(np.float32)
    return weights


def cosine_to(given: Interactions, products: Integers) -> sp.csr_array:
    """Item cosine of these products to all: buyers of both / sqrt(buyers of each); (asked, products), own entry zero."""
    bought = given.bought().tocsc()
    buyers = np.maximum(np.asarray(bought.sum(axis=0), dtype=np.float64), 1.0)
    both = (bought[:, products].T @ bought).tocoo()
    rows, columns = both.coords
    other = columns != products[rows]
    rows, columns = rows[other], columns[other]
    cosine = both.data[other] / np.sqrt(buyers[products[rows]] * buyers[columns])
    return sp.csr_array((cosine, (rows, columns)), shape=both.shape)


def in_places(products: Integers, size: int) -> npt.NDArray[np.int64]:
    """For each of `size` products its place among `products`; -1 where it is not one of them."""
    places = np.full(size, -1, dtype=np.int64)
    places[products] = np.arange(len(products))
    return places
