"""The settings that would have served best before: chosen on each customer's last known day, learned from the days before.

Every choice is made by the same procedure as the measure (held_out.py), one part after the other: similarity and taste and
the trend of 'discover' by its recall among new products, then 'buy again' among products bought before, then what both
lists in one need. What is to be predicted later is never seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from regulars.prediction.recommend.held_out import HeldOut, hold_out_last_day
from regulars.prediction.recommend.interactions import Flags, Interactions
from regulars.prediction.recommend.rhythm import Rhythm, rhythm_of, waits_of
from regulars.prediction.recommend.scoring import (
    Own,
    Scene,
    again_scores,
    attraction,
    discover_scores,
    mixed_scores,
    own_of,
    tastes,
)
from regulars.prediction.recommend.settings import Lean, Settings
from regulars.prediction.recommend.similar import LIMIT, Similarity, ease, gram, in_places, learnable
from regulars.prediction.recommend.trend import Sales, Singles, sales_as_of

RIDGES = (2.0, 6.0, 20.0)
HALF_LIVES = (60.0, 120.0, 240.0, 480.0)
LEANS = tuple(
    Lean(*pair)
    for pair in (
        (0.0, 0.0), (0.1, 0.0), (0.2, 0.1), (0.4, 0.1), (0.4, 0.3), (0.6, 0.3),
        (0.7, 0.5), (0.9, 0.6), (0.9, 0.8), (1.2, 0.8), (1.2, 1.0), (1.6, 1.1), (2.0, 1.4),
    )
)  # fmt: skip
RHYTHMS = (0.0, 0.15, 0.3)
PULLS = (0.5, 1.0, 2.0, 4.0, 8.0)

_MOST = 1_500  # customers to choose on: their recall is known to less than a hundredth
_FEWEST = 100  # under so many, differences are chance and the defaults serve
_K = 10


@dataclass(frozen=True, eq=False)
class _Trial:
    """One past to try settings on; matrices are (customers, m) over the products of the similarity."""

    held: HeldOut
    scene: Scene
    rhythm: Rhythm
    products: np.ndarray[tuple[int], np.dtype[np.int64]]
    truth: Flags
    seen: Flags

    def trend(self, lean: Lean) -> Singles:
        sales = self.scene.sales
        narrow = Sales(sales.fast[:, self.products], sales.slow[:, self.products])
        return narrow.trend(lean.rise, lean.fade)[self.scene.moment]


def choose(given: Interactions, *, limit: int = LIMIT, threads: int = 1) -> Settings:
    """Settings chosen on the customers' last days in `given`; the defaults where too few customers came twice."""
    held = hold_out_last_day(given).some(_MOST)
    if len(held.rows) < _FEWEST:
        return Settings()
    trial = _trial(held, limit)
    found, pull = _discover(trial, Settings(customers=len(held.rows)), threads)
    return _mixed(trial, pull, _again(trial, found))


def _trial(held: HeldOut, limit: int) -> _Trial:
    moments, moment = np.unique(held.days, return_inverse=True)
    scene = Scene(held.train, held.rows, held.days, sales_as_of(held.train, moments), moment)
    products, _ = learnable(held.train, limit)
    truth = held.truth[:, products].toarray() > 0
    seen = held.train.bought(held.rows)[:, products].toarray() > 0
    return _Trial(held, scene, rhythm_of(held.train, waits_of(held.train)), products, truth, seen)


def _discover(trial: _Trial, start: Settings, threads: int) -> tuple[Settings, Singles]:
    """The best similarity and taste, then the best trend; the settings and the attraction."""
    together = gram(trial.held.train, trial.products)
    best, found, pull = -1.0, start, np.zeros(trial.truth.shape, dtype=np.float32)
    for ridge in RIDGES:
        similar = Similarity(trial.products, ease(together, ridge, threads), 0)
        for half_life in HALF_LIVES:
            tried = attraction(tastes(trial.scene, similar, half_life), similar)
            recall = _new_recall(trial, tried, start.discover)
            if recall > best:
                best, pull = recall, tried
                found = replace(start, ridge=ridge, taste_half_life=half_life)
    leans = [replace(found, discover=lean) for lean in LEANS]
    return max(leans, key=lambda each: _new_recall(trial, pull, each.discover)), pull


def _new_recall(trial: _Trial, pull: Singles, lean: Lean) -> float:
    scores = discover_scores(pull, trial.trend(lean))
    scores[trial.seen] = -np.inf
    return recall_of_dense(scores, trial.truth & ~trial.seen)


def _again(trial: _Trial, start: Settings) -> Settings:
    """The best half-life, then trend, then rhythm of own purchases."""
    truth = trial.truth & trial.seen

    def recall(tried: Settings) -> float:
        own = own_of(trial.scene, trial.rhythm, tried.again_half_life)
        return recall_of_dense(_spread(trial, own, again_scores(own, trial.scene, tried)), truth)

    found = max((replace(start, again_half_life=half_life) for half_life in HALF_LIVES), key=recall)
    found = max((replace(found, again=lean) for lean in LEANS), key=recall)
    return max((replace(found, rhythm=rhythm) for rhythm in RHYTHMS), key=recall)


def _mixed(trial: _Trial, pull: Singles, start: Settings) -> Settings:
    """What similarity counts beside own purchases, and the trend, where both lists are one."""
    own = own_of(trial.scene, trial.rhythm, start.again_half_life)
    strength = _spread(trial, own, own.strength, empty=0.0)

    def recall(tried: Settings) -> float:
        trend = trial.trend(tried.mixed)
        return recall_of_dense(mixed_scores(strength, pull, tried.pull, trend), trial.truth)

    found = max((replace(start, mixed=lean) for lean in LEANS), key=recall)
    found = max((replace(found, pull=weight) for weight in PULLS), key=recall)
    return max((replace(found, mixed=lean) for lean in LEANS), key=recall)


def _spread(
    trial: _Trial, own: Own, values: np.ndarray[tuple[int], np.dtype[np.float64]], empty: float = -np.inf
) -> Singles:
    """Values of entries as a matrix over the products of the similarity."""
    found = np.full(trial.truth.shape, empty, dtype=np.float32)
    place = in_places(trial.products, len(trial.scene.given.products))[own.product]
    kept = place >= 0
    found[own.row[kept], place[kept]] = values[kept]
    return found


def recall_of_dense(scores: np.ndarray[tuple[int, int], np.dtype[np.floating]], truth: Flags) -> float:
    """Mean recall@10 over rows with any truth; minus infinity is never recommended."""
    wanted = truth.sum(axis=1)
    width = min(_K, scores.shape[1])
    if not width or not wanted.any():
        return 0.0
    top = np.argpartition(-scores, width - 1, axis=1)[:, :width]
    hit = np.take_along_axis(truth, top, axis=1) & np.isfinite(np.take_along_axis(scores, top, axis=1))
    ok = wanted > 0
    return float((hit.sum(axis=1)[ok] / np.minimum(wanted[ok], _K)).mean())
