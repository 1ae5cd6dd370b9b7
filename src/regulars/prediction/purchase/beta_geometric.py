"""BG/NBD and MBG/NBD: a gamma-distributed rate, and a beta-distributed probability to drop out after a purchase.

BG/NBD: P. S. Fader, B. G. S. Hardie and K. L. Lee, '"Counting Your Customers" the Easy Way', Marketing Science 24:2 (2005).
MBG/NBD: E. P. Batislam, M. Denizel and A. Filiztekin, International Journal of Research in Marketing 24:3 (2007), where a
customer can drop out after the first purchase too. With k the times that a customer could have dropped out and did not (x,
or x + 1 for the MBG/NBD), both likelihoods are

    Gamma(r+x)/Gamma(r) alpha^r  B(a,b+k)/B(a,b)  [ (alpha+T)^-(r+x) + [k>0] a/(b+k-1) (alpha+t_x)^-(r+x) ].
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, expit, gammaln

from regulars.prediction.purchase.model import Alive, Generator, PurchaseModel, Simulated
from regulars.prediction.purchase.quadrature import mean_until_dropout
from regulars.prediction.purchase.rows import Rows, at
from regulars.prediction.summary import PurchaseSummary

Floats = npt.NDArray[np.float64]
_BLOCK = 32_768  # rows at once: their arrays stay in the processor's cache
_NEVER = 1e15  # purchases until dropout that nobody lives to see


class BetaGeometric(PurchaseModel):
    """What both models share; `first` is 1 where a customer can drop out right after the first purchase."""

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    process: ClassVar[tuple[tuple[str, float] | None, ...]] = (
        None,
        ("rate", -1.0),
        ("dropout", 1.0),
        ("dropout", 1.0),
    )
    first: ClassVar[int] = 0

    @classmethod
    def _likelihood(cls, rows: Rows, theta: Floats) -> tuple[float, Floats]:
        return log_likelihood(rows, theta, cls.first)

    @classmethod
    def _starts(cls, rows: Rows) -> list[Floats]:
        scale = float(rows.count @ rows.age) / float(rows.count @ rows.x)
        return [np.log([0.5, 0.5 * scale, 0.5, 1.5]), np.log([2.0, 2.0 * scale, 1.0, 20.0])]

    def alive_at_end(self, rows: Rows, theta: Floats) -> Floats:
        return expit(-_log_odds(rows, theta, self.first))  # type: ignore[no-any-return]

    def buys_if_alive(self, alive: Alive, horizon: Floats) -> Floats:
        r, alpha, _, _ = alive.theta
        return -np.expm1(-(r + alive.x) * np.log1p(horizon / (alpha + alive.age)))  # type: ignore[no-any-return]

    def expected_if_alive(self, alive: Alive, horizon: Floats) -> Floats:
        r, alpha, a, b = alive.theta
        return mean_until_dropout(a, b + alive.x + self.first, r + alive.x, horizon / (alpha + alive.age))

    def waiting(self, rows: Rows, theta: Floats, chance: float, within: float) -> Floats:
        r, alpha, _, _ = (at(one, rows.pattern) for one in theta)
        with np.errstate(divide="ignore", invalid="ignore"):
            quiet = np.log1p(-np.minimum(chance / self.alive_at_end(rows, theta), 1.0))
            found = (alpha + rows.age) * np.expm1(-quiet / (r + rows.x))
        return np.where(found <= within, found, np.inf)

    def _new(self, times: Floats, theta: Floats) -> Floats:
        r, alpha, a, b = theta
        stays = b / (a + b) if self.first else 1.0
        return stays * mean_until_dropout(a, b + self.first, r, times / alpha)

    def _simulated(self, age: Floats, horizon: float, theta: Floats, chance: Generator) -> Simulated:
        r, alpha, a, b = (np.broadcast_to(one, age.shape) for one in theta)
        rate, leaves = chance.gamma(r) / alpha, chance.beta(a, b)
        last = _purchases_until_dropout(leaves, chance) - self.first
        x, later, ends = _thinned(rate, last, age, horizon, chance)
        gone = ends <= age
        end = np.where(gone, np.maximum(ends, 0.0), age)
        # The last of x purchases: the one that ended it, or the latest of x uniform times.
        recency = np.where(gone, end, end * chance.random(len(age)) ** (1 / np.maximum(x, 1)))
        recency = np.where(x > 0, np.minimum(recency, age), 0.0)
        summary = PurchaseSummary(np.arange(len(age)), x, recency, age, None, self.unit_days)
        return Simulated(summary, later, ~gone)

    def drawn_if_alive(self, alive: Alive, horizon: float, chance: Generator) -> tuple[Floats, Floats]:
        r, alpha, a, b = alive.theta
        rate = chance.gamma(np.broadcast_to(r + alive.x, alive.x.shape)) / (alpha + alive.age)
        leaves = chance.beta(a, b + alive.x + self.first, size=alive.x.shape)
        last = _purchases_until_dropout(leaves, chance)
        nothing = np.zeros_like(alive.x)
        _, later, ends = _thinned(rate, last, nothing, horizon, chance)
        return later, np.minimum(ends, horizon)


class BgNbd(BetaGeometric):
    """BG/NBD: a customer can drop out after each repeat purchase. Parameters r, alpha (rate), a, b (dropout).

    E[rate] = r / alpha, E[probability to drop out] = a / (a + b). P(alive) is 1 for all who bought once.
    """


class MbgNbd(BetaGeometric):
    """MBG/NBD: a customer can drop out after each purchase, the first too. Parameters r, alpha (rate), a, b (dropout)."""

    first: ClassVar[int] = 1


def log_likelihood(rows: Rows, theta: Floats, first: int) -> tuple[float, Floats]:
    """The sum of log-likelihoods of rows, and its derivatives (4, P) by the parameters' logarithms; see the module."""
    r, alpha, a, b = theta
    value, by_theta = _by_x(rows, theta, first)
    ages, recencies, xs = rows.by_age, rows.by_recency, rows.by_x
    log_age = np.log(at(alpha, ages.pattern) + ages.time)
    log_recency = np.log(at(alpha, recencies.pattern) + recencies.time)
    odds = _log_dropped(xs.x, at(a, xs.pattern), at(b, xs.pattern), first)
    many = len(rows.patterns) > 1
    sums: list[Floats] = []
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        count, x_at = rows.count[block], xs.index[block]
        at_age, at_recency = log_age[ages.index[block]], log_recency[recencies.index[block]]
        s = (at(r, rows.pattern[block]) if many else r) + rows.x[block]
        gap = odds[x_at] + s * (at_age - at_recency)
        small = np.exp(-np.abs(gap))
        gone = count * np.where(gap > 0, 1.0, small) / (1 + small)
        stays = count - gone
        value += float(count @ (np.maximum(gap, 0) + np.log1p(small)) - (count * s) @ at_age)
        scale = at(alpha, rows.pattern[block]) if many else alpha
        parts = (
            -(stays * at_age + gone * at_recency),
            -s * (stays / (scale + rows.age[block]) + gone / (scale + rows.t[block])),
            gone,
            gone
            / np.maximum((at(b, rows.pattern[block]) if many else b) + rows.x[block] + (first - 1), 1e-300),
        )
        if many:
            sums.append(np.stack([np.bincount(rows.pattern[block], part, len(r)) for part in parts]))
        else:
            sums.append(np.array([[part.sum()] for part in parts]))
    by_r, by_alpha, by_a, by_b = np.sum(sums, axis=0)
    by_theta += np.stack((r * by_r, alpha * by_alpha, by_a, -b * by_b))
    return value, by_theta


def _by_x(rows: Rows, theta: Floats, first: int) -> tuple[float, Floats]:
    """The factors that depend on x alone."""
    xs = rows.by_x
    count = rows.counted(xs)
    r, alpha, a, b = (at(one, xs.pattern) for one in theta)
    k = xs.x + first
    value = gammaln(r + xs.x) - gammaln(r) + r * np.log(alpha)
    value += gammaln(a + b) + gammaln(b + k) - gammaln(b) - gammaln(a + b + k)
    whole = digamma(a + b) - digamma(a + b + k)
    parts = (
        r * (digamma(r + xs.x) - digamma(r) + np.log(alpha)),
        r + 0 * k,
        a * whole,
        b * (whole + digamma(b + k) - digamma(b)),
    )
    return float(count @ value), np.stack([rows.by_pattern(count * part, xs) for part in parts])


def _log_dropped(x: Floats, a: Floats, b: Floats, first: int) -> Floats:
    """log(a / (b + k - 1)); nobody has dropped out who had no occasion to (k = 0)."""
    k = x + first
    return np.where(k > 0, np.log(a / np.where(k > 0, b + k - 1, 1.0)), -np.inf)


def _log_odds(rows: Rows, theta: Floats, first: int) -> Floats:
    """The log odds that a customer has dropped out by T."""
    r, alpha, a, b = (at(one, rows.pattern) for one in theta)
    passed = np.log1p((rows.age - rows.t) / (alpha + rows.t))
    return _log_dropped(rows.x, a, b, first) + (r + rows.x) * passed


def _purchases_until_dropout(leaves: Floats, chance: Generator) -> Floats:
    """The number of the purchase after which a customer drops out: geometric, by inversion so that it may be huge."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found = np.ceil(np.log(chance.random(len(leaves))) / np.log1p(-leaves))
    return np.where(np.isfinite(found), np.clip(found, 1.0, _NEVER), np.where(leaves >= 1, 1.0, _NEVER))


def _thinned(
    rate: Floats, last: Floats, age: Floats, horizon: float, chance: Generator
) -> tuple[Floats, Floats, Floats]:
    """Purchases in (0, age] and in (age, age + horizon] of a stream that ends with its `last` one, and when it ends.

    The end is gamma-distributed. Given it, the purchases before it lie uniformly, so that those in a part are binomial.
    """
    lasting = last >= 1e9
    with np.errstate(divide="ignore", over="ignore"):
        ends = np.where(last > 0, chance.gamma(np.maximum(last, 1e-9)) / rate, -1.0)
    ends = np.where(lasting, np.inf, ends)
    before = np.where(lasting, 0, np.maximum(last - 1, 0)).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(np.clip(age / ends, 0.0, 1.0))
        x = np.where(
            ends <= age, np.maximum(last, 0), chance.binomial(before, np.where(ends > age, share, 0.0))
        )
        rest = np.nan_to_num(np.clip(horizon / (ends - age), 0.0, 1.0))
    later = chance.binomial(np.where(ends > age, before - np.minimum(x, before), 0).astype(np.int64), rest)
    later = later + ((ends > age) & (ends <= age + horizon))
    x = np.where(lasting, chance.poisson(np.where(lasting, rate * age, 0)), x)
    later = np.where(lasting, chance.poisson(np.where(lasting, rate * horizon, 0)), later)
    return x.astype(np.float64), later.astype(np.float64), ends
