"""Scores of some customers at once, on the log scale. Nothing loops over customers; memory is bounded by the caller's chunk.

With f the customer's own purchases of a product (each worth 2^(-age / half-life)), e the similarity to the customer's taste
(EASE weights times such a history), w the logarithm of how overdue it is, and T the trend of the list:

    buy again   log f + rhythm w + T        over products that the customer bought
    discover    log e + T                   over products that the customer never bought
    mixed       log (f + pull e) + T        over both
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from regulars.prediction.recommend.interactions import Floats, Integers, Interactions
from regulars.prediction.recommend.rhythm import Rhythm
from regulars.prediction.recommend.settings import Settings
from regulars.prediction.recommend.similar import Similarity
from regulars.prediction.recommend.trend import Sales, Singles

_LITTLE = (
    1e-6  # of a purchase: the similarity of what has none, so that it comes last and in order of the trend
)
_LONGEST_LOG = 1.5  # being ten times overdue says no more than being five times overdue


@dataclass(frozen=True, eq=False)
class Scene:
    """Some customers (`rows` of the interactions) on their days: `days[i]` for `rows[i]`; `moment[i]`: its row in `sales`."""

    given: Interactions
    rows: Integers
    days: Integers
    sales: Sales
    moment: Integers


@dataclass(frozen=True, eq=False)
class Own:
    """What these customers bought, one entry a customer and product: `row` counts within the scene."""

    row: Integers
    product: Integers
    strength: Floats
    times: Integers
    days_ago: Integers
    overdue: Floats
    wait: Floats


def own_of(scene: Scene, rhythm: Rhythm, half_life: float) -> Own:
    """The customers' own purchases, with their decayed number."""
    counts = rhythm.starts[scene.rows + 1] - rhythm.starts[scene.rows]
    at = _stretches(rhythm.starts[scene.rows], counts)
    row = np.repeat(np.arange(len(scene.rows)), counts)
    decayed = _decayed(scene, half_life)
    strength = np.asarray(decayed.data, dtype=np.float64)
    ago = scene.days[row] - rhythm.last[at]
    wait = rhythm.wait[at]
    overdue = np.log(np.maximum(ago, 1) / np.maximum(wait, 1.0)) * (wait > 0)
    return Own(row, rhythm.product[at], strength, rhythm.times[at], ago, overdue, wait)


def tastes(scene: Scene, similar: Similarity, half_life: float) -> sp.csr_array:
    """The customers' histories over the products of `similar`: at most 1 each, less for what is long ago."""
    decayed = _decayed(scene, half_life)
    decayed.data = np.minimum(decayed.data, 1.0)
    return decayed[:, similar.products].astype(np.float32)


def attraction(taste: sp.csr_array, similar: Similarity) -> Singles:
    """e: (customers, m). Negative where the history speaks against a product."""
    return np.asarray(taste @ similar.weights, dtype=np.float32)


def again_scores(own: Own, scene: Scene, settings: Settings) -> Floats:
    """Scores of 'buy again', one an entry of `own`."""
    late = np.clip(own.overdue, -_LONGEST_LOG, _LONGEST_LOG)
    lean = settings.again
    trend = lean.rise * scene.sales.fast[scene.moment[own.row], own.product]
    trend = trend - lean.fade * scene.sales.slow[scene.moment[own.row], own.product]
    return np.asarray(np.log(own.strength + _LITTLE) + settings.rhythm * late + trend)


def discover_scores(pull: Singles, trend: Singles) -> Singles:
    """Scores of 'discover' over the products of the similarity; who bought one already is taken out afterwards."""
    return np.asarray(np.log(np.maximum(pull, np.float32(_LITTLE))) + trend)


def mixed_scores(strength: npt.NDArray[np.floating], pull: npt.NDArray[np.floating], weight: float,
                 trend: npt.NDArray[np.floating]) -> Floats:  # fmt: skip
    """Scores of both lists in one: entries of any one shape."""
    return np.asarray(np.log(np.maximum(strength + weight * np.maximum(pull, 0.0), _LITTLE)) + trend)


def _decayed(scene: Scene, half_life: float) -> sp.csr_array:
    given = scene.given
    counts = given.starts[scene.rows + 1] - given.starts[scene.rows]
    at = _stretches(given.starts[scene.rows], counts)
    row = np.repeat(np.arange(len(scene.rows)), counts)
    weights = np.exp2(-(scene.days[row] - given.day[at]) / half_life)
    starts = np.concatenate(([0], np.cumsum(counts)))
    matrix = sp.csr_array((weights, given.product[at], starts), shape=(len(scene.rows), len(given.products)))
    matrix.sum_duplicates()
    return matrix


def _stretches(starts: Integers, counts: Integers) -> Integers:
    """All positions of stretches that begin at `starts`, one after the other."""
    offsets = np.cumsum(counts) - counts
    return np.repeat(starts - offsets, counts) + np.arange(int(counts.sum()))
