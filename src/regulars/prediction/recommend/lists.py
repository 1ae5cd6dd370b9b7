"""The lists of many customers at once, as arrays: 'buy again', 'discover', and both in one by one score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from regulars.prediction.recommend.interactions import Flags, Integers, Interactions
from regulars.prediction.recommend.model import Recommender
from regulars.prediction.recommend.ranking import Ranked, best_of_dense, best_of_entries
from regulars.prediction.recommend.reasons import strongest
from regulars.prediction.recommend.rhythm import Rhythm, rhythm_of
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
from regulars.prediction.recommend.similar import Similarity, in_places

Kind = Literal["again", "discover", "mixed"]
KINDS: tuple[Kind, ...] = ("again", "discover")

BELOW = 100.0  # puts what nothing speaks for under all that something does; scores are logarithms
_AT_ONCE = 8_000_000  # scores that are held at once: 32 MB a matrix
_MOST_OTHERS = 1_000


@dataclass(frozen=True, eq=False)
class Found:
    """One list of some customers: ranked products (`item`: position of the product) and their reasons' numbers."""

    kind: Kind
    ranked: Ranked
    times: Integers
    days_ago: Integers
    usual: Integers
    because: Integers


def in_chunks(
    model: Recommender,
    given: Interactions,
    rows: Integers,
    kinds: Sequence[Kind],
    k: int,
    allowed: Flags | None = None,
) -> Iterator[tuple[Integers, list[Found]]]:
    """For chunks of these rows of `given`: the rows and their lists, as of the later day of the model and the purchases."""
    if len(rows) < len(given.customers):
        asked = np.zeros(len(given.customers), dtype=np.bool_)
        asked[rows] = True
        given = given.only(asked[given.customer])
    rhythm = rhythm_of(given, model.waits)
    size = max(1, _AT_ONCE // max(len(model.similar.products), 1))
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        days = np.full(len(part), max(model.as_of, given.as_of))
        scene = Scene(given, part, days, model.sales, np.zeros(len(part), dtype=np.int64))
        yield part, lists_of(model, scene, rhythm, kinds, k, allowed)


def lists_of(
    model: Recommender,
    scene: Scene,
    rhythm: Rhythm,
    kinds: Sequence[Kind],
    k: int,
    allowed: Flags | None = None,
) -> list[Found]:
    """The lists of the customers of one scene."""
    permitted = np.ones(len(model.products), dtype=np.bool_) if allowed is None else allowed
    own = own_of(scene, rhythm, model.settings.again_half_life)
    taste = tastes(scene, model.similar, model.settings.taste_half_life)
    pull = attraction(taste, model.similar)
    makers = {"again": _again, "discover": _discover, "mixed": _mixed}
    return [makers[kind](model, scene, own, taste, pull, k, permitted) for kind in kinds]


def _again(
    model: Recommender, scene: Scene, own: Own, taste: sp.csr_array, pull: npt.NDArray[np.float32], k: int,
    allowed: Flags,
) -> Found:  # fmt: skip
    scores = again_scores(own, scene, model.settings)
    kept = np.flatnonzero(allowed[own.product])
    ranked = best_of_entries(own.row[kept], kept, scores[kept], k)
    return _from_own("again", own, ranked)


def _discover(
    model: Recommender, scene: Scene, own: Own, taste: sp.csr_array, pull: npt.NDArray[np.float32], k: int,
    allowed: Flags,
) -> Found:  # fmt: skip
    columns = model.similar.products
    lean = model.settings.discover
    scores = discover_scores(pull, scene.sales.trend(lean.rise, lean.fade)[:, columns][scene.moment])
    unknown = np.diff(taste.indptr) == 0
    scores[unknown] = scene.sales.fast[:, columns][scene.moment[unknown]]
    ranked = _best_unseen(model, own, scores, k, allowed)
    return _from_taste("discover", model, taste, ranked)


def _mixed(
    model: Recommender, scene: Scene, own: Own, taste: sp.csr_array, pull: npt.NDArray[np.float32], k: int,
    allowed: Flags,
) -> Found:  # fmt: skip
    settings, columns = model.settings, model.similar.products
    trend = scene.sales.trend(settings.mixed.rise, settings.mixed.fade)
    fresh = mixed_scores(np.zeros(1), pull, settings.pull, trend[:, columns][scene.moment])
    new = _from_taste("mixed", model, taste, _best_unseen(model, own, fresh, k, allowed))
    place = in_places(columns, len(model.products))[own.product]
    drawn = np.where(place >= 0, pull[own.row, place], 0.0) if len(columns) else np.zeros(len(place))
    scores = mixed_scores(own.strength, drawn, settings.pull, trend[scene.moment[own.row], own.product])
    kept = np.flatnonzero(allowed[own.product])
    old = _from_own("mixed", own, best_of_entries(own.row[kept], kept, scores[kept], k))
    return _merged(old, new, k)


def _best_unseen(
    model: Recommender, own: Own, scores: npt.NDArray[np.floating], k: int, allowed: Flags
) -> Ranked:
    """The best of the similarity's products that may be offered and that the customer never bought.

    Where they are fewer than k, other products follow by what is popular now.
    """
    columns = model.similar.products
    scores[:, ~allowed[columns]] = -np.inf
    _take_out(scores, own, in_places(columns, len(model.products)))
    if len(scores) and np.isfinite(scores).sum(axis=1).min() < k:
        others = _others(model, allowed, k + int(np.bincount(own.row, minlength=1).max()))
        popular = np.tile(model.popular[others] - np.float32(BELOW), (len(scores), 1))
        _take_out(popular, own, in_places(others, len(model.products)))
        scores, columns = np.hstack([scores, popular]), np.concatenate([columns, others])
    ranked = best_of_dense(scores, k)
    return Ranked(ranked.row, ranked.rank, columns[ranked.item], ranked.score)


def _take_out(scores: npt.NDArray[np.floating], own: Own, places: Integers) -> None:
    """What a customer bought is not new to the customer; `places`: the column of each product, -1 where it has none."""
    place = places[own.product]
    scores[own.row[place >= 0], place[place >= 0]] = -np.inf


def _others(model: Recommender, allowed: Flags, most: int) -> Integers:
    """Products outside the similarity that may be offered, the most popular first, at most `_MOST_OTHERS`."""
    free = allowed.copy()
    free[model.similar.products] = False
    found = np.flatnonzero(free)
    return found[np.argsort(-model.popular[found], kind="stable")][: min(most, _MOST_OTHERS)]


def _from_own(kind: Kind, own: Own, ranked: Ranked) -> Found:
    at = ranked.item
    usual = np.where(own.times[at] > 1, np.maximum(np.rint(own.wait[at]), 1), 0).astype(np.int64)
    products = Ranked(ranked.row, ranked.rank, own.product[at], ranked.score)
    nobody = np.full(len(at), -1, dtype=np.int64)
    return Found(kind, products, own.times[at], own.days_ago[at], usual, nobody)


def _from_taste(kind: Kind, model: Recommender, taste: sp.csr_array, ranked: Ranked) -> Found:
    because = because_of(len(model.products), model.similar, taste, ranked)
    nothing = np.zeros(len(ranked), dtype=np.int64)
    return Found(kind, ranked, nothing, nothing, nothing, because)


def because_of(size: int, similar: Similarity, taste: sp.csr_array, ranked: Ranked) -> Integers:
    """For each ranked product the position of the purchase that speaks most for it; -1 where none does."""
    place = in_places(similar.products, size)[ranked.item]
    inside = np.flatnonzero(place >= 0)
    source = strongest(taste, similar, ranked.row[inside], place[inside])
    found = np.full(len(place), -1, dtype=np.int64)
    found[inside[source >= 0]] = similar.products[source[source >= 0]]
    return found


def _merged(old: Found, new: Found, k: int) -> Found:
    """The k best of two lists of the same customers."""
    both = [np.concatenate(pair) for pair in zip(_columns(old), _columns(new), strict=True)]
    row, item, score, times, days_ago, usual, because = both
    ranked = best_of_entries(row, np.arange(len(row)), score, k)
    at = ranked.item
    products = Ranked(ranked.row, ranked.rank, item[at], ranked.score)
    return Found("mixed", products, times[at], days_ago[at], usual[at], because[at])


def _columns(found: Found) -> tuple[npt.NDArray[np.generic], ...]:
    ranked = found.ranked
    return ranked.row, ranked.item, ranked.score, found.times, found.days_ago, found.usual, found.because
