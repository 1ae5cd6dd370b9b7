"""What every purchase model can be asked, from the few functions in which the models differ.

Probabilities and expectations given that a customer is alive depend on (x, T) alone, so they are computed for the
different (x, T) and multiplied by P(alive), which is computed for the different (x, t_x, T); both are then spread over
the customers, a million at a time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from regulars.kernel.errors import InputError
from regulars.prediction.purchase import fitted
from regulars.prediction.purchase.covariates import Covariates
from regulars.prediction.purchase.fitted import Bootstrap, Fitted
from regulars.prediction.purchase.rows import Rows, at
from regulars.prediction.summary import PurchaseSummary

Floats = npt.NDArray[np.float64]
Generator = np.random.Generator

FEWEST = 10  # customers
_CHUNK = 1_000_000
_GRID = 80


@dataclass(frozen=True)
class Alive:
    """Customers who are alive at T after x repeats, with the parameters (k, n) or (k, 1) that each has."""

    x: Floats
    age: Floats
    theta: Floats


@dataclass(frozen=True)
class Simulated:
    """Made-up customers up to their ages, and what each buys in the horizon after it."""

    summary: PurchaseSummary
    later: Floats
    alive: npt.NDArray[np.bool_]


class PurchaseModel(Fitted, ABC):
    """A model of how often customers buy while they are customers, and of when they stop. `fit` makes one.

    All times and horizons are in the summary's units (weeks, if not chosen otherwise).
    """

    @classmethod
    def fit(
        cls, summary: PurchaseSummary, *, penalizer: float = 0.0, covariates: Covariates | None = None
    ) -> Self:
        """Fit by maximum likelihood.

        `penalizer` is added to minus the mean log-likelihood times the sum of squared parameters, as in `lifetimes`.
        Raises CannotFitError where the purchases tell too little. An estimate at a boundary is no error: see `boundary`.
        """
        rows = Rows.of(summary, covariates)
        fitted.refuse_too_little(summary, rows, least=FEWEST)
        names = covariates.names if covariates is not None else ()
        found: Self = fitted.fit(
            cls,
            rows,
            cls._likelihood,
            cls._starts(rows),
            names,
            penalizer=penalizer,
            unit_days=summary.unit_days,
        )
        return found

    def bootstrap(
        self, summary: PurchaseSummary, n: int = 100, *, seed: int, covariates: Covariates | None = None
    ) -> Bootstrap:
        """Refit to n samples of the customers drawn with replacement, each started at these estimates."""
        self._check(summary, covariates)
        return fitted.bootstrap(self, Rows.of(summary, covariates), self._likelihood, n, seed)

    def probability_alive(self, summary: PurchaseSummary, *, covariates: Covariates | None = None) -> Floats:
        """P(the customer has not dropped out by T), (customers,). For the BG/NBD it is 1 for all who bought once."""
        return self._spread(summary, covariates, lambda rows, theta: self.alive_at_end(rows, theta))

    def probability_of_purchase(
        self, summary: PurchaseSummary, horizon: float, *, covariates: Covariates | None = None
    ) -> Floats:
        """P(at least one purchase in (T, T + horizon]), (customers,)."""
        _check_horizon(horizon)
        return self._spread(
            summary, covariates, lambda rows, theta: self._given(rows, theta, self.buys_if_alive, horizon)
        )

    def expected_purchases(
        self, summary: PurchaseSummary, horizon: float, *, covariates: Covariates | None = None
    ) -> Floats:
        """E[purchases in (T, T + horizon]], (customers,)."""
        _check_horizon(horizon)
        return self._spread(
            summary, covariates, lambda rows, theta: self._given(rows, theta, self.expected_if_alive, horizon)
        )

    def expected_purchases_new(self, time: Floats | float, *, covariates: Covariates | None = None) -> Floats:
        """E[repeat purchases in the time after the first], as many as there are times.

        With covariates: of customers with these (one row, or one for each time).
        """
        times = np.atleast_1d(np.asarray(time, np.float64))
        if not (np.isfinite(times).all() and (times >= 0).all()):
            raise InputError("A time is negative or missing.")
        fitted.check_covariates(covariates, self.covariates)
        return self._new(times, self._theta_of(covariates))

    def time_to_purchase(
        self,
        summary: PurchaseSummary,
        *,
        chance: float = 0.5,
        within: float,
        covariates: Covariates | None = None,
    ) -> Floats:
        """The time after T until which the customer buys with this chance; infinite where it is longer than `within`."""
        if not 0 < chance < 1:
            raise InputError(f"A chance of {chance} is not between 0 and 1.")
        _check_horizon(within)
        return self._spread(
            summary, covariates, lambda rows, theta: self.waiting(rows, theta, chance, within)
        )

    def simulate(
        self, ages: Floats, horizon: float = 0.0, *, seed: int, covariates: Covariates | None = None
    ) -> Simulated:
        """Customers of these ages (n,) as the model makes them, with their purchases in (T, T + horizon]."""
        _check_horizon(horizon)
        fitted.check_covariates(covariates, self.covariates)
        age = np.asarray(ages, np.float64)
        return self._simulated(age, horizon, self._theta_of(covariates), np.random.default_rng(seed))

    # What a model says of itself.

    @classmethod
    @abstractmethod
    def _likelihood(cls, rows: Rows, theta: Floats) -> tuple[float, Floats]:
        """The sum of log-likelihoods of rows, and its derivatives (k, P) by the parameters' logarithms."""

    @classmethod
    @abstractmethod
    def _starts(cls, rows: Rows) -> list[Floats]:
        """Logarithms of parameters to start from."""

    @abstractmethod
    def alive_at_end(self, rows: Rows, theta: Floats) -> Floats:
        """P(alive at T) for each row, with parameters (k, P)."""

    @abstractmethod
    def buys_if_alive(self, alive: Alive, horizon: Floats) -> Floats:
        """P(at least one purchase in the horizon (1,)), given that the customer is alive."""

    @abstractmethod
    def expected_if_alive(self, alive: Alive, horizon: Floats) -> Floats:
        """E[purchases in the horizon (1,)], given that the customer is alive."""

    @abstractmethod
    def _new(self, times: Floats, theta: Floats) -> Floats:
        """E[repeat purchases] in times after the first one."""

    @abstractmethod
    def _simulated(self, age: Floats, horizon: float, theta: Floats, chance: Generator) -> Simulated:
        """Made-up customers of these ages."""

    @abstractmethod
    def drawn_if_alive(self, alive: Alive, horizon: float, chance: Generator) -> tuple[Floats, Floats]:
        """Purchases in the horizon of customers who are alive, and how long of it each stays alive."""

    # What follows from it.

    def rows(self, summary: PurchaseSummary, covariates: Covariates | None = None) -> tuple[Rows, Floats]:
        """The different histories of a summary, and the parameters (k, P) of their patterns."""
        self._check(summary, covariates)
        rows = Rows.of(summary, covariates)
        return rows, fitted.design_of(type(self), rows, self.covariates).theta(self._scaled(rows))

    def alive_pairs(self, rows: Rows, theta: Floats) -> Alive:
        """The different (x, T) of the rows; `rows.by_x_age.index` leads to them."""
        axis = rows.by_x_age
        return Alive(axis.x, axis.time, np.stack([at(one, axis.pattern) for one in theta]))

    def _given(
        self, rows: Rows, theta: Floats, function: Callable[[Alive, Floats], Floats], horizon: float
    ) -> Floats:
        pairs = function(self.alive_pairs(rows, theta), np.array([float(horizon)]))
        return self.alive_at_end(rows, theta) * pairs[rows.by_x_age.index]

    def waiting(self, rows: Rows, theta: Floats, chance: float, within: float) -> Floats:
        """The time for each row until it buys with this chance, infinite beyond `within`.

        By linear interpolation of the chance, given that a customer is alive, on a grid that grows."""
        pairs = self.alive_pairs(rows, theta)
        grid = within * np.linspace(0, 1, _GRID) ** 2
        curve = np.stack([self.buys_if_alive(pairs, np.array([time])) for time in grid], axis=1)
        with np.errstate(divide="ignore"):
            needed = chance / self.alive_at_end(rows, theta)
        index = rows.by_x_age.index
        found = np.full(len(rows), np.inf)
        place = np.zeros(len(rows), np.int64)
        for column in range(_GRID):
            place += curve[index, column] < needed
        inside = np.flatnonzero(place < _GRID)
        after = place[inside]
        before = np.maximum(after - 1, 0)
        low, high = curve[index[inside], before], curve[index[inside], after]
        share = np.divide(needed[inside] - low, high - low, out=np.zeros_like(low), where=high > low)
        found[inside] = grid[before] + share * (grid[after] - grid[before])
        return found

    def _spread(
        self,
        summary: PurchaseSummary,
        covariates: Covariates | None,
        function: Callable[[Rows, Floats], Floats],
    ) -> Floats:
        found = np.empty(len(summary))
        for block in _blocks(len(summary)):
            own = None if covariates is None else covariates.take(block)
            rows, theta = self.rows(summary.take(block), own)
            with np.errstate(over="ignore", under="ignore"):
                found[block] = function(rows, theta)[rows.inverse]
        return found

    def _theta_of(self, covariates: Covariates | None) -> Floats:
        """Parameters (k, 1), or (k, n) for n rows of covariates."""
        values = np.zeros((1, 0)) if covariates is None else covariates.values
        none = np.zeros(len(values))
        rows = Rows(none, none, none, none + 1, np.arange(len(values)), values, np.arange(len(values)))
        return fitted.design_of(type(self), rows, self.covariates).theta(self._scaled(rows))

    def _scaled(self, rows: Rows) -> Floats:
        design = fitted.design_of(type(self), rows, self.covariates)
        k = len(self.names)
        return np.r_[self.vector[:k], self.vector[k:] * np.tile(design.unit, len(design.processes))]  # type: ignore[no-any-return]

    def _check(self, summary: PurchaseSummary, covariates: Covariates | None) -> None:
        fitted.check_covariates(covariates, self.covariates)
        if summary.unit_days != self.unit_days:
            raise InputError(
                f"The summary counts in units of {summary.unit_days:g} days, the model in {self.unit_days:g}.",
                do="Make the summary with the model's unit_days.",
            )


def _blocks(length: int) -> Iterator[slice]:
    for start in range(0, length, _CHUNK):
        yield slice(start, start + _CHUNK)


def _check_horizon(horizon: float) -> None:
    if not (np.isfinite(horizon) and horizon >= 0):
        raise InputError(f"A horizon of {horizon} is no time.", do="Give 0 or a positive number of units.")
