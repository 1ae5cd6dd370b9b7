"""Several learners and the purchase models, combined on the log-odds scale with weights chosen where none had looked.

A blend is a sum, so what each column adds to a score stays exact. Every learner is fitted beside a level for each past
day: it learns who rather than how many, which changes with the season and is settled apart (see levels.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from regulars.prediction.churn.boosted import Boosted
from regulars.prediction.churn.linear import Linear
from regulars.prediction.churn.odds import Floats, chance, level_for, log_odds

Integers = npt.NDArray[np.int64]
RIDGE = 30.0
_PULL = 0.002  # towards equal weights, a customer: decides between members that say the same


@dataclass(frozen=True, eq=False)
class Examples:
    """What is learned from: `matrix` (rows, columns), `left` 0 or 1, `groups` the past day of each row (0, 1, ...).

    `base` (rows, models): log-odds of leaving by models that were fitted without these outcomes. `own` (rows,): what
    the simple rule looks at. `folds`: 0, 1, ...; rows of one customer share one.
    """

    matrix: Floats
    base: Floats
    own: Floats
    left: Floats
    groups: Integers
    folds: Integers

    def take(self, rows: npt.NDArray[np.bool_]) -> Examples:
        return Examples(
            self.matrix[rows],
            self.base[rows],
            self.own[rows],
            self.left[rows],
            self.groups[rows],
            self.folds[rows],
        )

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True)
class Ensemble:
    """`weights` of the linear model, the boosted one, then each model of `base`. Scores are log-odds up to a level."""

    linear: Linear | None
    boosted: Boosted | None
    base: tuple[str, ...]
    weights: tuple[float, ...]
    centre: tuple[float, ...]

    @property
    def members(self) -> tuple[str, ...]:
        """What is combined, in the order of the weights."""
        learned = (("linear", self.linear), ("boosted", self.boosted))
        return (*(name for name, one in learned if one is not None), *self.base)

    def scores(self, matrix: Floats, base: Floats, *, threads: int = 1) -> Floats:
        """(rows, members): log-odds up to a level, each on its own."""
        columns = []
        if self.linear is not None:
            columns.append(self.linear.score(matrix))
        if self.boosted is not None:
            columns.append(self.boosted.score(matrix, threads=threads))
        return np.column_stack([*columns, base - np.asarray(self.centre)])

    def score(self, matrix: Floats, base: Floats, *, threads: int = 1) -> Floats:
        """The blend, (rows,)."""
        total: Floats = self.scores(matrix, base, threads=threads) @ np.asarray(self.weights)
        return total

    def parts(self, matrix: Floats, base: Floats, *, threads: int = 1) -> tuple[Floats, Floats]:
        """What adds up to the blend's score less its mean in training: by column, and by model of `base`."""
        found = np.zeros(matrix.shape)
        weights = dict(zip(self.members, self.weights, strict=True))
        if self.linear is not None and weights["linear"] > 0:
            found += weights["linear"] * self.linear.parts(matrix)
        if self.boosted is not None and weights["boosted"] > 0:
            found += weights["boosted"] * self.boosted.parts(matrix, threads=threads)
        own = np.array([weights[name] for name in self.base])
        return found, (base - np.asarray(self.centre)) * own

    def to_dict(self) -> dict[str, Any]:
        return {
            "linear": self.linear.to_dict() if self.linear else None,
            "boosted": self.boosted.to_dict() if self.boosted else None,
            "base": list(self.base),
            "weights": list(self.weights),
            "centre": list(self.centre),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Ensemble:
        return cls(
            Linear.from_dict(given["linear"]) if given["linear"] else None,
            Boosted.from_dict(given["boosted"]) if given["boosted"] else None,
            tuple(given["base"]),
            tuple(given["weights"]),
            tuple(given["centre"]),
        )


@dataclass(frozen=True, eq=False)
class Unseen:
    """Scores of rows that the learners had not seen: `scores` (rows, members), `rule` (rows,), and the rows' outcomes."""

    members: tuple[str, ...]
    scores: Floats
    rule: Floats
    left: Floats
    groups: Integers
    folds: Integers

    def blended(self, weights: Floats | None = None) -> Floats:
        """The blend's scores; without weights those chosen on the other folds, so that they are not judged by themselves."""
        if weights is not None:
            return self.scores @ weights
        found = np.zeros(len(self.left))
        for fold in np.unique(self.folds):
            own = self.folds == fold
            found[own] = self.scores[own] @ choose(self.scores[~own], self.left[~own], self.groups[~own])
        return found

    def levelled(self, score: Floats) -> Floats:
        """Log-odds: the scores at the level that each past day turned out to have."""
        found = np.empty(len(score))
        for group in np.unique(self.groups):
            own = self.groups == group
            found[own] = score[own] + level_for(score[own], float(self.left[own].mean()))
        return found


def learn(examples: Examples, base: tuple[str, ...], *, seed: int, threads: int = 1) -> Ensemble:
    """Fit the learners; weights are equal until they are chosen."""
    matrix, groups = examples.matrix, np.unique(examples.groups, return_inverse=True)[1].astype(np.int64)
    linear = Linear.fit(matrix, examples.left, groups, ridge=RIDGE)
    boosted = Boosted.fit(matrix, examples.left, groups, seed=seed, threads=threads)
    count = 2 + len(base)
    centre = tuple(examples.base.mean(axis=0).tolist()) if base else ()
    return Ensemble(linear, boosted, base, (1 / count,) * count, centre)


def unseen(examples: Examples, base: tuple[str, ...], *, seed: int, threads: int = 1) -> Unseen:
    """Scores out of fold: by customer and, where there are several past days, by day too.

    Fold k is judged on one of the latest days, by learners that saw neither its customers nor that day. Where there is
    one day only, on that day by learners that saw the other customers.
    """
    days = np.unique(examples.groups)
    latest = days[-3:][::-1]
    found: list[tuple[Floats, Floats, Examples]] = []
    for fold in np.unique(examples.folds):
        own = examples.folds == fold
        day = latest[int(fold) % len(latest)]
        inside = ~own if len(days) == 1 else ~own & (examples.groups != day)
        trained, judged = examples.take(inside), examples.take(own & (examples.groups == day))
        if len(judged) == 0:
            continue
        ensemble = learn(trained, base, seed=seed, threads=threads)
        rule = rule_of(trained).score(judged.own[:, None])
        found.append((ensemble.scores(judged.matrix, judged.base, threads=threads), rule, judged))
    return Unseen(
        ("linear", "boosted", *base),
        np.concatenate([scores for scores, _, _ in found]),
        np.concatenate([rule for _, rule, _ in found]),
        *(
            np.concatenate([getattr(one, name) for _, _, one in found])
            for name in ("left", "groups", "folds")
        ),
    )


def rule_of(examples: Examples) -> Linear:
    """The simple rule: one line of what it looks at, with knots."""
    groups = np.unique(examples.groups, return_inverse=True)[1].astype(np.int64)
    return Linear.fit(examples.own[:, None], examples.left, groups, ridge=1.0)


def choose(scores: Floats, left: Floats, groups: Integers) -> Floats:
    """Weights (members,), none negative, with the least log-loss beside a level for each group."""
    members = scores.shape[1]
    places = np.unique(groups, return_inverse=True)[1]
    share = (np.bincount(places, left) + 0.5) / (np.bincount(places) + 1.0)
    equal = np.full(members, 1 / members)

    def loss(theta: Floats) -> tuple[float, Floats]:
        weights, level = theta[:members], theta[members:]
        score = scores @ weights + level[places]
        off = chance(score) - left
        value = float(np.mean(np.logaddexp(0.0, score) - left * score)) + _PULL * float(
            ((weights - equal) ** 2).sum()
        )
        slope = np.r_[scores.T @ off + 2 * _PULL * len(left) * (weights - equal), np.bincount(places, off)]
        return value, slope / len(left)

    start = np.r_[equal, log_odds(share)]
    bounds = [(0.0, None)] * members + [(None, None)] * len(share)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x[:members], dtype=np.float64)
