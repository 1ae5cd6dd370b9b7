"""Sums that effects are estimated from: look by look, for each day of assignment (stratum) and arm.

Shapes: L looks, C strata, 2 arms (held out, treated), K covariates. A stratum's customers are in the sums of the looks
from its day on. Everything is additive, so a path over a year costs one pass over what the customers did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Moments:
    """`n`, `y`, `yy`: customers, sum and sum of squares of their outcome so far (L, C, 2); `step`, `step_squares`: sum and
    sum of squares of what the look added (L, C, 2); `xy` (L, C, 2, K); `x`, `xx`: of the covariates (C, 2, K) and
    (C, 2, K, K)."""

    n: Floats
    y: Floats
    yy: Floats
    step: Floats
    step_squares: Floats
    xy: Floats
    x: Floats
    xx: Floats

    def told_by(self, *, share: bool = False) -> Floats:
        """How many customers each arm's sum rests on, by look and arm (L, 2): (sum y)^2 / sum y^2 (L. Kish, Survey
        Sampling, 1965), fewer where few spend most; for a `share` of customers those who are in it or those who are not,
        whichever are fewer."""
        total, squares = self.y.sum(axis=1), self.yy.sum(axis=1)
        if share:
            return np.asarray(np.minimum(total, self.n.sum(axis=1) - total))
        found: Floats = np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)
        return found


@dataclass(frozen=True)
class Happened:
    """What customers did: `who` (place of the customer), `look` (place of the look that saw it first), `amount`.

    One row a customer and look, ordered by customer, then look.
    """

    who: Whole
    look: Whole
    amount: Floats


def moments(
    stratum: Whole, arm: Whole, covariates: Floats, joined: Whole, happened: Happened, looks: int
) -> Moments:
    """The sums for customers with `stratum` (0..), `arm` (0 held out, 1 treated), `covariates` (N, K).

    `joined`: for each stratum the first look at which its customers are there.
    """
    strata, k = joined.size, covariates.shape[1]
    cell = stratum * 2 + arm
    shape = (looks, strata, 2)
    there = np.arange(looks)[:, None] >= joined[None, :]
    count = np.bincount(cell, minlength=strata * 2).reshape(strata, 2).astype(np.float64)

    where = happened.look * (strata * 2) + cell[happened.who]

    def added(weights: Floats) -> Floats:
        return summed(where, weights, looks * strata * 2).reshape(shape)

    amount, before = happened.amount, _before(happened)
    step, squares = added(amount), added(amount * amount)
    xs = covariates[happened.who]
    xy = np.stack([added(amount * xs[:, j]) for j in range(k)], axis=-1) if k else np.zeros((*shape, 0))
    by_cell = [summed(cell, column, strata * 2) for column in covariates.T]
    pairs = [
        summed(cell, covariates[:, i] * covariates[:, j], strata * 2) for i in range(k) for j in range(k)
    ]
    return Moments(
        n=there[:, :, None] * count[None],
        y=np.cumsum(step, axis=0),
        yy=np.maximum(np.cumsum(added(amount * (amount + 2 * before)), axis=0), 0.0),
        step=step,
        step_squares=squares,
        xy=np.cumsum(xy, axis=0),
        x=np.stack(by_cell, axis=-1).reshape(strata, 2, k) if k else np.zeros((strata, 2, 0)),
        xx=np.stack(pairs, axis=-1).reshape(strata, 2, k, k) if k else np.zeros((strata, 2, 0, 0)),
    )


def summed(place: Whole, weights: Floats, count: int) -> Floats:
    """Sums of `weights` by place (0 .. count - 1)."""
    return np.bincount(place, weights=weights, minlength=count).astype(np.float64)


def _before(happened: Happened) -> Floats:
    """For each row the sum of the customer's earlier rows."""
    running = np.cumsum(happened.amount) - happened.amount
    starts = np.flatnonzero(np.diff(happened.who, prepend=-1))
    lengths = np.diff(np.append(starts, happened.who.size))
    return running - np.repeat(running[starts], lengths)
