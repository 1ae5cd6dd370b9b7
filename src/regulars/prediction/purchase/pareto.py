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

from regulars.prediction.purchase.model import Alive, Generator, PurchaseModel, Simulated
from regulars.prediction.purchase.quadrature import Tail, tail
from regulars.prediction.purchase.rows import Rows, at
from regulars.prediction.summary import PurchaseSummary

Floats = npt.NDArray[np.float64]


class ParetoNbd(PurchaseModel):
    """Pareto/NBD. Parameters r, alpha (rate of purchase), s, beta (rate of dropout).

    E[rate] = r / alpha, E[rate of dropout] = s / beta.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    process: ClassVar[tuple[tuple[str, float] | None, ...]] = (None, ("rate", -1.0), None, ("dropout", -1.0))

    @classmethod
    def _likelihood(cls, rows: Rows, theta: Floats) -> tuple[float, Floats]:
        return log_likelihood(rows, theta)

    @classmethod
    def _starts(cls, rows: Rows) -> list[Floats]:
        age = float(rows.count @ rows.age)
        scale, mean = age / float(rows.count @ rows.x), age / rows.customers
        return [
            np.log([0.5, 0.5 * scale, 0.5, 0.5 * mean]),
            np.log([2.0, 2.0 * scale, 1.5, 5.0 * mean]),
        ]

    def alive_at_end(self, rows: Rows, theta: Floats) -> Floats:
        return np.exp(-_terms(rows, theta, means=False).log_sum)

    def buys_if_alive(self, alive: Alive, horizon: Floats) -> Floats:
        r, alpha, s, beta = alive.theta
        a, b, p = alpha + alive.age, beta + alive.age, r + alive.x
        until_end = p * np.log(a) + s * np.log(b)
        ever = np.exp(np.log(p) + until_end + tail(a, b, p + 1, s).log)
        after = np.exp(np.log(p) + until_end + tail(a + horizon, b + horizon, p + 1, s).log)
        return np.clip(ever - after, 0.0, 1.0)  # type: ignore[no-any-return]

    def expected_if_alive(self, alive: Alive, horizon: Floats) -> Floats:
        r, alpha, s, beta = alive.theta
        return (r + alive.x) / (alpha + alive.age) * _lifetime(s, beta + alive.age, horizon)  # type: ignore[no-any-return]

    def _new(self, times: Floats, theta: Floats) -> Floats:
        r, alpha, s, beta = theta
        return r / alpha * _lifetime(s, beta, times)  # type: ignore[no-any-return]

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

    def drawn_if_alive(self, alive: Alive, horizon: float, chance: Generator) -> tuple[Floats, Floats]:
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
    """What the pairs (x, time) have: G, the logarithm of the likelihood's first term, s G / first (at most 1); and for
    each row the logarithm of the bracket over its first term, and of its second term over the first."""

    pairs: Tail
    log_first: Floats
    past: Floats
    log_sum: Floats
    recency: Floats


def log_likelihood(rows: Rows, theta: Floats) -> tuple[float, Floats]:
    """The sum of log-likelihoods of rows, and its derivatives (4, P) by the parameters' logarithms; see the module."""
    n, known = len(rows), rows.by_x_both
    at_recency, at_age = known.index[:n], known.index[n:]
    terms = _terms(rows, theta, means=True)
    means, size = terms.pairs, len(known.x)
    first = rows.count * np.exp(-terms.log_sum)
    first_of = np.bincount(at_age, first, size)
    count_of = np.bincount(at_age, rows.count, size)
    second_of = np.bincount(at_recency, rows.count * np.exp(terms.recency - terms.log_sum), size)
    weight = second_of - first_of * terms.past

    r, alpha, s, beta = (at(one, known.pattern) for one in theta)
    a, b, p = alpha + known.time, beta + known.time, r + known.x
    log_alpha, log_beta = np.log(alpha), np.log(beta)
    value = float(rows.count @ terms.log_sum)
    value += float(count_of @ (terms.log_first + gammaln(p) - gammaln(r) + r * log_alpha + s * log_beta))
    parts = (
        r * (count_of * (log_alpha + digamma(p) - digamma(r)) - first_of * np.log(a) - weight * means.log_a),
        count_of * r - alpha * p * (first_of / a + weight * means.inverse_a),
        weight + s * (count_of * log_beta - first_of * np.log(b) - weight * means.log_b),
        count_of * s - beta * (s * first_of / b + (s + 1) * weight * means.inverse_b),
    )
    return value, np.stack([rows.by_pattern(part, known) for part in parts])


def _terms(rows: Rows, theta: Floats, *, means: bool) -> _Terms:
    n, known = len(rows), rows.by_x_both
    at_recency, at_age = known.index[:n], known.index[n:]
    r, alpha, s, beta = (at(one, known.pattern) for one in theta)
    a, b, p = alpha + known.time, beta + known.time, r + known.x
    pairs = tail(a, b, p, s + 1, means=means)
    log_first = -p * np.log(a) - s * np.log(b)
    log_g = np.log(s) + pairs.log
    past = np.minimum(log_g - log_first, 0.0)
    # By the larger of first and second term, so that nothing overflows: x may be in the thousands.
    recency = log_g[at_recency] - log_first[at_age]
    most = np.maximum(recency, 0.0)
    smaller = np.exp(-most)
    inner = -np.expm1(past)[at_age] * smaller + np.exp(recency - most)
    log_sum = most + np.log(np.maximum(inner, smaller))
    return _Terms(pairs, log_first, np.exp(past), log_sum, recency)


def _lifetime(s: Floats, beta: Floats, horizon: Floats) -> Floats:
    """E[time alive within the horizon]: beta / (s - 1) (1 - (beta / (beta + h))^(s - 1)), also where s = 1."""
    passed = np.log1p(horizon / beta)
    return beta * passed * exprel(-(s - 1) * passed)  # type: ignore[no-any-return]
