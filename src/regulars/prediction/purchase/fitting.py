"""Maximum likelihood on the logarithms of the parameters: start on a sample, finish by Newton's steps on all rows.

The gradient is the model's own. A fit of many customers starts at the optimum of a sample of them, and takes steps with
the sample's second derivatives until nothing is left to gain. Where such a step does not help, L-BFGS finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from regulars.prediction.purchase.rows import Rows

Floats = npt.NDArray[np.float64]
# Rows and parameters (k, P), one column a pattern, to the sum of log-likelihoods and its derivatives (k, P) by log parameter.
Likelihood = Callable[[Rows, Floats], tuple[float, Floats]]

LOWEST, HIGHEST = np.log(1e-4), np.log(1e6)
_SLOPE = 20.0  # a covariate that multiplies a rate by e^20 is at its bound
_FLAT = 5.0  # a standard error of a logarithm above this: the data do not say where the parameter is
_SHARED = 0.1  # a parameter with this part in a flat direction is not known either
_SAMPLE, _LARGE = 4_000, 20_000  # customers to start with; rows above which it pays
_STEPS = 30
_GAIN = 1e-7  # of the log-likelihood (in all): less than this and the parameters stay as they are
_DIFFERENCE = 1e-5
_CLOSE = 1e-4  # of the log-likelihood: a step that gains so little hits the optimum without looking again
_NEAR = 4.0  # a logarithm so close to its bound may be on its way there


@dataclass(frozen=True)
class Design:
    """How a vector of logarithms and slopes makes parameters.

    `names` are the parameters'; `process` says for each which slopes act on it (None: none) and with which sign:
    log theta_j = v_j + sign * z' slope. `columns` (P, C) are the patterns, in units of `unit` (C,).
    """

    names: tuple[str, ...]
    process: tuple[tuple[str, float] | None, ...]
    covariates: tuple[str, ...]
    columns: Floats
    unit: Floats

    @property
    def processes(self) -> tuple[str, ...]:
        """Those that covariates act on, in the order in which their slopes stand in the vector."""
        if not self.covariates:
            return ()
        return tuple(dict.fromkeys(one[0] for one in self.process if one is not None))

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each place of the vector."""
        slopes = (f"{process}:{name}" for process in self.processes for name in self.covariates)
        return (*self.names, *slopes)

    def theta(self, vector: Floats) -> Floats:
        """The parameters (k, P)."""
        logs = np.repeat(vector[: len(self.names), None], len(self.columns), axis=1)
        for place, one in enumerate(self.process):
            if one is not None and self.covariates:
                logs[place] += one[1] * (self.columns @ vector[self._slopes(one[0])])
        return np.exp(np.clip(logs, LOWEST - _SLOPE, HIGHEST + _SLOPE))

    def gradient(self, by_theta: Floats) -> Floats:
        """Derivatives by the vector from those by log parameter and pattern (k, P)."""
        found = np.zeros(len(self.labels))
        found[: len(self.names)] = by_theta.sum(axis=1)
        for place, one in enumerate(self.process):
            if one is not None and self.covariates:
                found[self._slopes(one[0])] += one[1] * (by_theta[place] @ self.columns)
        return found

    def bounds(self) -> Floats:
        """Lowest and highest value (n, 2)."""
        slopes = len(self.labels) - len(self.names)
        return np.array([(LOWEST, HIGHEST)] * len(self.names) + [(-_SLOPE, _SLOPE)] * slopes)

    def _slopes(self, process: str) -> slice:
        size = len(self.covariates)
        start = len(self.names) + self.processes.index(process) * size
        return slice(start, start + size)


@dataclass
class Problem:
    """Minus the log-likelihood of rows, with `penalizer` times the sum of squared parameters a customer added to it."""

    likelihood: Likelihood
    rows: Rows
    design: Design
    penalizer: float = 0.0
    evaluations: int = field(default=0, init=False)

    def __call__(self, vector: Floats) -> tuple[float, Floats]:
        """The value and its gradient by the vector."""
        self.evaluations += 1
        with np.errstate(over="ignore", under="ignore"):
            value, by_theta = self.likelihood(self.rows, self.design.theta(vector))
        value, gradient = -value, -self.design.gradient(by_theta)
        if self.penalizer:
            weight = self.penalizer * self.rows.customers
            k = len(self.design.names)
            own = np.r_[np.exp(vector[:k]), vector[k:]]
            value += weight * float(own @ own)
            gradient = gradient + weight * 2 * own * np.r_[own[:k], np.ones(len(own) - k)]
        return value, gradient

    def hessian(self, vector: Floats, gradient: Floats) -> Floats:
        """Second derivatives, from differences to the gradient at the vector."""
        step = np.eye(len(vector)) * _DIFFERENCE
        found = np.stack([(self(vector + one)[1] - gradient) / _DIFFERENCE for one in step])
        return np.asarray((found + found.T) / 2, np.float64)

    def on(self, rows: Rows) -> Problem:
        """The same question to other rows."""
        return replace(self, rows=rows)


@dataclass(frozen=True)
class Optimum:
    """Where the likelihood is highest, with the second derivatives there."""

    vector: Floats
    hessian: Floats


def minimise(problem: Problem, starts: Sequence[Floats]) -> Optimum:
    """The best of what is found from the starts. Boundaries are found too; nothing is raised for them."""
    with threadpool_limits(1, user_api="blas"):
        vector = _from_sample(problem, starts) if len(problem.rows) > _LARGE else None
        if vector is None:
            vector = _best(problem, starts)
        _, gradient = problem(vector)
        known = problem.hessian(vector, gradient)
        step = _step(problem, vector, gradient, known)
        if -float(gradient @ step) / 2 < _CLOSE:
            bounds = problem.design.bounds()
            return Optimum(np.clip(vector + step, bounds[:, 0], bounds[:, 1]), known)
        better = refine(problem, vector, known)
        return Optimum(vector if better is None else better, known)


def _from_sample(problem: Problem, starts: Sequence[Floats]) -> Floats | None:
    """From the optimum of a sample, with its second derivatives; None where they do not lead to that of all."""
    sample = problem.on(problem.rows.sample(_SAMPLE, seed=1))
    first = _best(sample, starts, rough=True)
    known = sample.hessian(first, sample(first)[1]) * (problem.rows.customers / _SAMPLE)
    found = refine(problem, first, known)
    return found if found is not None else _best(problem, [first])


def refine(problem: Problem, vector: Floats, hessian: Floats, gain: float = _GAIN) -> Floats | None:
    """Newton's steps from these second derivatives until they gain nothing; None where they do not lead there."""
    bounds = problem.design.bounds()
    value, gradient = problem(vector)
    for _ in range(_STEPS):
        step = _step(problem, vector, gradient, hessian)
        left = -float(gradient @ step) / 2
        following = np.clip(vector + step, bounds[:, 0], bounds[:, 1])
        if left <= gain + 1e-13 * abs(value):
            return following
        new_value, new_gradient = problem(following)
        if not new_value < value:
            return None
        hessian = _updated(hessian, following - vector, new_gradient - gradient)
        vector, value, gradient = following, new_value, new_gradient
    return None


def _best(problem: Problem, starts: Sequence[Floats], *, rough: bool = False) -> Floats:
    bounds = problem.design.bounds()
    size = problem.rows.customers

    def scaled(vector: Floats) -> tuple[float, Floats]:
        value, gradient = problem(vector)
        if not np.isfinite(value):
            return 1e10, np.zeros(len(vector))
        return value / size, gradient / size

    options = {
        "maxiter": 500,
        "maxcor": 20,
        "ftol": 1e-8 if rough else 1e-13,
        "gtol": 1e-5 if rough else 1e-8,
    }
    best, least = starts[0], np.inf
    for start in starts:
        found = minimize(
            scaled, np.clip(start, *bounds.T), jac=True, method="L-BFGS-B", bounds=bounds, options=options
        )
        if found.fun < least:
            best, least = np.asarray(found.x, dtype=np.float64), float(found.fun)
        # One start is enough where it leads inside; near a boundary another may lead to a better place.
        if np.all(np.abs(best[:, None] - bounds) > _NEAR):
            break
    return best


def _updated(hessian: Floats, moved: Floats, turned: Floats) -> Floats:
    """Second derivatives that agree with how the gradient turned on the last step (the update of BFGS)."""
    along, bent = float(moved @ turned), hessian @ moved
    if along <= 0 or float(moved @ bent) <= 0:
        return hessian
    return hessian + np.outer(turned, turned) / along - np.outer(bent, bent) / float(moved @ bent)


def _step(problem: Problem, vector: Floats, gradient: Floats, hessian: Floats) -> Floats:
    free = _free(vector, gradient, problem.design.bounds())
    step = np.zeros(len(vector))
    step[free] = _newton(hessian[np.ix_(free, free)], gradient[free])
    return step


def _free(vector: Floats, gradient: Floats, bounds: Floats) -> npt.NDArray[np.bool_]:
    """The places that are inside their bounds or wish to go there."""
    at_low = (vector <= bounds[:, 0] + 1e-9) & (gradient > 0)
    at_high = (vector >= bounds[:, 1] - 1e-9) & (gradient < 0)
    return ~(at_low | at_high)


def _newton(hessian: Floats, gradient: Floats) -> Floats:
    """The step downhill; along directions in which the surface is flat or bent down, a short one."""
    values, directions = np.linalg.eigh(hessian)
    floor = max(1e-9 * float(values.max(initial=0.0)), 1e-12)
    along = (directions.T @ gradient) / np.maximum(np.abs(values), floor)
    length = float(np.abs(along).max(initial=0.0))
    return np.asarray(-directions @ along / max(1.0, length / 2.0), dtype=np.float64)


def uncertainty(optimum: Optimum, design: Design) -> tuple[Floats, tuple[str, ...]]:
    """The covariance of the vector, zero where it is not known, and the labels of what is at a boundary.

    At a boundary is what stands at its bound, or has a standard error (of its logarithm) above 5: there the likelihood
    is flat, as where nobody drops out or all customers are alike.
    """
    bounds = design.bounds()
    inside = np.all(np.abs(optimum.vector[:, None] - bounds) > 1e-3, axis=1)
    covariance = np.zeros_like(optimum.hessian)
    places = np.arange(len(inside))
    while len(places):
        values, directions = np.linalg.eigh(optimum.hessian[np.ix_(places, places)])
        if values[0] > 1 / _FLAT**2:
            break
        part = directions[:, 0] ** 2
        # Of many parameters none need have so much of a direction: then those with the most of it go.
        places = places[part < min(_SHARED, float(part.max()))]
    places = places[inside[places]]
    covariance[np.ix_(places, places)] = np.linalg.inv(optimum.hessian[np.ix_(places, places)])
    known = np.diag(covariance) > 0
    return covariance, tuple(
        label for label, is_known in zip(design.labels, known, strict=True) if not is_known
    )
