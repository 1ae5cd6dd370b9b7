"""What every fitted model has: its parameters with their uncertainty, and its form as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from threadpoolctl import threadpool_limits

from regulars.kernel.errors import InputError
from regulars.prediction.purchase.covariates import Covariates
from regulars.prediction.purchase.errors import CannotFitError
from regulars.prediction.purchase.fitting import Design, Likelihood, Problem, minimise, refine, uncertainty
from regulars.prediction.purchase.rows import Rows
from regulars.prediction.summary import PurchaseSummary

Floats = npt.NDArray[np.float64]
_Z = 1.959963984540054  # 97.5 % of the standard normal distribution


@dataclass(frozen=True)
class Fitted:
    """A model's maximum-likelihood estimates.

    `parameters` and `standard_errors` by name; a covariate's slope is `process:name`. A standard error is None for what
    is at a `boundary`. `covariance` is that of the logarithms of the parameters (slopes as they are), zero for what is at
    a boundary. Times are in units of `unit_days` days. `log_likelihood` is without the penalty.
    """

    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float | None]
    log_likelihood: float
    boundary: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = ()
    customers: int = 0
    repeats: int = 0
    unit_days: float = 7.0
    penalizer: float = 0.0

    names: ClassVar[tuple[str, ...]] = ()
    process: ClassVar[tuple[tuple[str, float] | None, ...]] = ()

    @property
    def vector(self) -> Floats:
        """Logarithms of the parameters, then the slopes."""
        found = np.array(list(self.parameters.values()))
        k = len(self.names)
        return np.r_[np.log(found[:k]), found[k:]]  # type: ignore[no-any-return]

    def summary(self) -> pa.Table:
        """One row a parameter: `parameter`, `estimate`, `standard_error`, `low` and `high` (95 %, from the logarithm's
        normal distribution), `at_boundary`."""
        logs, slopes = self.vector, np.arange(len(self.parameters)) >= len(self.names)
        width = _Z * np.sqrt(np.diag(np.array(self.covariance)))
        ends = [np.where(slopes, end, np.exp(end)) for end in (logs - width, logs + width)]
        known = [name not in self.boundary for name in self.parameters]
        low, high = ([float(v) if k else None for v, k in zip(end, known, strict=True)] for end in ends)
        return pa.table(
            {
                "parameter": list(self.parameters),
                "estimate": list(self.parameters.values()),
                "standard_error": pa.array(list(self.standard_errors.values()), pa.float64()),
                "low": pa.array(low, pa.float64()),
                "high": pa.array(high, pa.float64()),
                "at_boundary": [not one for one in known],
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """The model as plain numbers, texts and lists, for JSON."""
        found = asdict(self)
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}
        plain["covariance"] = [list(row) for row in self.covariance]
        return {"model": type(self).__name__, **plain}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The model that `to_dict` told. Raises InputError where it is another one, or incomplete."""
        if given.get("model") != cls.__name__:
            raise InputError(f"This is a model of the kind {given.get('model')!r}, not {cls.__name__}.")
        missing = [one.name for one in fields(cls) if one.name not in given]
        if missing or tuple(given["parameters"])[: len(cls.names)] != cls.names:
            raise InputError(f"The saved {cls.__name__} is incomplete.", do="Fit it again.")
        values = {one.name: given[one.name] for one in fields(cls)}
        for name in ("boundary", "covariates"):
            values[name] = tuple(values[name])
        values["covariance"] = tuple(tuple(row) for row in values["covariance"])
        return cls(**values)


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Refits on customers drawn with replacement: `draws` (n, parameters), a column for each of `labels`."""

    labels: tuple[str, ...]
    draws: Floats

    def interval(self, label: str, level: float = 0.95) -> tuple[float, float]:
        """The percentile interval of a parameter."""
        column = self.draws[:, self.labels.index(label)]
        low, high = np.quantile(column, ((1 - level) / 2, (1 + level) / 2))
        return float(low), float(high)


def fit(
    model: type[Any], rows: Rows, likelihood: Likelihood, starts: list[Floats],
    names: tuple[str, ...], *, penalizer: float, unit_days: float,
) -> Any:  # fmt: skip
    """Fit a model to rows; `names` are those of the covariates."""
    if not (np.isfinite(penalizer) and penalizer >= 0):
        raise InputError(f"A penalizer of {penalizer} is none.", do="Give 0 or a small positive number.")
    design = design_of(model, rows, names)
    problem = Problem(likelihood, rows, design, penalizer)
    slopes = np.zeros(len(design.labels) - len(design.names))
    optimum = minimise(problem, [np.r_[start, slopes] for start in starts])
    covariance, boundary = uncertainty(optimum, design)
    own, size = _unscaled(optimum.vector, design)
    covariance = covariance / np.outer(size, size)
    with np.errstate(over="ignore", under="ignore"):
        value, _ = likelihood(rows, design.theta(optimum.vector))
    return model(
        parameters=dict(zip(design.labels, map(float, own), strict=True)),
        standard_errors=_errors(design, own, covariance, boundary),
        log_likelihood=float(value),
        boundary=boundary,
        covariates=names,
        covariance=tuple(tuple(map(float, row)) for row in covariance),
        customers=round(rows.customers),
        repeats=round(float(rows.count @ rows.x)),
        unit_days=unit_days,
        penalizer=penalizer,
    )


def bootstrap(model: Fitted, rows: Rows, likelihood: Likelihood, n: int, seed: int) -> Bootstrap:
    """Refit to n draws of as many customers, each from the model's own estimates and second derivatives."""
    design = design_of(type(model), rows, model.covariates)
    chance = np.random.default_rng(seed)
    share = rows.count / rows.customers
    problem = Problem(likelihood, rows, design, model.penalizer)
    size = np.r_[np.ones(len(design.names)), np.tile(design.unit, len(design.processes))]
    start = np.r_[
        model.vector[: len(design.names)], model.vector[len(design.names) :] * size[len(design.names) :]
    ]
    hessian = problem.hessian(start, problem(start)[1])
    draws = np.empty((n, len(start)))
    for place in range(n):
        count = chance.multinomial(round(rows.customers), share).astype(np.float64)
        own = problem.on(rows.with_counts(count))
        with threadpool_limits(1, user_api="blas"):
            found = refine(own, start, hessian, gain=_ENOUGH)
        if found is None:
            found = minimise(own, [start]).vector
        draws[place] = _unscaled(found, design)[0]
    return Bootstrap(design.labels, draws)


_ENOUGH = 1e-4  # of the log-likelihood: a hundredth of a standard error


def design_of(model: type[Fitted], rows: Rows, names: tuple[str, ...]) -> Design:
    """How the model's vector makes its parameters; covariates in units of their spread."""
    if names and not any(model.process):
        raise InputError(f"{model.__name__} knows no covariates.", do="Leave them out.")
    unit = np.sqrt(np.average(rows.patterns**2, axis=0)) if names else np.ones(0)
    unit = np.where(unit > 0, unit, 1.0)
    return Design(model.names, model.process, names, rows.patterns / unit, unit)


def refuse_too_little(summary: PurchaseSummary, rows: Rows, *, least: int) -> None:
    """Raise CannotFitError where too few or too similar customers cannot tell four parameters."""
    say = "Report what was so far: orders, revenue, and how many of those who bought once came back."
    if len(summary) < least:
        raise CannotFitError(
            f"{len(summary):,} customers are too few for a purchase model; it takes at least {least}.", do=say
        )
    if not summary.repeats.any():
        raise CannotFitError(
            f"None of the {len(summary):,} customers bought on a second day: nothing says how often people come back.",
            do=say,
        )
    if not summary.age.any():
        raise CannotFitError("All customers came on the last day: nothing says how long they stay.", do=say)
    if len(rows) < 3:
        raise CannotFitError(
            "All customers have the same history: nothing says how they differ.",
            do=say + " Look whether the times or the customers were lost on the way.",
        )


def check_covariates(covariates: Covariates | None, expected: tuple[str, ...]) -> None:
    """Raise InputError where the covariates are not those that the model was fitted with."""
    given = covariates.names if covariates is not None else ()
    if given != expected:
        raise InputError(
            f"The model was fitted with the covariates {list(expected)}, and is asked with {list(given)}.",
            do="Make them with Covariates.from_table(table, model.covariates).",
        )


def _unscaled(vector: Floats, design: Design) -> tuple[Floats, Floats]:
    """Parameters and slopes in the covariates' own units, and the units by place."""
    k = len(design.names)
    size = np.r_[np.ones(k), np.tile(design.unit, len(design.processes))]
    return np.r_[np.exp(vector[:k]), vector[k:] / size[k:]], size


def _errors(
    design: Design, own: Floats, covariance: Floats, boundary: tuple[str, ...]
) -> dict[str, float | None]:
    """Standard errors: by the delta method from those of the logarithms."""
    k = len(design.names)
    errors = np.sqrt(np.diag(covariance)) * np.r_[own[:k], np.ones(len(own) - k)]
    return {
        label: None if label in boundary else float(error)
        for label, error in zip(design.labels, errors, strict=True)
    }
