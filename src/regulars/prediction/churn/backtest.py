"""How good the procedure would have been on the shop's own past: the same fit, days before, against what came true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.prediction.churn.examples import Known, left_within
from regulars.prediction.churn.fit import fit_churn
from regulars.prediction.churn.measures import (
    CalibrationPoint,
    LiftPoint,
    Quality,
    calibration,
    lift,
    quality,
)
from regulars.prediction.churn.model import ChurnModel, Serves, Trained
from regulars.prediction.churn.odds import Floats, chance, level_for
from regulars.prediction.churn.purchasing import MODELS

_RANKS = tuple(range(5, 101, 5))  # per cent of the customers


@dataclass(frozen=True)
class Tested:
    """One past day: the model that would have been made on it, against the `horizon` days after it.

    `served`: what was served then. `qualities`: by `served`, `rule`, each purchase model, `linear` and `boosted` alone, where
    there. The purchase models say what they say; the others alone are at the share that left in training.
    `called`: of the 100 called most at risk, how many left. `curve`: the same for each twentieth of the customers.
    `drift`: stability index of the scores and features on that day since training (under 0.1: stable).
    """

    day: date
    horizon: int
    serves: Serves
    said: float
    left: float
    trained: Trained
    qualities: Mapping[str, Quality]
    calibration: tuple[CalibrationPoint, ...]
    called: LiftPoint
    curve: tuple[LiftPoint, ...]
    drift: Mapping[str, float]
    contract: bool = False

    @property
    def served(self) -> Quality:
        """Of what was served."""
        return self.qualities["served"]

    @property
    def said_in_words(self) -> str:
        """One plain English sentence."""
        one = self.called
        left = "had no contract any more after" if self.contract else "did not come back within"
        return (
            f"Of the {one.called} customers called most at risk on {self.day}, {one.left} {left} "
            f"{self.horizon} days; by chance it would have been {one.by_chance:.0f}."
        )


@dataclass(frozen=True)
class Backtest:
    """Several past days, oldest first."""

    days: tuple[Tested, ...]

    def to_arrow(self) -> pa.Table:
        """One row a day and model: `day`, `model` and the measures."""
        rows = [
            {"day": one.day, "model": name, **vars(found)}
            for one in self.days
            for name, found in one.qualities.items()
        ]
        return pa.Table.from_pylist(rows) if rows else pa.table({"day": pa.array([], pa.date32())})


def backtest(
    analysis: Analysis,
    horizon_days: int | None = None,
    as_of: date | None = None,
    *,
    days: int = 2,
    seed: int = 0,
    threads: int = 1,
) -> Backtest:
    """Fit on past days as if it were those days, and look at what came true. The latest is a horizon before `as_of`.

    At most `days` of them, a horizon apart; days with too short a history before them are left out.
    Raises InputError where even the latest is.
    """
    end, horizon = as_of or analysis.as_of, horizon_days or analysis.window
    found: list[Tested] = []
    for n in range(days):
        day = end - timedelta(days=horizon * (n + 1))
        try:
            found.append(judged_on(analysis, horizon, day, seed=seed, threads=threads))
        except InputError:
            if not found:
                raise
            break
    return Backtest(tuple(reversed(found)))


def judged_on(analysis: Analysis, horizon: int, day: date, *, seed: int = 0, threads: int = 1) -> Tested:
    """The model of one past day against the `horizon` days after it, which the facts must cover."""
    if day + timedelta(days=horizon) > analysis.as_of:
        raise InputError(
            f"What came after {day} is not known for {horizon} days yet.",
            where="day",
            do="Take an earlier day.",
        )
    model = fit_churn(analysis, horizon, day, seed=seed, threads=threads)
    scored = model.predict(analysis, threads=threads)
    left = left_within(analysis, scored.known, horizon)
    risks = {"served": scored.risk, **_alone(model, scored.known, threads)}
    sizes = tuple(max(1, round(len(left) * share / 100)) for share in _RANKS)
    return Tested(
        day=day,
        horizon=horizon,
        serves=model.serves,
        said=float(scored.risk.mean()),
        left=float(left.mean()),
        trained=model.trained,
        qualities={name: quality(risk, left, seed=seed) for name, risk in risks.items()},
        calibration=calibration(scored.risk, left),
        called=lift(scored.risk, left)[0],
        curve=lift(scored.risk, left, sizes),
        drift=model.shape.drift(scored.known.features, scored.score),
        contract=model.contract,
    )


def _alone(model: ChurnModel, known: Known, threads: int) -> dict[str, Floats]:
    """Risks by each model on its own."""
    found = {name: chance(score) for name, score in known.base(model.horizon).items() if name in MODELS}
    share = np.average(model.trained.left, weights=model.trained.customers) if model.trained.left else 0.5
    scores: dict[str, Floats] = {}
    if model.rule is not None:
        scores["rule"] = model.rule.score(known.own[:, None])
    if model.ensemble.linear is not None:
        matrix, base = model.inputs(known)
        members = model.ensemble.scores(matrix, base, threads=threads)
        scores |= {
            name: members[:, n]
            for n, name in enumerate(model.ensemble.members)
            if name in ("linear", "boosted")
        }
    levelled = {name: chance(score + level_for(score, float(share))) for name, score in scores.items()}
    return {**levelled, **found}
