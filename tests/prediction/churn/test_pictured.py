"""What the charts of risks are drawn from adds up to the customers."""

import json

import numpy as np
import pytest

from regulars.prediction.churn.measures import calibration, lift
from regulars.prediction.churn.pictured import calibration_rows, ranking_rows, risk_rows

RISK = np.linspace(0, 1, 200)
LEFT = (RISK > 0.7).astype(float)


def test_what_was_seen_lies_within_its_interval() -> None:
    rows = calibration_rows(calibration(RISK, LEFT))
    assert sum(row["customers"] for row in rows) == 200
    assert all(row["low"] <= row["seen"] <= row["high"] for row in rows)


def test_a_perfect_order_finds_everyone_after_as_many_as_left() -> None:
    rows = ranking_rows(lift(RISK, LEFT, (30, 60, 200)), 200, 60)
    assert [(row["called"], row["found"]) for row in rows] == [(15.0, 50.0), (30.0, 100.0), (100.0, 100.0)]


def test_where_nobody_left_there_is_no_curve() -> None:
    assert ranking_rows(lift(RISK, np.zeros(200), (30,)), 200, 0) == []


def test_every_customer_stands_in_one_step_of_the_risk() -> None:
    rows = risk_rows(RISK)
    assert sum(row["customers"] for row in rows) == 200
    assert (rows[0]["low"], rows[-1]["high"]) == (0.0, 100.0)
    assert [row["low"] for row in rows[1:]] == pytest.approx([row["high"] for row in rows[:-1]])


def test_the_rows_can_be_kept_as_json() -> None:
    rows = calibration_rows(calibration(RISK, LEFT))
    assert json.loads(json.dumps(rows)) == rows
