"""Gamma-Gamma: what a customer spends in a transaction.

P. S. Fader and B. G. S. Hardie, 'The Gamma-Gamma Model of Monetary Value' (2013). Transactions of a customer are
Gamma(p, nu) with nu ~ Gamma(q, gamma) across customers, independent of how often a customer buys. It is fitted on the mean
value of the repeat transactions of those who have any.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from regulars.kernel.errors import InputError
from regulars.prediction.purchase import fitted
from regulars.prediction.purchase.errors import CannotFitError
from regulars.prediction.purchase.fitted import Bootstrap, Fitted
from regulars.prediction.purchase.rows import Rows
from regulars.prediction.summary import PurchaseSummary

Floats = npt.NDArray[np.float64]
FEWEST = 10  # customers who came back


@dataclass(frozen=True)
class GammaGamma(Fitted):
    """Gamma-Gamma. Parameters p, q, gamma (in the money of the values).

    `correlation` is that of frequency and mean value among the customers who came back (None where one of them does
    not vary): the model takes it to be zero. `observed_mean` is the mean of their mean values.
    """

    correlation: float | None = None
    observed_mean: float = 0.0

    names: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")
    process: ClassVar[tuple[tuple[str, float] | None, ...]] = (None, None, None)

    @classmethod
    def fit(cls, summary: PurchaseSummary, *, penalizer: float = 0.0) -> Self:
        """Fit by maximum likelihood on the customers with repeat transactions of a value above 0.

        Raises CannotFitError where these are fewer than ten, and InputError where the summary has no values.
        """
        rows, scale = _rows(summary)
        starts = [np.log([2.0, 3.0, 1.0]), np.log([6.0, 4.0, 0.5])]
        found: Self = fitted.fit(
            cls, rows, log_likelihood, starts, (), penalizer=penalizer, unit_days=summary.unit_days
        )
        # Fitted on values over their mean; a change of unit moves gamma and, by its Jacobian, the likelihood.
        error = found.standard_errors["gamma"]
        return replace(
            found,
            parameters={**found.parameters, "gamma": found.parameters["gamma"] * scale},
            standard_errors={**found.standard_errors, "gamma": None if error is None else error * scale},
            log_likelihood=found.log_likelihood - rows.customers * float(np.log(scale)),
            correlation=_correlation(rows.x, rows.t),
            observed_mean=scale,
        )

    @property
    def mean_value(self) -> float:
        """The mean value of a transaction of a customer of whom nothing is known, p gamma / (q - 1).

        With q at most 1 the model has none; then it is the observed mean.
        """
        p, q, gamma = self.parameters.values()
        return p * gamma / (q - 1) if q > 1 else self.observed_mean

    def expected_value(self, summary: PurchaseSummary) -> Floats:
        """E[value of a transaction], (customers,): the customer's own mean, drawn to that of all the more, the fewer
        transactions it rests on."""
        x, value = _known(summary)
        p, q, _ = self.parameters.values()
        # The weight of the customer's own mean is px / (px + q - 1): above one it would turn against the evidence.
        own = np.clip(np.divide(p * x, p * x + q - 1, out=np.ones_like(x), where=p * x + q > 1), 0.0, 1.0)
        own = np.where(x > 0, own, 0.0)
        return own * value + (1 - own) * self.mean_value

    def scale_of(self, summary: PurchaseSummary) -> tuple[Floats, Floats]:
        """Shape and rate of the gamma distribution of nu given what a customer spent: q + px and gamma + x m."""
        x, value = _known(summary)
        p, q, gamma = self.parameters.values()
        return q + p * x, gamma + x * value

    def bootstrap(self, summary: PurchaseSummary, n: int = 100, *, seed: int) -> Bootstrap:
        """Refit to n samples of the customers drawn with replacement."""
        rows, scale = _rows(summary)
        own = replace(self, parameters={**self.parameters, "gamma": self.parameters["gamma"] / scale})
        found = fitted.bootstrap(own, rows, log_likelihood, n, seed)
        return Bootstrap(found.labels, found.draws * np.array([1.0, 1.0, scale]))

    def simulate(self, repeats: Floats, *, seed: int) -> Floats:
        """Mean values of the repeat transactions (n,) of made-up customers with so many of them; 0 where none."""
        chance = np.random.default_rng(seed)
        p, q, gamma = self.parameters.values()
        x = np.asarray(repeats, np.float64)
        nu = chance.gamma(q, 1 / gamma, len(x))
        some = np.maximum(x, 1)
        return np.where(x > 0, chance.gamma(p * some) / nu / some, 0.0)


def log_likelihood(rows: Rows, theta: Floats) -> tuple[float, Floats]:
    """The sum over rows (x in `x`, the mean value in `t`) and its derivatives (3, 1) by the parameters' logarithms."""
    p, q, gamma = (float(one[0]) for one in theta)
    xs, count = rows.by_x, rows.count
    px, by_x = p * xs.x, rows.counted(xs)
    spent = rows.x * rows.t
    log_scale = np.log(gamma + spent)
    to_scale = np.log(spent) - log_scale
    weighted = count * rows.x
    value = float(by_x @ (gammaln(px + q) - gammaln(px) - gammaln(q)) + p * (weighted @ to_scale))
    value += float(count @ (q * (np.log(gamma) - log_scale) - np.log(rows.t)))
    both = digamma(px + q)
    by_p = p * (float((by_x * xs.x) @ (both - digamma(px))) + float(weighted @ to_scale))
    by_q = q * (float(by_x @ (both - digamma(q))) + float(count @ (np.log(gamma) - log_scale)))
    by_gamma = q * rows.customers - gamma * float((p * weighted + q * count) @ np.exp(-log_scale))
    return value, np.array([[by_p], [by_q], [by_gamma]])


def _rows(summary: PurchaseSummary) -> tuple[Rows, float]:
    x, value = _known(summary)
    kept = (x > 0) & (value > 0)
    if kept.sum() < FEWEST:
        raise CannotFitError(
            f"{int(kept.sum()):,} customers came back and spent something; it takes at least {FEWEST} to tell how "
            "spending differs.",
            do="Use the mean value of all transactions for everyone.",
        )
    x, value = x[kept], value[kept]
    scale = float(value.mean())
    none = np.zeros(len(x), np.int64)
    own = np.ones(len(x))
    return Rows(x, value / scale, own, own, none, np.zeros((1, 0)), none), scale


def _known(summary: PurchaseSummary) -> tuple[Floats, Floats]:
    if summary.value is None:
        raise InputError("The summary has no values.", do="Make it from transactions with a value.")
    return summary.repeats, summary.value


def _correlation(x: Floats, value: Floats) -> float | None:
    if np.ptp(x) == 0 or np.ptp(value) == 0:
        return None
    return float(np.corrcoef(x, value)[0, 1])
