"""The one procedure that makes a churn model of any shop's past: no setting depends on the shop.

Past days at which the horizon has passed train; learners are judged on customers and days that they had not seen; a blend
on the log-odds scale gets its weights there; the level comes from the season. If the blend is not better than the simple
rule there, the rule serves. Nothing from the day of training on is looked at.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from threadpoolctl import threadpool_limits

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.prediction.churn.cuts import Schedule, schedule
from regulars.prediction.churn.drift import Shape, Tenths
from regulars.prediction.churn.ensemble import Ensemble, Examples, Unseen, choose, learn, rule_of, unseen
from regulars.prediction.churn.examples import Known, known_on, left_within, one_in
from regulars.prediction.churn.levels import expected_shift
from regulars.prediction.churn.linear import Linear
from regulars.prediction.churn.matrix import Coding
from regulars.prediction.churn.measures import auc
from regulars.prediction.churn.model import ChurnModel, Member, Serves, Trained, with_own
from regulars.prediction.churn.odds import Floats, chance, level_for, log_loss
from regulars.prediction.churn.purchasing import MODELS

FOLDS = 3
_FEWEST = 30  # of those who left and of those who stayed: fewer teach nothing
_NO_ENSEMBLE = Ensemble(None, None, (), (), ())


def fit_churn(
    analysis: Analysis,
    horizon_days: int | None = None,
    as_of: date | None = None,
    *,
    seed: int = 0,
    threads: int = 1,
) -> ChurnModel:
    """Learn from facts before `as_of` (default: the analysis's day) who will not buy in `horizon_days` (default: its window).

    With contract: whose contract will have ended. `threads`: of LightGBM; linear algebra uses one.
    Raises InputError where there are no customers or the history is too short for any past day.
    """
    day, horizon = as_of or analysis.as_of, horizon_days or analysis.window
    if day > analysis.as_of:
        raise InputError(
            f"The facts end before {day}.", where="as_of", do=f"Give {analysis.as_of} or an earlier day."
        )
    plan = schedule(analysis.coverage.first, day, horizon)
    *past, now = known_on(analysis, [*plan.cuts, day], horizon=horizon, one_in=one_in(analysis))
    if len(now.customer) == 0:
        raise InputError(f"Nobody was a customer before {day}.", do="Import orders first.")
    peopled = [n for n, known in enumerate(past) if len(known.customer)]
    past, ahead = [past[n] for n in peopled], tuple(plan.horizons[n] for n in peopled)
    outcomes = [left_within(analysis, known, days) for known, days in zip(past, ahead, strict=True)]
    plan = Schedule(tuple(known.day for known in past), ahead, horizon)
    with threadpool_limits(1, user_api="blas"):
        return _Procedure(analysis, plan, past, outcomes, now, seed, threads).model()


class _Procedure:
    """The steps of `fit_churn`, with what they share."""

    def __init__(
        self, analysis: Analysis, plan: Schedule, past: list[Known], outcomes: list[Floats], now: Known,
        seed: int, threads: int,
    ) -> None:  # fmt: skip
        self.plan, self.outcomes, self.contract = plan, outcomes, analysis.contract
        self.seed, self.threads = seed, threads
        *self.past, self.now = _with_the_same_models([*past, now])
        self.ahead = (*plan.horizons, plan.asked)
        scores = [known.base(days) for known, days in self._all()]
        self.base = tuple(scores[-1])
        self.scores = [
            np.column_stack([np.zeros((len(known.customer), 0)), *one.values()])
            for known, one in zip((*self.past, self.now), scores, strict=True)
        ]
        self.coding = Coding((), {})

    def model(self) -> ChurnModel:
        """Learn, choose what serves, settle the level."""
        left = np.concatenate(self.outcomes) if self.outcomes else np.zeros(0)
        enough = min(left.sum(), len(left) - left.sum()) >= _FEWEST
        members: tuple[Member, ...] = ()
        rule: Linear | None = None
        if enough:
            ensemble, rule, serves, members = self._learned()
        elif self.base:
            ensemble, serves = self._purchase_alone(), "purchase"
        else:
            ensemble, serves = _NO_ENSEMBLE, "rate"
        model = ChurnModel(
            self.plan.asked, self.now.day, self.contract, serves, self.coding, ensemble, rule,
            self.now.purchasing, 0.0, self._trained(), members, Shape({}, {}, Tenths.none()),
        )  # fmt: skip
        return self._settled(model)

    def _learned(self) -> tuple[Ensemble, Linear, Serves, tuple[Member, ...]]:
        self.coding = Coding.of(pa.concat_tables([known.features for known in self.past]), self._columns())
        examples = self._examples()
        judged = unseen(examples, self.base, seed=self.seed, threads=self.threads)
        weights = choose(judged.scores, judged.left, judged.groups)
        ensemble = learn(examples, self.base, seed=self.seed, threads=self.threads)
        ensemble = replace(ensemble, weights=tuple(weights.tolist()))
        blended, by_rule = judged.levelled(judged.blended()), judged.levelled(judged.rule)
        better = log_loss(blended, judged.left) < log_loss(by_rule, judged.left)
        members = _members(judged, weights, blended, by_rule)
        return ensemble, rule_of(examples), "blend" if better else "rule", members

    def _columns(self) -> list[str]:
        return [name for name in self.now.features.column_names if name not in ("customer", "cut")]

    def _examples(self) -> Examples:
        """The past days' customers, each with a fold by a hash of the number."""
        parts = []
        for group, (known, left) in enumerate(zip(self.past, self.outcomes, strict=True)):
            scattered = mixed(known.customer)
            matrix = with_own(self.coding, known, self.scores[group])
            folds = (scattered // np.uint64(2**32) % np.uint64(FOLDS)).astype(np.int64)
            day = np.full(len(left), group, np.int64)
            parts.append((matrix, self.scores[group], known.own, left, day, folds))
        return Examples(*(np.concatenate(one) for one in zip(*parts, strict=True)))

    def _purchase_alone(self) -> Ensemble:
        """The mean of the models' log-odds, against today's customers: a reason says how somebody differs from them."""
        weights = np.array([name in MODELS for name in self.base], dtype=np.float64)
        centre = self.scores[-1].mean(axis=0)
        return Ensemble(
            None, None, self.base, tuple((weights / weights.sum()).tolist()), tuple(centre.tolist())
        )

    def _trained(self) -> Trained:
        return Trained(
            tuple(known.day for known in self.past),
            self.plan.horizons,
            tuple(len(known.customer) for known in self.past),
            tuple(float(left.mean()) for left in self.outcomes),
        )

    def _settled(self, model: ChurnModel) -> ChurnModel:
        """With the level: what share is expected to leave by now, from the purchase models and their past shifts."""
        wanted = self._expected_share()
        level = level_for(model.unlevelled(self.now, threads=self.threads), wanted)
        return replace(model, level=level, shape=self._shape(model, level))

    def _shape(self, model: ChurnModel, level: float) -> Shape:
        """The customers of the past days, with the scores that those of the latest would get."""
        if not self.past or model.serves == "rate":
            return Shape({}, {}, Tenths.none())
        features = pa.concat_tables([known.features for known in self.past])
        score = level + model.unlevelled(self.past[-1], threads=self.threads)
        return Shape.of(features, self.coding.columns or (), score)

    def _expected_share(self) -> float:
        """What share is expected to leave, from what the purchase models say on average and how far off they were."""
        said = [_mean_of_models(known.base(days), len(known.customer)) for known, days in self._all()]
        shares = [_share(left) for left in self.outcomes]
        shifts = np.array([level_for(one, share) for one, share in zip(said, shares, strict=False)])
        same = 0.0
        if shares:
            # The shift that would make the latest share come again among today's customers.
            near = _mean_of_models(self.now.base(self.plan.horizons[-1]), len(self.now.customer))
            same = level_for(near, shares[-1])
        shift = expected_shift([known.day for known in self.past], shifts, same, self.now.day)
        return float(chance(said[-1] + shift).mean())

    def _all(self) -> list[tuple[Known, int]]:
        return list(zip((*self.past, self.now), self.ahead, strict=True))


def _with_the_same_models(days: list[Known]) -> list[Known]:
    """A purchase model that could not be fitted on one of the days is left out on all of them."""
    common = set.intersection(*(set(known.purchasing.models) for known in days))
    found = []
    for known in days:
        models = {name: one for name, one in known.purchasing.models.items() if name in common}
        found.append(replace(known, purchasing=replace(known.purchasing, models=models)))
    return found


def _mean_of_models(scores: dict[str, Floats], customers: int) -> Floats:
    """Mean log-odds over the purchase models; 0 where there are none (with contract)."""
    models = [score for name, score in scores.items() if name in MODELS]
    return np.mean(models, axis=0) if models else np.zeros(customers)


def _share(left: Floats) -> float:
    """Half a customer of either kind keeps it off 0 and 1."""
    return float((left.sum() + 0.5) / (len(left) + 1))


def _members(judged: Unseen, weights: Floats, blended: Floats, by_rule: Floats) -> tuple[Member, ...]:
    alone = [
        (name, judged.levelled(judged.scores[:, n]), float(weights[n]))
        for n, name in enumerate(judged.members)
    ]
    rows = [("blend", blended, None), ("rule", by_rule, None), *alone]
    return tuple(
        Member(name, log_loss(s, judged.left), auc(s, judged.left), weight) for name, s, weight in rows
    )


def mixed(customer: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """A fixed scatter of customer numbers over 64 bits (the finaliser of splitmix64, S. Vigna 2015)."""
    with np.errstate(over="ignore"):
        z = customer.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))
