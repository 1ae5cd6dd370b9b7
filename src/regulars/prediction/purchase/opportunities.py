"""BG/BB: purchases at regular opportunities (a yearly appeal, a weekly market), of which each is taken or not.

P. S. Fader, B. G. S. Hardie and J. Shang, 'Customer-Base Analysis in a Discrete-Time Noncontractual Setting', Marketing
Science 29:6 (2010). A customer takes an opportunity with probability p ~ Beta(alpha, beta) and is lost before each with
probability theta ~ Beta(gamma, delta). `age` is the number of opportunities n, `recency` the last that was taken. The
likelihood is a sum over how many opportunities the customer was there for, from t_x to n.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, digamma

from regulars.kernel.errors import InputError
from regulars.prediction.purchase.covariates import Covariates
from regulars.prediction.purchase.model import Alive, Generator, PurchaseModel, Simulated
from regulars.prediction.purchase.rows import Rows
from regulars.prediction.summary import PurchaseSummary

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_BLOCK = 1_000_000  # terms of the sum at once


class BgBb(PurchaseModel):
    """BG/BB. Parameters alpha, beta (probability to take an opportunity), gamma, delta (probability to be lost).

    Ages, recencies and horizons are whole numbers of opportunities.
    """

    names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")
    process: ClassVar[tuple[tuple[str, float] | None, ...]] = (None, None, None, None)

    def probability_alive(self, summary: PurchaseSummary, *, covariates: Covariates | None = None) -> Floats:
        """P(the customer is there at the next opportunity, n + 1), as in the paper."""

        def next_one(rows: Rows, theta: Floats) -> Floats:
            _, _, gamma, delta = theta
            return self.alive_at_end(rows, theta) * (delta + rows.age) / (gamma + delta + rows.age)  # type: ignore[no-any-return]

        return self._spread(summary, covariates, next_one)

    @classmethod
    def _likelihood(cls, rows: Rows, theta: Floats) -> tuple[float, Floats]:
        return log_likelihood(rows, theta)

    @classmethod
    def _starts(cls, rows: Rows) -> list[Floats]:
        if not rows.age.any():
            return [np.zeros(4)]
        share = float(np.clip((rows.count @ rows.x) / (rows.count @ rows.age), 0.02, 0.9))
        return [
            np.log([2 * share, 2 * (1 - share), 0.5, 2.0]),
            np.log([8 * share, 8 * (1 - share), 1.0, 20.0]),
        ]

    def alive_at_end(self, rows: Rows, theta: Floats) -> Floats:
        found = np.empty(len(rows))
        for block, terms in _terms(rows, theta):
            found[block] = np.exp(terms.value[terms.first] - terms.total)
        return found

    def buys_if_alive(self, alive: Alive, horizon: Floats) -> Floats:
        found = np.zeros_like(alive.x)
        for part in self._firsts(alive, _whole(float(horizon[0]))):
            found += part
        return np.minimum(found, 1.0)

    def expected_if_alive(self, alive: Alive, horizon: Floats) -> Floats:
        alpha, beta, gamma, delta = alive.theta
        takes = (alpha + alive.x) / (alpha + beta + alive.age)
        there = np.zeros_like(alive.x)
        for later in range(1, _whole(float(horizon[0])) + 1):
            there += _still_there(gamma, delta + alive.age, later)
        return takes * there  # type: ignore[no-any-return]

    def _new(self, times: Floats, theta: Floats) -> Floats:
        alpha, beta, gamma, delta = theta[:, 0]
        most = max((_whole(float(time)) for time in times), default=0)
        there = np.exp(betaln(gamma, delta + np.arange(1, most + 1)) - betaln(gamma, delta))
        return np.r_[0.0, np.cumsum(there)][times.astype(np.int64)] * alpha / (alpha + beta)  # type: ignore[no-any-return]

    def waiting(self, rows: Rows, theta: Floats, chance: float, within: float) -> Floats:
        needed = np.divide(chance, self.alive_at_end(rows, theta))
        index, found = rows.by_x_age.index, np.full(len(rows), np.inf)
        alive = self.alive_pairs(rows, theta)
        so_far = np.zeros_like(alive.x)
        for later, part in enumerate(self._firsts(alive, int(within)), start=1):
            so_far += part
            found = np.where((so_far[index] >= needed) & np.isinf(found), float(later), found)
        return found

    def _simulated(self, age: Floats, horizon: float, theta: Floats, chance: Generator) -> Simulated:
        alpha, beta, gamma, delta = theta[:, 0]
        n = len(age)
        takes, leaves = chance.beta(alpha, beta, n), chance.beta(gamma, delta, n)
        x, recency, later, alive, there = (np.zeros(n) for _ in range(5))
        there += 1
        for at in range(1, int(age.max(initial=0)) + _whole(horizon) + 1):
            there *= chance.random(n) >= leaves
            taken = there * (chance.random(n) < takes)
            seen = at <= age
            x += taken * seen
            recency = np.where(seen & (taken > 0), float(at), recency)
            later += taken * ((at > age) & (at <= age + horizon))
            alive = np.where(at == age, there, alive)
        summary = PurchaseSummary(np.arange(n), x, recency, age, None, self.unit_days)
        return Simulated(summary, later, (alive > 0) | (age == 0))

    def drawn_if_alive(self, alive: Alive, horizon: float, chance: Generator) -> tuple[Floats, Floats]:
        alpha, beta, gamma, delta = alive.theta
        shape = alive.x.shape
        takes = chance.beta(alpha + alive.x, np.broadcast_to(beta + alive.age - alive.x, shape))
        leaves = chance.beta(gamma, np.broadcast_to(delta + alive.age, shape))
        there, later, stays = np.ones(shape), np.zeros(shape), np.zeros(shape)
        for _ in range(_whole(horizon)):
            there *= chance.random(shape) >= leaves
            stays += there
            later += there * (chance.random(shape) < takes)
        return later, stays

    def _firsts(self, alive: Alive, horizon: int) -> Iterator[Floats]:
        """P(the first purchase after n is at n + 1, n + 2, ...), given that the customer is there at n."""
        alpha, beta, gamma, delta = alive.theta
        ours, theirs = alpha + alive.x, beta + alive.age - alive.x
        for later in range(1, horizon + 1):
            quiet = np.exp(betaln(ours + 1, theirs + later - 1) - betaln(ours, theirs))
            yield quiet * _still_there(gamma, delta + alive.age, later)


@dataclass(frozen=True)
class _Terms:
    """The terms of a block of rows one after the other: of which row, there until which opportunity, and whether
    after that (`ended` 1) or still there (0, the `first` of each row); `total`: the logarithm of each row's sum."""

    row: Integers
    until: Floats
    ended: Floats
    value: Floats
    first: Integers
    total: Floats


def log_likelihood(rows: Rows, theta: Floats) -> tuple[float, Floats]:
    """The sum of log-likelihoods of rows, and its derivatives (4, 1) by the parameters' logarithms; see the module."""
    alpha, beta, gamma, delta = (float(one[0]) for one in theta)
    value, found = 0.0, np.zeros(4)
    for block, terms in _terms(rows, theta):
        count, x = rows.count[block], rows.x[block][terms.row]
        value += float(count @ terms.total)
        share = count[terms.row] * np.exp(terms.value - terms.total[terms.row])
        taken = digamma(alpha + beta) - digamma(alpha + beta + terms.until)
        lost = digamma(gamma + delta) - digamma(gamma + delta + terms.until + terms.ended)
        found += (
            alpha * (share @ (taken + digamma(alpha + x) - digamma(alpha))),
            beta * (share @ (taken + digamma(beta + terms.until - x) - digamma(beta))),
            gamma * (share @ (lost + digamma(gamma + terms.ended) - digamma(gamma))),
            delta * (share @ (lost + digamma(delta + terms.until) - digamma(delta))),
        )
    return value, found[:, None]


def _terms(rows: Rows, theta: Floats) -> Iterator[tuple[slice, _Terms]]:
    alpha, beta, gamma, delta = (float(one[0]) for one in theta)
    _check(rows)
    many = (rows.age - rows.t).astype(np.int64) + 1
    ends = np.cumsum(many)
    start = 0
    while start < len(rows):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _BLOCK)))
        block = slice(start, stop)
        first = np.r_[0, np.cumsum(many[block])[:-1]]
        row = np.repeat(np.arange(stop - start), many[block])
        place = np.arange(len(row)) - first[row]
        until = np.where(place == 0, rows.age[block][row], rows.t[block][row] + place - 1)
        ended = (place > 0).astype(np.float64)
        x = rows.x[block][row]
        value = betaln(alpha + x, beta + until - x) + betaln(gamma + ended, delta + until)
        value -= betaln(alpha, beta) + betaln(gamma, delta)
        most = np.maximum.reduceat(value, first)
        total = most + np.log(np.add.reduceat(np.exp(value - most[row]), first))
        yield block, _Terms(row, until, ended, value, first, total)
        start = stop


def _check(rows: Rows) -> None:
    odd = (rows.age != np.floor(rows.age)) | (rows.t != np.floor(rows.t)) | (rows.x > rows.t)
    if odd.any():
        raise InputError(
            "The BG/BB counts opportunities, of which each is taken once at most; these are times.",
            do="Give age and recency as numbers of opportunities, or use the BG/NBD.",
        )


def _still_there(gamma: Floats, delta: Floats, later: int) -> Floats:
    return np.exp(betaln(gamma, delta + later) - betaln(gamma, delta))  # type: ignore[no-any-return]


def _whole(horizon: float) -> int:
    if horizon != int(horizon):
        raise InputError(f"A horizon of {horizon} is no whole number of opportunities.")
    return int(horizon)
