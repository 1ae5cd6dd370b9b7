"""How many groups there are, if any: k-means, with k chosen by stability and against data that has no groups.

A number of groups is taken only where

- two halves of the customers, grouped each by itself, agree: prediction strength (R. Tibshirani and G. Walther, J. Comput.
  Graph. Stat. 14, 2005) and the adjusted Rand index (L. Hubert and P. Arabie, J. Classif. 2, 1985) of at least 0.8;
- no group is smaller than 2 % of the customers;
- grouping explains more than it does of data without groups: the gap statistic (R. Tibshirani, G. Walther and T. Hastie, JRSS B
  63, 2001), with data drawn evenly along the principal axes. Any smooth heap of customers can be cut in two, and both halves
  will cut it alike; that alone makes no groups;
- each group and its nearest, taken by themselves in equal numbers, do so too: no group was cut to make two.

Of those the number with the largest gap is taken. Everything follows from the seed; threads are held to one.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

MOST = 8
AGREEMENT = 0.8
SMALLEST = 0.02
FEWEST = 200  # customers; groups of fewer say little, and are not stable
_SAMPLE, _FIT, _REFERENCE, _PAIR = 6_000, 50_000, 3_000, 800
_HALVES, _REFERENCES, _REFITS = 4, 6, 10


@dataclass(frozen=True)
class Candidate:
    """A number of groups: `agreement` (adjusted Rand index of halves), `strength` (prediction strength), `smallest` (share of
    the smallest group), `gain` over data without groups (gap statistic less that of one group) and its standard `error`; `boundary`: the same of
    the two groups that are least apart, less two errors (0 where the rest failed already)."""

    groups: int
    agreement: float
    strength: float
    smallest: float
    gain: float
    error: float
    boundary: float

    @property
    def stable(self) -> bool:
        """Whether halves agree on them, and none is tiny."""
        return min(self.agreement, self.strength) >= AGREEMENT and self.smallest >= SMALLEST

    @property
    def holds(self) -> bool:
        """Whether these are groups."""
        return self.stable and self.gain > max(2 * self.error, 0.01) and self.boundary > 0


@dataclass(frozen=True)
class Search:
    """All numbers that were tried; `chosen` None where none of them holds."""

    candidates: tuple[Candidate, ...]
    chosen: Candidate | None


def search(x: Floats, seed: int, most: int = MOST) -> Search:
    """Try 2 to `most` groups of the scaled traits (N, D). Fewer than 200 customers, or no traits, have none."""
    if len(x) < FEWEST or not x.shape[1]:
        return Search((), None)
    chance = np.random.default_rng(seed)
    sample = x[_some(chance, len(x), _SAMPLE)]
    with threadpool_limits(1):
        gains = _gains(sample[:_REFERENCE], most, chance, seed)
        candidates = tuple(
            _candidate(sample, k, *gains[k], chance, seed) for k in range(2, most + 1) if k in gains
        )
    holding = [candidate for candidate in candidates if candidate.holds]
    return Search(candidates, max(holding, key=lambda candidate: candidate.gain, default=None))


def centres_of(x: Floats, k: int, seed: int) -> Floats:
    """The centres (k, D) of k groups, from 50,000 customers at most."""
    chance = np.random.default_rng(seed)
    with threadpool_limits(1):
        return np.asarray(_fitted(x[_some(chance, len(x), _FIT)], k, seed, starts=8).cluster_centers_)


def group_stability(x: Floats, centres: Floats, seed: int) -> Floats:
    """For each group the mean Jaccard similarity with its like when customers are drawn again (C. Hennig, Comput. Stat. Data
    Anal. 52, 2007): above 0.85 very stable, under 0.6 none."""
    chance, k = np.random.default_rng(seed + 1), len(centres)
    sample = x[_some(chance, len(x), _SAMPLE)]
    own, best = nearest(sample, centres), np.zeros(k)
    with threadpool_limits(1):
        for turn in range(_REFITS):
            drawn = sample[chance.integers(0, len(sample), len(sample))]
            other = nearest(sample, _fitted(drawn, k, seed + turn).cluster_centers_)
            best += jaccard(own, other, k, k).max(axis=1)
    return best / _REFITS


def jaccard(one: Labels, other: Labels, k: int, m: int) -> Floats:
    """Similarity of each group of one labelling with each of another (k, m): common customers over all of both."""
    common = _crossed(one, other, k, m)
    union = common.sum(axis=1)[:, None] + common.sum(axis=0)[None, :] - common
    found: Floats = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    return found


def nearest(x: Floats, centres: Floats) -> Labels:
    """The place of the nearest centre (N,)."""
    return np.asarray(distances(x, centres).argmin(axis=1), dtype=np.int64)


def distances(x: Floats, centres: Floats) -> Floats:
    """Squared distances (N, k)."""
    squares = (
        np.einsum("nd,nd->n", x, x)[:, None] - 2 * x @ centres.T + np.einsum("kd,kd->k", centres, centres)
    )
    return np.asarray(np.maximum(squares, 0.0))


def _candidate(
    x: Floats, k: int, gain: float, error: float, chance: np.random.Generator, seed: int
) -> Candidate:
    agreements, strengths = [], []
    for _ in range(_HALVES):
        order = chance.permutation(len(x))
        halves = x[order[: len(x) // 2]], x[order[len(x) // 2 :]]
        centres = [_fitted(half, k, seed).cluster_centers_ for half in halves]
        for half, mine, theirs in ((halves[0], *centres), (halves[1], *centres[::-1])):
            own, other = nearest(half, mine), nearest(half, theirs)
            agreements.append(adjusted_rand_score(own, other))
            strengths.append(_strength(_crossed(own, other, k, k)))
    whole = np.asarray(_fitted(x, k, seed).cluster_centers_)
    labels = nearest(x, whole)
    smallest = float(np.bincount(labels, minlength=k).min() / len(x))
    found = Candidate(k, float(np.mean(agreements)), float(np.mean(strengths)), smallest, gain, error, 0.0)
    return replace(found, boundary=_boundary(x, labels, whole, chance, seed)) if found.stable else found


def _boundary(x: Floats, labels: Labels, centres: Floats, chance: np.random.Generator, seed: int) -> float:
    """The gain of the pair of neighbours that is least apart, less two errors."""
    apart = distances(centres, centres)
    np.fill_diagonal(apart, np.inf)
    pairs = {(min(pair), max(pair)) for pair in enumerate(apart.argmin(axis=1).tolist())}
    return min(_parted(x[labels == one], x[labels == other], chance, seed) for one, other in sorted(pairs))


def _parted(one: Floats, other: Floats, chance: np.random.Generator, seed: int) -> float:
    """How much more two groups explain of both than a cut in two does of data without groups, less two errors."""
    count = min(len(one), len(other), _PAIR)
    both = np.concatenate([part[_some(chance, len(part), count)] for part in (one, other)])
    whole, halves = both - both.mean(axis=0), (both[:count], both[count:])
    within = sum(float(((half - half.mean(axis=0)) ** 2).sum()) for half in halves)
    own = np.log(float((whole**2).sum()) / max(within, 1e-12))
    drawn = _without_groups(whole, [2], chance, seed)
    return float(own - drawn.mean() - 2 * drawn.std() * np.sqrt(1 + 1 / _REFERENCES))


def _strength(common: Floats) -> float:
    """Of the pairs of one group, how many are together in the other grouping: the worst group's share."""
    pairs = (common * (common - 1) / 2).sum(axis=1)
    sizes = common.sum(axis=1)
    whole = sizes * (sizes - 1) / 2
    return float(np.divide(pairs, whole, out=np.zeros_like(pairs), where=whole > 0).min())


def _gains(x: Floats, most: int, chance: np.random.Generator, seed: int) -> dict[int, tuple[float, float]]:
    """For each k the gain of the gap over one group, with its error; only ks with enough different customers."""
    centred = x - x.mean(axis=0)
    different = len(np.unique(x, axis=0))
    ks = [k for k in range(2, most + 1) if k <= different]
    own = _explained(centred, ks, seed)
    drawn = _without_groups(centred, ks, chance, seed)
    mean, error = np.mean(drawn, axis=0), np.std(drawn, axis=0) * np.sqrt(1 + 1 / _REFERENCES)
    return {k: (float(own[n] - mean[n]), float(error[n])) for n, k in enumerate(ks)}


def _without_groups(centred: Floats, ks: list[int], chance: np.random.Generator, seed: int) -> Floats:
    """What k-means explains of data drawn evenly along the principal axes, as wide as these (references, ks)."""
    covariance = np.cov(centred, rowvar=False).reshape(centred.shape[1], -1)
    half_width = np.sqrt(3.0 * np.maximum(np.linalg.eigvalsh(covariance), 0.0))
    drawn = (chance.uniform(-half_width, half_width, centred.shape) for _ in range(_REFERENCES))
    return np.array([_explained(sample, ks, seed) for sample in drawn])


def _explained(x: Floats, ks: list[int], seed: int) -> Floats:
    """log(W_1 / W_k): how much closer customers are to their group's centre than to that of all."""
    centred = x - x.mean(axis=0)
    whole = float(np.einsum("nd,nd->", centred, centred))
    within = np.array([_fitted(x, k, seed).inertia_ for k in ks])
    return np.asarray(np.log(whole / np.maximum(within, whole * 1e-12)))


def _fitted(x: Floats, k: int, seed: int, starts: int = 3) -> KMeans:
    with warnings.catch_warnings():
        # Fewer different customers than groups: some groups are empty, and the smallest share says so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return KMeans(k, n_init=starts, max_iter=100, random_state=seed, copy_x=True).fit(x)


def _some(chance: np.random.Generator, count: int, most: int) -> Labels:
    """Places of `most` customers at most, in random order."""
    return chance.permutation(count)[:most]


def _crossed(one: Labels, other: Labels, k: int, m: int) -> Floats:
    return np.bincount(one * m + other, minlength=k * m).reshape(k, m).astype(np.float64)
