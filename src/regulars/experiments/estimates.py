"""From sums to a difference with its standard error, at each look: stratified by day of assignment, adjusted by covariates.

The estimate is the regression of the outcome on treatment with one constant a stratum: the differences of means within
strata, weighted by n_treated x n_held_out / n (G. W. Imbens and D. B. Rubin, Causal Inference, 2015, chapter 9). It needs
no stratum to be large, and nobody's day of joining is taken for an effect. Its variance lets the arms differ in spread.
Covariates from before the assignment are subtracted with the slopes that make the estimated variance smallest: CUPED
(A. Deng, Y. Xu, R. Kohavi and T. Walker, WSDM 2013) with as many covariates as are given, and for two arms asymptotically
the interacted regression of W. Lin (Ann. Appl. Stat. 7, 2013), never worse than none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.experiments.moments import Moments
from regulars.experiments.sequences import clock_of

Floats = npt.NDArray[np.float64]

# Slopes are estimated where the smaller arm has so many customers, and so many more a covariate.
_ENOUGH, _EACH = 20, 10


@dataclass(frozen=True)
class Estimates:
    """At each look (L,): `difference`, `error` (its standard error), `unadjusted_error`, and `clock` from look to look.

    Looks before `first` (both arms there) hold zeros; `first` is L where there are none.
    """

    difference: Floats
    error: Floats
    unadjusted_error: Floats
    correlation: Floats
    first: int


def estimated(sums: Moments) -> Estimates:
    """The estimates at all looks."""
    plain = _Weighed(sums, np.zeros((sums.n.shape[0], sums.x.shape[-1])))
    slopes = plain.best_slopes()
    adjusted = _Weighed(sums, slopes) if slopes.any() else plain
    steps = _spread(plain, sums.step, sums.step_squares)
    ready = np.flatnonzero(plain.total > 0)
    return Estimates(
        adjusted.difference,
        adjusted.error,
        plain.error,
        _neighbours(adjusted.variance, steps),
        int(ready[0]) if ready.size else plain.total.size,
    )


def clock(found: Estimates, start: int) -> Floats:
    """The clock at each look; zero before the look `start`."""
    running = clock_of(found.correlation[start:]) if start < found.error.size else np.zeros(0)
    return np.concatenate([np.zeros(start), running])


class _Weighed:
    """One set of slopes applied: `difference`, `variance` of the weighted sum behind it, `error`; all (L,)."""

    def __init__(self, sums: Moments, slopes: Floats) -> None:
        self.sums, self.slopes = sums, slopes
        n = sums.n
        self.whole = n.sum(axis=2)
        held_out, treated = n[..., 0], n[..., 1]
        self.weight = _over(held_out * treated, self.whole)
        self.total = self.weight.sum(axis=1)
        self.share = _over(treated, self.whole)
        # Of a customer of this arm, by stratum: squared, and enlarged for the mean that each stratum estimates.
        pull = np.stack([self.share, 1 - self.share], axis=2) ** 2
        self.pull = np.where(self.weight > 0, _over(self.whole, self.whole - 1), 0.0)[..., None] * pull
        self.y = sums.y - np.einsum("lk,cak->lca", slopes, sums.x)
        means = _over(self.y, n)
        self.difference = _over((self.weight * (means[..., 1] - means[..., 0])).sum(axis=1), self.total)
        self.variance = np.einsum("lca,lca->l", self.pull, self._squares()) * self.freedom()
        self.error = _over(np.sqrt(self.variance), self.total)

    def _middles(self) -> Floats:
        """What is expected of a customer of the stratum and arm (L, C, 2)."""
        of_stratum = _over(self.y.sum(axis=2), self.whole)
        side = np.stack([-self.share, 1 - self.share], axis=2)
        return of_stratum[..., None] + side * self.difference[:, None, None]

    def _squares(self) -> Floats:
        """Sums of squares about what is expected (L, C, 2)."""
        sums, slopes, middle = self.sums, self.slopes, self._middles()
        yy = sums.yy - 2 * np.einsum("lk,lcak->lca", slopes, sums.xy)
        yy = yy + np.einsum("lj,lk,cajk->lca", slopes, slopes, sums.xx, optimize=True)
        return np.asarray(np.maximum(yy - 2 * middle * self.y + sums.n * middle**2, 0.0))

    def freedom(self) -> Floats:
        """Enlarges for what the smaller arm has spent: its mean, and the slopes."""
        smaller = self.sums.n.sum(axis=1).min(axis=1)
        spent = 1 + (self.slopes != 0).sum(axis=1)
        return _over(smaller, np.maximum(smaller - spent, 0.5))

    def best_slopes(self) -> Floats:
        """The slopes (L, K) that make the variance smallest; zeros where there are too few customers."""
        sums, pull = self.sums, self.pull
        k = sums.x.shape[-1]
        if not k:
            return np.zeros((sums.n.shape[0], 0))
        middle = self._middles()
        means = _over(sums.x.sum(axis=1), sums.n[-1].sum(axis=1)[:, None])
        centred = (
            sums.xx - np.einsum("ck,caj->cajk", means, sums.x) - np.einsum("cj,cak->cajk", means, sums.x)
        )
        centred = centred + np.einsum("ca,cj,ck->cajk", sums.n[-1], means, means)
        with_y = sums.xy - np.einsum("lca,ck->lcak", sums.y, means)
        with_y = with_y - middle[..., None] * (sums.x - sums.n[-1][..., None] * means[:, None, :])[None]
        left = np.einsum("lca,cajk->ljk", pull, centred)
        right = np.einsum("lca,lcak->lk", pull, with_y)
        slopes = np.einsum("ljk,lk->lj", np.linalg.pinv(left, rcond=1e-8, hermitian=True), right)
        enough = sums.n.sum(axis=1).min(axis=1) >= _ENOUGH + _EACH * k
        return np.where(enough[:, None], slopes, 0.0)


def _spread(weighed: _Weighed, y: Floats, yy: Floats) -> Floats:
    """Variance of the weighted sum of what each look added (L,)."""
    own = np.maximum(yy - _over(y * y, weighed.sums.n), 0.0)
    return np.asarray(np.einsum("lca,lca->l", weighed.pull, own) * weighed.freedom())


def _neighbours(variance: Floats, steps: Floats) -> Floats:
    """Correlation of the estimate's weighted sum with that of the look before (L - 1,): 1 where nothing moved.

    From the variances of both and of their difference: cov(a, b) = (var a + var b - var(b - a)) / 2.
    """
    before, after = variance[:-1], variance[1:]
    shared = (before + after - steps[1:]) / 2
    found = _over(shared, np.sqrt(before * after))
    return np.clip(np.where(before * after > 0, found, 1.0), 0.0, 1.0)


def _over(part: Floats, whole: Floats) -> Floats:
    """A quotient; 0 where there is nothing to divide by."""
    found: Floats = np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole > 0)
    return found
