"""The published experiment of a game: whether a gate at level 40 in place of 30 keeps players."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

from regulars.experiments import Effect, check_shares, compare, holdout

FILE = (
    Path(os.environ.get("REGULARS_DATA", Path(__file__).parents[3] / "shared" / "data")) / "cookie_cats.csv"
)
pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"{FILE.name} is not here")


@pytest.fixture(scope="module")
def flags() -> dict[str, np.ndarray]:
    table = pyarrow.csv.read_csv(FILE)
    gate = np.array(table.column("test_version").to_pylist())
    return {
        "early_gate": gate == "gate_30",
        "day_1": table.column("retention_1").to_numpy().astype(float),
        "day_7": table.column("retention_7").to_numpy().astype(float),
    }


@pytest.fixture(scope="module")
def day_7(flags: dict[str, np.ndarray]) -> Effect:
    return compare(flags["early_gate"], {"day_7": flags["day_7"]})["day_7"]


def test_shares_and_z_are_those_published(day_7: Effect) -> None:
    assert (day_7.treated, day_7.held_out) == (44_700, 45_489)
    assert round(100 * day_7.treated_mean, 2) == 19.02
    assert round(100 * day_7.held_out_mean, 2) == 18.20
    error = (day_7.fixed.high - day_7.fixed.low) / 2 / 1.959964
    assert day_7.fixed.estimate / error == pytest.approx(3.16, abs=0.01)


def test_the_effect_stands_up_to_daily_looks(day_7: Effect) -> None:
    assert day_7.answer == "added"
    assert 0 < day_7.per_customer.low < day_7.fixed.low


def test_on_the_first_day_no_effect_is_seen(flags: dict[str, np.ndarray]) -> None:
    assert compare(flags["early_gate"], {"day_1": flags["day_1"]})["day_1"].answer == "no_effect_seen"


def test_its_shares_are_noticed_by_who_looks_once(day_7: Effect) -> None:
    found = check_shares(holdout("gate", 0.5), {"held_out": day_7.held_out, "treated": day_7.treated})
    assert found.p_fixed == pytest.approx(0.0086, abs=2e-4)
    assert not found.mismatch
