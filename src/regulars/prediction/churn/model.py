"""A churn model: what it predicts, what it was trained on, how it is saved. Plain data, with LightGBM's own text inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from threadpoolctl import threadpool_limits

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.prediction.churn.drift import Shape
from regulars.prediction.churn.ensemble import Ensemble
from regulars.prediction.churn.examples import Known, known_on, rule_features
from regulars.prediction.churn.linear import Linear
from regulars.prediction.churn.matrix import Coding
from regulars.prediction.churn.odds import Floats, chance
from regulars.prediction.churn.purchasing import Purchasing
from regulars.prediction.features import with_parts

Serves = Literal["blend", "rule", "purchase", "rate"]
FORMAT = 1
_CHUNK = 200_000  # customers whose matrix is held at once


@dataclass(frozen=True)
class Member:
    """How one member did on rows that it had not seen. `weight` in the blend; None for what is not in it."""

    name: str
    log_loss: float
    auc: float | None
    weight: float | None


@dataclass(frozen=True)
class Trained:
    """What a model was trained on: past days, how far each looked ahead, customers and the share that left on each."""

    cuts: tuple[date, ...]
    horizons: tuple[int, ...]
    customers: tuple[int, ...]
    left: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Scored:
    """Risks of customers on a day. `risk` (customers,): P(no purchase in the horizon), or that the contract ends.

    `parts` on demand: see reasons.py.
    """

    customer: npt.NDArray[np.int64]
    risk: Floats
    score: Floats
    known: Known

    def to_arrow(self) -> pa.Table:
        """`customer`, `churn_probability`."""
        return pa.table({"customer": self.customer, "churn_probability": self.risk})


@dataclass(frozen=True)
class ChurnModel:
    """Predicts who will not buy within `horizon` days. Made by `fit_churn`.

    `serves`: the blend; or the simple rule, where nothing was better; or the purchase models alone or the plain rate, where
    there was too little to learn from. `level` is what is added to the scores.
    """

    horizon: int
    as_of: date
    contract: bool
    serves: Serves
    coding: Coding
    ensemble: Ensemble
    rule: Linear | None
    purchasing: Purchasing
    level: float
    trained: Trained
    members: tuple[Member, ...]
    shape: Shape

    def predict(self, analysis: Analysis, day: date | None = None, *, threads: int = 1) -> Scored:
        """Risks of everyone who had ordered before `day` (default: the day of training), by customer number."""
        wanted = day or self.as_of
        features = with_parts({*self.coding.columns, *rule_features(self.contract)})
        (known,) = known_on(
            analysis, [wanted], horizon=self.horizon, features=features, purchasing={wanted: self.purchasing}
        )
        return self.scored(known, threads=threads)

    def scored(self, known: Known, *, threads: int = 1) -> Scored:
        """Risks of customers whose features are there already."""
        score = self.level + self.unlevelled(known, threads=threads)
        return Scored(known.customer, chance(score), score, known)

    def unlevelled(self, known: Known, *, threads: int = 1) -> Floats:
        """Log-odds up to the level, (customers,)."""
        if self.serves == "rate" or len(known.customer) == 0:
            return np.zeros(len(known.customer))
        if self.serves == "rule" and self.rule is not None:
            return self.rule.score(known.own[:, None])
        found = np.empty(len(known.customer))
        with threadpool_limits(1, user_api="blas"):
            for start in range(0, len(found), _CHUNK):
                part = np.arange(start, min(start + _CHUNK, len(found)))
                matrix, base = self.inputs(known.take(part))
                found[part] = self.ensemble.score(matrix, base, threads=threads)
        return found

    def inputs(self, known: Known) -> tuple[Floats, Floats]:
        """The learners' matrix (customers, columns) and the purchase models' scores (customers, models)."""
        found = known.base(self.horizon)
        missing = [name for name in self.ensemble.base if name not in found]
        if missing:
            raise InputError(f"The model needs {missing[0]}, which was not fitted.", do="Fit it again.")
        base = np.column_stack(
            [np.zeros((len(known.customer), 0)), *(found[name] for name in self.ensemble.base)]
        )
        return with_own(self.coding, known, base), base

    def to_dict(self) -> dict[str, Any]:
        """The model as plain numbers and texts, for JSON."""
        return {
            "format": FORMAT, "horizon": self.horizon, "as_of": self.as_of.isoformat(), "contract": self.contract,
            "serves": self.serves, "coding": self.coding.to_dict(), "ensemble": self.ensemble.to_dict(),
            "rule": self.rule.to_dict() if self.rule else None, "purchasing": self.purchasing.to_dict(),
            "level": self.level, "members": [vars(one) for one in self.members], "shape": self.shape.to_dict(),
            "trained": {
                "cuts": [cut.isoformat() for cut in self.trained.cuts], "horizons": list(self.trained.horizons),
                "customers": list(self.trained.customers), "left": list(self.trained.left),
            },
        }  # fmt: skip

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> ChurnModel:
        """The model that `to_dict` told. Raises InputError for another format."""
        if given.get("format") != FORMAT:
            raise InputError(f"This is no churn model of format {FORMAT}.", do="Fit it again.")
        told = given["trained"]
        trained = Trained(
            tuple(date.fromisoformat(cut) for cut in told["cuts"]), tuple(told["horizons"]),
            tuple(told["customers"]), tuple(told["left"]),
        )  # fmt: skip
        return cls(
            given["horizon"], date.fromisoformat(given["as_of"]), given["contract"], given["serves"],
            Coding.from_dict(given["coding"]), Ensemble.from_dict(given["ensemble"]),
            Linear.from_dict(given["rule"]) if given["rule"] else None, Purchasing.from_dict(given["purchasing"]),
            given["level"], trained, tuple(Member(**one) for one in given["members"]), Shape.from_dict(given["shape"]),
        )  # fmt: skip


def with_own(coding: Coding, known: Known, base: Floats) -> Floats:
    """The matrix of the features, then the purchase models' scores and what the simple rule looks at as columns of their own."""
    return np.column_stack([coding.matrix(known.features), base, known.own])
