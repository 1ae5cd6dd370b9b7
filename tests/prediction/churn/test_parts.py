"""The parts by hand: measures, levels, schedule, tables with a label."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from regulars.kernel.errors import InputError
from regulars.prediction.churn import LabelledModel, effects, fit_labelled, quality
from regulars.prediction.churn.cuts import schedule
from regulars.prediction.churn.levels import expected_shift
from regulars.prediction.churn.linear import Linear
from regulars.prediction.churn.measures import auc, calibration_error, lift
from regulars.prediction.churn.odds import chance, level_for

DATA = Path(os.environ.get("REGULARS_DATA", Path(__file__).parents[4] / "shared" / "data"))


def test_measures_by_hand() -> None:
    risk, left = np.array([0.9, 0.8, 0.3, 0.3]), np.array([1.0, 0.0, 1.0, 0.0])
    assert auc(risk, left) == pytest.approx((1 + 1 + 0 + 0.5) / 4)
    assert calibration_error(risk, left, bins=2) == pytest.approx((abs(0.85 - 0.5) + abs(0.3 - 0.5)) / 2)
    assert [(one.left, one.by_chance) for one in lift(risk, left, (1, 100))] == [(1, 0.5), (2, 2.0)]
    assert quality(risk, left).brier == pytest.approx((0.01 + 0.64 + 0.49 + 0.09) / 4)
    assert quality(risk, np.ones(4)).auc is None


def test_the_level_gives_the_wanted_mean() -> None:
    score = np.linspace(-8, 5, 1000)
    for wanted in (0.01, 0.5, 0.97):
        assert chance(score + level_for(score, wanted)).mean() == pytest.approx(wanted, abs=1e-6)


def test_past_days_have_their_horizon_behind_them_and_one_lies_a_year_back() -> None:
    day = dt.date(2024, 1, 1)
    found = schedule(day - dt.timedelta(days=700), day, 90)
    assert found.cuts[-1] == day - dt.timedelta(days=90)
    assert day - dt.timedelta(days=365) in found.cuts
    assert set(found.horizons) == {90}
    short = schedule(day - dt.timedelta(days=270), day, 270)
    assert [(day - cut).days for cut in short.cuts] == [180, 135, 90] == list(short.horizons)


def test_the_season_a_year_ago_counts_most() -> None:
    day = dt.date(2024, 1, 1)
    cuts = [day - dt.timedelta(days=n) for n in (365, 180, 90)]
    assert expected_shift(cuts, np.array([-1.0, 0.2, 0.2]), 0.0, day) == pytest.approx(-0.7)
    assert expected_shift(cuts[1:], np.array([0.2, 0.2]), 0.3, day) == pytest.approx(0.2)


def test_the_linear_model_finds_what_made_the_outcomes() -> None:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(20_000, 2))
    left = (draw.random(20_000) < chance(np.sign(x[:, 0]) * 1.5 * np.log1p(np.abs(x[:, 0])))).astype(float)
    parts = Linear.fit(x, left, np.zeros(20_000, np.int64), ridge=1.0).parts(
        np.array([[-1.0, 0.0], [1.0, 0.0]])
    )
    assert parts[1, 0] - parts[0, 0] == pytest.approx(2 * 1.5 * np.log(2), abs=0.25)
    assert parts[1, 1] == pytest.approx(0, abs=0.1)


def test_effects_are_adjusted_for_what_goes_with_them() -> None:
    draw = np.random.default_rng(0)
    cause = draw.random(6000)
    bystander = cause + draw.normal(0, 0.3, 6000)
    left = (draw.random(6000) < 0.1 + 0.6 * cause).astype(float)
    table = pa.table(
        {"cause": cause, "bystander": bystander, "noise": draw.random(6000), "same": np.ones(6000)}
    )
    found = {one.feature: one for one in effects(table, left, table.column_names)}
    assert found["cause"].adjusted == pytest.approx(0.4, abs=0.08)
    assert found["bystander"].difference > 0.2
    assert abs(found["bystander"].adjusted or 0) < 0.06
    assert found["cause"].stands_out and not found["noise"].stands_out
    assert "same" not in found


def labelled(rows: int = 800) -> pa.Table:
    draw = np.random.default_rng(0)
    plan, months = draw.choice(["basic", "pro"], rows), draw.integers(0, 60, rows)
    left = draw.random(rows) < chance(np.where(plan == "basic", 1.0, -1.0) - months / 30)
    return pa.table({"plan": plan, "months": months, "empty": pa.nulls(rows, pa.float64()), "left": left})


def test_any_table_with_a_label_can_be_learned() -> None:
    table = labelled()
    model = fit_labelled(table, "left")
    risk = model.predict(table)
    assert (auc(risk, table["left"].to_numpy().astype(float)) or 0) > 0.75
    again = LabelledModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert np.array_equal(again.predict(table), risk)
    rest = model.score(table) - model.parts(table).sum(axis=1)
    assert np.ptp(rest) < 1e-9
    strange = table.set_column(0, "plan", pa.array(["unheard of"] * len(table)))
    assert np.isfinite(model.predict(strange)).all()


def test_unusable_tables_are_refused_or_answered_with_the_share() -> None:
    table = labelled(60)
    with pytest.raises(InputError, match="no column 'gone'"):
        fit_labelled(table, "gone")
    with pytest.raises(InputError, match="Say which value is meant"):
        fit_labelled(table, "plan")
    with pytest.raises(InputError, match="no column 'months'"):
        fit_labelled(table, "left").predict(table.drop_columns(["months"]))
    everyone = table.set_column(3, "left", pa.array([True] * 60))
    assert np.allclose(fit_labelled(everyone, "left").predict(everyone), 60.5 / 61)


@pytest.mark.skipif(
    not (DATA / "telco_churn.csv").exists(), reason="shared data is not there: telco_churn.csv"
)
def test_telco_is_at_its_published_best() -> None:
    options = csv.ConvertOptions(null_values=["", " "], strings_can_be_null=True)
    table = csv.read_csv(DATA / "telco_churn.csv", convert_options=options)
    left = np.array([value == "Yes" for value in table["Churn"].to_pylist()], float)
    fold = np.random.default_rng(0).integers(0, 5, len(left))
    model = fit_labelled(table.filter(pa.array(fold != 0)), "Churn", positive="Yes", leave_out=["customerID"])
    found = quality(model.predict(table.filter(pa.array(fold == 0))), left[fold == 0])
    assert found.auc is not None and found.auc_se is not None
    assert found.auc > 0.849 - 2 * found.auc_se
    assert found.log_loss < 0.412 + 2 * found.log_loss_se
