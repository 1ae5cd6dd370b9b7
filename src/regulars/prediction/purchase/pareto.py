"""Pareto/NBD: gamma-distributed rates of purchase and of dropout, which can come at any time.

D. C. Schmittlein, D. G. Morrison and R. Colombo, 'Counting Your Customers: Who Are They and What Will They Do Next?',
Management Science 33:1 (1987); P. S. Fader and B. G. S. Hardie, 'A Note on Deriving the Pareto/NBD Model and Related
Expressions' (2005). The likelihood is

    Gamma(r+x)/Gamma(r) alpha^r beta^s [ (alpha+T)^-(r+x) (beta+T)^-s + s (G(x, t_x) - G(x, T)) ],
    G(x, t) = integral from t to infinity of (alpha+u)^-(r+x) (beta+u)^-(s+1) du,

the 2F1 of the literature as the integral that it stands for: computed once for each (x, t) that occurs, with all of its
derivatives. No digits are lost: s G(x, T) is less than the first term, and both are positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, exprel, gammaln

from regulars.prediction.history import PurchaseSummary
from regulars.prediction.purchase.model import Alive, Generator, PurchaseModel, Simulated
from regulars.prediction.purchase.quadrature import Tail, tail
from regulars.prediction.purchase.rows import Rows, at

Floats = npt.NDArray[np.float64]


class ParetoNbd(PurchaseModel):
    """Pareto/NBD. Parameters r, alpha (rate of purchase), s, beta (rate of dropout).

    E[rate] = r / alpha, E[rate of dropout] = s / beta.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    process: ClassVar[tuple[tuple[str, float] | None, ...]] = (None, ("rate", -1.0), None, ("dropout", -1.0))

    @staticmethod
    def _likelihood(rows: Rows, theta: Floats) -> tuple[float, Floats]:
        return log_likelihood(rows, theta)

    @staticmethod
    def _starts(rows: Rows) -> list[Floats]:
        age = float(rows.count @ rows.age)
        scale, mean = age / float(rows.count @ rows.x), age / rows.customers
        return [
            np.log([0.5, 0.5 * scale, 0.5, 0.5 * mean]),
            np.log([2.0, 2.0 * scale, 1.5, 5.0 * mean]),
        ]

    def _alive(self, rows: Rows, theta: Floats) -> Floats:
        return np.exp(-_terms(rows, theta, means=False).log_sum)

    def _buys(self, alive: Alive, horizon: Floats) -> Floats:
        r, alpha, s, beta = alive.theta
        a, b, p = alpha + alive.age, beta + alive.age, r + alive.x
        until_end = p * np.log(a) + s * np.log(b)
        ever = np.exp(np.log(p) + until_end + tail(a, b, p + 1, s).log)
        after = np.exp(np.log(p) + until_end + tail(a + horizon, b + horizon, p + 1, s).log)
        return np.clip(ever - after, 0.0, 1.0)

    def _expected(self, alive: Alive, horizon: Floats) -> Floats:
        r, alpha, s, beta = alive.theta
        return (r + alive.x) / (alpha + alive.age) * _lifetime(s, beta + alive.age, horizon)

    def _new(self, times: Floats, theta: Floats) -> Floats:
        r, alpha, s, beta = theta
        return r / alpha * _lifetime(s, beta, times)

    def _simulated(self, age: Floats, horizon: float, theta: Floats, chance: Generator) -> Simulated:
        r, alpha, s, beta = (np.broadcast_to(one, age.shape) for one in theta)
        rate = chance.gamma(r) / alpha
        with np.errstate(divide="ignore"):
            ends = chance.exponential(size=len(age)) / (chance.gamma(s) / beta)
        known = np.minimum(ends, age)
        x = chance.poisson(rate * known).astype(np.float64)
        recency = np.where(x > 0, known * chance.random(len(age)) ** (1 / np.maximum(x, 1)), 0.0)
        later = chance.poisson(rate * (np.minimum(ends, age + horizon) - known)).astype(np.float64)
        summary = PurchaseSummary(np.arange(len(age)), x, recency, age, None, self.unit_days)
        return Simulated(summary, later, ends > age)

    def _drawn(self, alive: Alive, horizon: float, chance: Generator) -> tuple[Floats, Floats]:
        r, alpha, s, beta = alive.theta
        shape = alive.x.shape
        rate = chance.gamma(np.broadcast_to(r + alive.x, shape)) / (alpha + alive.age)
        # The time until dropout is Pareto (Lomax) distributed.
        with np.errstate(over="ignore"):
            stays = (beta + alive.age) * np.expm1(chance.exponential(size=shape) / s)
        stays = np.minimum(stays, horizon)
        return chance.poisson(rate * stays).astype(np.float64), stays


@dataclass(frozen=True)
class _Terms:
    """The likelihood's bracket over its first term, 1 + s G(t_x)/first - s G(T)/first, as a logarithm; the shares of
    its three terms; G of the pairs."""

    log_sum: Floats
    share_recency: Floats
    share_age: Floats
    log_a: Floats
    log_b: Floats
    pairs: Tail


def log_likelihood(rows: Rows, theta: Floats) -> tuple[float, Floats]:
    """The sum of log-likelihoods of rows, and its derivatives (4, P) by the parameters' logarithms; see the module."""
    n = len(rows)
    terms = _terms(rows, theta, means=True)
    r, alpha, s, beta = (at(one, rows.pattern) for one in theta)
    p, count = r + rows.x, rows.count
    value = r * np.log(alpha) + s * np.log(beta) + terms.log_sum - p * terms.log_a - s * terms.log_b
    total = float(count @ value)

    late, end = count * terms.share_recency, count * terms.share_age
    first = count * np.exp(-terms.log_sum)
    known = rows.by_x_both
    weight = np.bincount(known.index[:n], late, len(known.x)) - np.bincount(
        known.index[n:], end, len(known.x)
    )
    pr, pa, ps, pb = (at(one, known.pattern) for one in theta)
    means = terms.pairs
    of_pairs = np.stack(
        (
            -pr * weight * means.log_a,
            -pa * (pr + known.x) * weight * means.inverse_a,
            -ps * weight * means.log_b + weight,
            -pb * (ps + 1) * weight * means.inverse_b,
        )
    )
    of_rows = np.stack(
        (
            r * (count * np.log(alpha) - first * terms.log_a),
            count * r - alpha * p * first * np.exp(-terms.log_a),
            s * (count * np.log(beta) - first * terms.log_b),
            count * s - beta * s * first * np.exp(-terms.log_b),
        )
    )
    by_theta = np.stack([rows.by_pattern(own) for own in of_rows])
    by_theta += np.stack([rows.by_pattern(own, known) for own in of_pairs])

    xs = rows.by_x
    own_r, by_x = at(theta[0], xs.pattern), rows.counted(xs)
    total += float(by_x @ (gammaln(own_r + xs.x) - gammaln(own_r)))
    by_theta[0] += rows.by_pattern(by_x * own_r * (digamma(own_r + xs.x) - digamma(own_r)), xs)
    return total, by_theta


def _terms(rows: Rows, theta: Floats, *, means: bool) -> _Terms:
    n, known = len(rows), rows.by_x_both
    pr, pa, ps, pb = (at(one, known.pattern) for one in theta)
    pairs = tail(pa + known.time, pb + known.time, pr + known.x, ps + 1, means=means)
    r, alpha, s, beta = (at(one, rows.pattern) for one in theta)
    log_a, log_b = np.log(alpha + rows.age), np.log(beta + rows.age)
    to_first = np.log(s) + (r + rows.x) * log_a + s * log_b
    recency = to_first + pairs.log[known.index[:n]]
    age = np.minimum(to_first + pairs.log[known.index[n:]], 0.0)
    most = np.maximum(recency, 0.0)
    rest = -np.expm1(age) * np.exp(-most)
    inner = np.maximum(rest + np.exp(recency - most), np.exp(-most))
    log_sum = most + np.log(inner)
    return _Terms(log_sum, np.exp(recency - log_sum), np.exp(age - log_sum), log_a, log_b, pairs)


def _lifetime(s: Floats, beta: Floats, horizon: Floats) -> Floats:
    """E[time alive within the horizon]: beta / (s - 1) (1 - (beta / (beta + h))^(s - 1)), also where s = 1."""
    passed = np.log1p(horizon / beta)
    return beta * passed * exprel(-(s - 1) * passed)  # type: ignore[no-any-return]
