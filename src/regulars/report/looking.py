"""Fill what the report says of the future, from the predictions of an analysis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.kernel.errors import InputError
from regulars.kernel.progress import Progress, silent
from regulars.metrics.analysis import Analysis
from regulars.metrics.counted import CUSTOMER_BASE
from regulars.prediction.churn.backtest import Tested
from regulars.prediction.churn.effects import Effect, what_goes_with_leaving
from regulars.prediction.churn.pictured import calibration_rows, ranking_rows, risk_rows
from regulars.prediction.features import FEATURES
from regulars.prediction.scores import Scores, predict
from regulars.prediction.value import expected_revenue
from regulars.report.ahead import Ahead, Chances, Keeping, Risk, Told, Trial
from regulars.report.ahead_text import FEATURES_TOLD

Floats = npt.NDArray[np.float64]

AT_RISK = 0.5  # from this risk on an active customer is called at risk
KEPT_MORE = 0.05  # K22: so many of those who are expected not to order are kept
_STEPS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 9), (10, None))


def look_ahead(
    analysis: Analysis, *, days_tested: int = 1, seed: int = 0, threads: int = 1, progress: Progress = silent
) -> Ahead:
    """Predict, and put together what the report shows. What the history does not allow is left out."""
    found = predict(analysis, days_tested=days_tested, seed=seed, threads=threads, progress=progress)
    progress("putting predictions together", None)
    return ahead_of(analysis, found, seed=seed)


def ahead_of(analysis: Analysis, found: Scores, *, seed: int = 0) -> Ahead:
    """The same from predictions that were made of this analysis."""
    days = int(found.values.terms.horizon_days)
    expected = expected_revenue(analysis, found.values.models, horizon_days=days, seed=seed)
    table = found.table
    again = _column(table, "probability_of_purchase")
    known = np.isfinite(again)
    active = _active(analysis, table) if found.churn is not None else None
    return Ahead(
        day=found.day,
        customers=len(table),
        value_horizon_days=days,
        expected=expected,
        again=float(again[known].sum()) if known.any() else None,
        risk=None if active is None else _risk(found, active),
        serves=None if found.churn is None else found.churn.serves,
        trials=tuple(_trial(one) for one in found.backtest.days) if found.backtest is not None else (),
        chances=_chances(table),
        keeping=None if active is None else _keeping(found, active),
        leaving=() if found.churn is None else _leaving(analysis, found.horizon),
    )


def _active(analysis: Analysis, table: pa.Table) -> npt.NDArray[np.bool_]:
    """Who ordered within the window before the day; under contract everyone who has a risk. (customers,)."""
    scored = np.isfinite(_column(table, "churn_probability"))
    if analysis.contract:
        return scored
    rows = analysis.run(CUSTOMER_BASE.select("customer", "last_day"))
    days = rows["last_day"].to_numpy().astype("datetime64[D]")
    recent = rows["customer"].to_numpy()[
        (np.datetime64(analysis.as_of) - days).astype(int) <= analysis.window
    ]
    return scored & np.isin(table["customer"].to_numpy(), recent)


def _risk(found: Scores, active: npt.NDArray[np.bool_]) -> Risk:
    risk = _column(found.table, "churn_probability")[active]
    value = _column(found.table, "predicted_clv")[active]
    called, known = risk >= AT_RISK, np.isfinite(value)
    return Risk(
        horizon_days=found.horizon,
        active=len(risk),
        staying=float((1 - risk).sum()),
        line=AT_RISK,
        at_risk=int(called.sum()),
        value=float(value[called & known].sum()) if known.any() else None,
        value_at_risk=float((risk * value)[called & known].sum()) if known.any() else None,
        spread=risk_rows(risk),
    )


def _trial(one: Tested) -> Trial:
    return Trial(
        one.day, one.horizon, one.served.customers, one.called.called, one.called.left, one.called.by_chance,
        one.said, one.left, one.served.auc, calibration_rows(one.calibration),
        ranking_rows(one.curve, one.served.customers, one.served.left),
    )  # fmt: skip


def _chances(table: pa.Table) -> tuple[Chances, ...]:
    orders, again = (
        _column(table, name) for name in ("historic_number_of_orders", "probability_of_purchase")
    )
    ahead, value = (_column(table, name) for name in ("predicted_number_of_orders", "predicted_clv"))
    found = []
    for first, last in _STEPS:
        inside = np.isfinite(again) & (orders >= first) & (orders <= (np.inf if last is None else last))
        worth = value[inside][np.isfinite(value[inside])]
        if inside.any():
            found.append(
                Chances(
                    first, last, int(inside.sum()), float(again[inside].mean()), float(ahead[inside].mean()),
                    float(worth.mean()) if len(worth) else None,
                )
            )  # fmt: skip
    return tuple(found)


def _keeping(found: Scores, active: npt.NDArray[np.bool_]) -> Keeping | None:
    """Sum over active customers of share x (1 - p) x E[value | an order], with E[value | an order] = predicted value / p."""
    again = _column(found.table, "probability_of_purchase")[active]
    value = _column(found.table, "predicted_clv")[active]
    known = np.isfinite(again) & np.isfinite(value) & (again > 0)
    if not known.any():
        return None
    leaving = 1 - again[known]
    worth = float((leaving * value[known] / again[known]).sum())
    return Keeping(KEPT_MORE, float(leaving.sum()), KEPT_MORE * worth, int(found.values.terms.horizon_days))


def _leaving(analysis: Analysis, horizon: int) -> tuple[Told, ...]:
    try:
        effects = what_goes_with_leaving(analysis, horizon)
    except InputError:
        return ()
    return told_of(effects)


def told_of(effects: Sequence[Effect]) -> tuple[Told, ...]:
    """Of each story the feature that tells it, where the difference is more than chance; strongest first.

    Which feature tells a story is fixed beforehand: to pick the strongest of several would overstate it.
    """
    return tuple(
        Told(
            one.feature, FEATURES[one.feature].unit, one.above, one.below, one.high_left, one.low_left, one.adjusted,
            *one.interval,
        )
        for one in effects
        if one.feature in FEATURES_TOLD and one.stands_out and one.adjusted is not None and one.interval is not None
    )  # fmt: skip


def _column(table: pa.Table, name: str) -> Floats:
    """A column as numbers, NaN where it is null or missing."""
    if name not in table.column_names:
        return np.full(len(table), np.nan)
    return np.asarray(table[name].cast(pa.float64()).to_numpy(), np.float64)
