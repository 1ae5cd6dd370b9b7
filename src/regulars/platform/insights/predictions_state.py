"""What a run of scores tells about itself, as JSON: how good, trained on what, what is expected, what could not be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from regulars.platform.insights.predictions_tables import AT_RISK
from regulars.prediction.churn.backtest import Tested
from regulars.prediction.churn.effects import Effect
from regulars.prediction.churn.model import ChurnModel
from regulars.prediction.churn.pictured import calibration_rows, ranking_rows, risk_rows
from regulars.prediction.scores import Scores

_MOST_EFFECTS = 8
_MOST_DRIFTS = 5


def state_of(found: Scores, effects: Iterable[Effect] = (), *, objected: int) -> dict[str, Any]:
    """Everything that the model's page says. `found`: of those who may be profiled; `objected`: how many are left out."""
    churn, values = found.churn, found.values
    return {
        "horizon": found.horizon,
        "years": values.terms.horizon_days / 365,
        "discount": values.terms.yearly_rate,
        "customers": len(found.table),
        "objected": objected,
        "contract": bool(churn is not None and churn.contract),
        "serves": churn.serves if churn is not None else None,
        "purchase": type(values.models.purchase).__name__ if values.models.purchase is not None else None,
        "came_back": values.came_back,
        "notes": list(found.notes),
        "expected": _expected(found.table),
        "spread": risk_rows(_known(found.table, "churn_probability").to_numpy()),
        "trained": _trained(churn) if churn is not None else None,
        "members": [vars(one) for one in churn.members] if churn is not None else [],
        "days": [_tested(one) for one in found.backtest.days] if found.backtest is not None else [],
        "drift": _drift(found.drift),
        "effects": [_effect(one) for one in effects][:_MOST_EFFECTS],
    }


def _known(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        return pa.chunked_array([pa.array([], pa.float64())])
    return table[name].cast(pa.float64()).drop_null()


def _expected(table: pa.Table) -> dict[str, Any]:
    """Sums over everybody; None where nothing is known."""
    risk, value = _known(table, "churn_probability"), _known(table, "predicted_clv")
    at_risk = None
    if len(risk) and len(value):
        at_risk = pc.sum(pc.multiply(table["churn_probability"], table["predicted_clv"])).as_py()
    return {
        "judged": len(risk),
        "buyers": len(risk) - pc.sum(risk).as_py() if len(risk) else None,
        "at_risk": pc.sum(pc.greater_equal(risk, AT_RISK).cast(pa.int64())).as_py() if len(risk) else None,
        "value_at_risk": at_risk,
        "revenue": pc.sum(value).as_py() if len(value) else None,
        "orders": pc.sum(_known(table, "predicted_number_of_orders")).as_py(),
    }


def _trained(churn: ChurnModel) -> dict[str, Any]:
    told = churn.trained
    return {
        "cuts": [cut.isoformat() for cut in told.cuts], "horizons": list(told.horizons),
        "customers": list(told.customers), "left": list(told.left),
    }  # fmt: skip


def _tested(one: Tested) -> dict[str, Any]:
    served = one.served
    return {
        "day": one.day.isoformat(),
        "serves": one.serves,
        "customers": served.customers,
        "said": one.said,
        "left": one.left,
        "called": {"called": one.called.called, "left": one.called.left, "by_chance": one.called.by_chance},
        "calibration": calibration_rows(one.calibration),
        "ranking": ranking_rows(one.curve, served.customers, served.left),
        "drift": one.drift.get("score"),
        "qualities": {
            name: {
                "auc": found.auc, "auc_se": found.auc_se, "log_loss": found.log_loss, "log_loss_se": found.log_loss_se,
                "brier": found.brier, "ece": found.ece, "ece_floor": found.ece_floor,
            }
            for name, found in one.qualities.items()
        },
    }  # fmt: skip


def _drift(found: Any) -> dict[str, Any] | None:
    """Of the scores, and of the features that changed most."""
    if not found:
        return None
    most = sorted(
        ((name, value) for name, value in found.items() if name != "score"), key=lambda one: -one[1]
    )
    return {"score": found["score"], "features": most[:_MOST_DRIFTS]}


def _effect(one: Effect) -> dict[str, Any]:
    return {
        "feature": one.feature, "words": one.words, "high": one.high, "low": one.low, "above": one.above,
        "below": one.below, "high_left": one.high_left, "low_left": one.low_left, "difference": one.difference,
        "adjusted": one.adjusted, "interval": list(one.interval) if one.interval else None, "q": one.q,
        "stands_out": one.stands_out,
    }  # fmt: skip
