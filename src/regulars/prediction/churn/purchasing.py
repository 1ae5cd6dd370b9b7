"""What the purchase models say about who will buy, each fitted up to a cut: log-odds of leaving, one column a model.

Beside them stands how few orders are expected: two customers who will surely buy once more may differ in that, and over
a long horizon it ranks better than the probability. It comes from the Pareto/NBD where that could be fitted, for in it
who bought once may have left as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from regulars.prediction.churn.odds import Floats, log_odds
from regulars.prediction.history import PurchaseSummary
from regulars.prediction.purchase import BgNbd, CannotFitError, MbgNbd, ParetoNbd

EXPECTED = "expected_orders"
_FEWEST_ORDERS = 1e-4
MODELS = {"bg_nbd": BgNbd, "mbg_nbd": MbgNbd, "pareto_nbd": ParetoNbd}


@dataclass(frozen=True)
class Purchasing:
    """The models that could be fitted to a shop, by name; `failed` says why the others could not."""

    models: Mapping[str, Any]
    failed: Mapping[str, str]

    @classmethod
    def fit(cls, summary: PurchaseSummary) -> Purchasing:
        """Fit all of them; what cannot be fitted is left out with its reason."""
        models, failed = {}, {}
        with threadpool_limits(1):
            for name, kind in MODELS.items():
                try:
                    models[name] = kind.fit(summary)
                except CannotFitError as error:
                    failed[name] = error.what
        return cls(models, failed)

    def scores(self, summary: PurchaseSummary, days: int) -> dict[str, Floats]:
        """Log-odds of no purchase in the next `days`, (customers,), by model; never P(alive).

        And `expected_orders`: minus the logarithm of the orders expected.
        """
        horizon = days / summary.unit_days
        found: dict[str, Floats] = {}
        with threadpool_limits(1):
            for name, model in self.models.items():
                bought = np.nan_to_num(model.probability_of_purchase(summary, horizon), nan=0.0)
                found[name] = -log_odds(bought)
                if name == self._counting:
                    orders = np.nan_to_num(model.expected_purchases(summary, horizon), nan=0.0)
                    few = -np.log(np.maximum(orders, _FEWEST_ORDERS))
        return {**found, EXPECTED: few} if found else {}

    @property
    def _counting(self) -> str | None:
        """The model that says how many orders to expect: the last that could be fitted."""
        return next((name for name in reversed(MODELS) if name in self.models), None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "models": {name: model.to_dict() for name, model in self.models.items()},
            "failed": dict(self.failed),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Purchasing:
        models = {name: MODELS[name].from_dict(found) for name, found in given["models"].items()}
        return cls(models, dict(given["failed"]))
