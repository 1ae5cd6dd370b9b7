"""The lake's scores: the newest day whole, of earlier months what a history needs, nobody who is gone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.tables import SCORES
from regulars.prediction.keeping import days_to_keep, forget_scores, keep_scores


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def _rows(day: date, customers: list[int], value: float = 0.5) -> pa.Table:
    names = ("churn_probability", "predicted_clv", "probability_alive")
    return pa.Table.from_pylist(
        [
            {"customer": n, "day": day, "model": f"{name}/1", "name": name, "value": value}
            for n in customers
            for name in names
        ],
        schema=SCORES.arrow,
    )


def _kept(lake: Lake, duck: DuckEngine) -> dict[tuple[date, int], set[str]]:
    lake.bind(duck)
    found: dict[tuple[date, int], set[str]] = {}
    for day, customer, name in duck.con.execute("SELECT day, customer, name FROM scores").fetchall():
        assert name not in found.setdefault((day, customer), set())
        found[day, customer].add(name)
    return found


def test_of_each_month_before_the_last_day_stays() -> None:
    days = [date(2024, 12, 31), date(2025, 1, 30), date(2025, 1, 31), date(2025, 12, 1), date(2026, 1, 5)]
    assert days_to_keep([*days, date(2026, 1, 9)], date(2026, 1, 9)) == {
        date(2025, 1, 31), date(2025, 12, 1),
    }  # fmt: skip


def test_a_new_day_takes_the_place_of_the_one_before_and_months_keep_risk_and_value(
    lake: Lake, duck: DuckEngine
) -> None:
    for day in (date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2)):
        keep_scores(lake, _rows(day, [1, 2]), day)
    everything, lasting = {"churn_probability", "predicted_clv", "probability_alive"}, {"churn_probability", "predicted_clv"}  # fmt: skip
    assert _kept(lake, duck) == {
        (date(2026, 2, 2), 1): everything, (date(2026, 2, 2), 2): everything,
        (date(2026, 1, 31), 1): lasting, (date(2026, 1, 31), 2): lasting,
    }  # fmt: skip


def test_a_day_made_again_is_there_once_and_who_is_gone_loses_the_history(
    lake: Lake, duck: DuckEngine
) -> None:
    keep_scores(lake, _rows(date(2026, 1, 31), [1, 2]), date(2026, 1, 31))
    for value in (0.1, 0.2):
        keep_scores(lake, _rows(date(2026, 2, 1), [2, 3], value), date(2026, 2, 1))
    assert set(_kept(lake, duck)) == {(date(2026, 2, 1), 2), (date(2026, 2, 1), 3), (date(2026, 1, 31), 2)}
    values = duck.con.execute("SELECT DISTINCT value FROM scores WHERE day = DATE '2026-02-01'").fetchall()
    assert values == [(0.2,)]


def test_scores_are_no_new_facts(lake: Lake) -> None:
    before = lake.version
    keep_scores(lake, _rows(date(2026, 1, 31), [1]), date(2026, 1, 31))
    assert lake.version == before + 1 and lake.facts_version() == before


def test_somebody_is_taken_out_of_every_day(lake: Lake, duck: DuckEngine) -> None:
    for day in (date(2026, 1, 31), date(2026, 2, 1)):
        keep_scores(lake, _rows(day, [1, 2]), day)
    version = lake.version
    assert forget_scores(lake, [7]) == version
    assert forget_scores(lake, [1, 7]) == version + 1
    assert {customer for _, customer in _kept(lake, duck)} == {2}


def test_rows_of_another_day_are_refused(lake: Lake) -> None:
    with pytest.raises(ValueError, match="2026-02-01"):
        keep_scores(lake, _rows(date(2026, 1, 31), [1]), date(2026, 2, 1))
