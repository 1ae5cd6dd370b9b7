"""Pairs: counted right, expected by the month, and not led by chance."""

from __future__ import annotations

import csv
import os
from collections import Counter
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from prediction.together.orders import LINES, ORDERS
from regulars.kernel.errors import InputError
from regulars.lake.engines import Engine
from regulars.prediction.together import Baskets, baskets_of, bought_together
from support.tiny import analysed

GROCERIES = (
    Path(os.environ.get("REGULARS_DATA", Path(__file__).parents[4] / "shared" / "data")) / "groceries.csv"
)


def of(baskets: list[set[str]], months: list[int] | None = None) -> Baskets:
    """Baskets, each in a month of 2024."""
    rows = [(number, product) for number, basket in enumerate(baskets) for product in sorted(basket)]
    days = [f"2024-{(months or [1] * len(baskets))[number]:02}-10" for number, _ in rows]
    order, product = [row[0] for row in rows], [row[1] for row in rows]
    return Baskets.of(order, product, np.array(days, dtype="datetime64[D]"), [2.0] * len(rows))


def rows(found: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["a"], row["b"]): row for row in found.to_arrow().to_pylist()}


def test_support_confidence_and_lift_by_hand() -> None:
    found = bought_together(of([{"a", "b"}, {"a", "b", "c"}, {"a"}, {"c"}]), least_baskets=1)
    pair = rows(found)["a", "b"]
    assert (pair["baskets"], pair["support"]) == (2, 0.5)
    assert (pair["confidence_ab"], pair["confidence_ba"]) == (pytest.approx(2 / 3), 1.0)
    assert (pair["lift"], pair["expected"]) == (pytest.approx(4 / 3), pytest.approx(1.5))
    low = gamma.ppf(0.05, 2 + 1) / (1.5 + 1)
    assert pair["lift_low"] == pytest.approx(low)
    assert pair["extra_ab"] == 0


def test_what_a_pair_brings_beyond_chance_is_told_for_a_thousand_baskets() -> None:
    found = rows(bought_together(of([{"a", "b"}] * 50 + [{"a"}] * 50 + [{"c"}] * 900)))["a", "b"]
    beyond = 5.0 * (gamma.ppf(0.05, 51) / 6.0 - 1)
    assert found["extra_ab"] == pytest.approx(1000 * beyond / 100 * 2.0)
    assert found["extra_ba"] == pytest.approx(1000 * beyond / 50 * 2.0)


@given(st.lists(st.sets(st.sampled_from("abcdef"), min_size=1), min_size=1, max_size=40), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_every_pair_is_counted_as_by_hand(baskets: list[set[str]], least: int) -> None:
    counted = Counter(pair for basket in baskets for pair in combinations(sorted(basket), 2))
    found = {
        key: row["baskets"] for key, row in rows(bought_together(of(baskets), least_baskets=least)).items()
    }
    assert found == {pair: count for pair, count in counted.items() if count >= least}


def test_blocks_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    baskets = [set(random.choice(list("abcdefgh"), size=4)) for _ in range(200)]
    months = random.integers(1, 12, 200).tolist()
    whole = bought_together(of(baskets, months)).to_arrow()
    monkeypatch.setattr("regulars.prediction.together.baskets._ENTRIES_AT_ONCE", 7)
    assert len(list(of(baskets, months).blocks())) > 50
    assert bought_together(of(baskets, months)).to_arrow().equals(whole)


def test_two_of_two_baskets_do_not_lead() -> None:
    common = [{"tea", "pot"}] * 60 + [{"tea"}] * 20 + [{"pot"}] * 20 + [{"cup"}] * 500
    found = bought_together(of([*common, {"x", "y"}, {"x", "y"}]), least_baskets=2).to_arrow().to_pylist()
    assert [(row["a"], row["b"]) for row in found] == [("pot", "tea"), ("x", "y")]
    assert found[1]["lift"] > 20 * found[0]["lift"]


def test_products_of_one_season_are_not_taken_for_belonging_together() -> None:
    random = np.random.default_rng(5)
    baskets, months = [], []
    for number in range(6000):
        month = number % 12 + 1
        share = {"tree": 0.3, "star": 0.3} if month == 12 else {"tree": 0.003, "star": 0.003}
        mug = random.random() < 0.05
        # Star and tree are drawn apart in each month; saucer follows mug.
        basket = {name for name, p in share.items() if random.random() < p} | {"tea"}
        basket |= {"mug", *(["saucer"] if random.random() < 0.6 else [])} if mug else set()
        baskets.append(basket)
        months.append(month)
    found = rows(bought_together(of(baskets, months)))
    season, real = found["star", "tree"], found["mug", "saucer"]
    assert season["lift"] > 5
    assert 0.7 < season["lift_in_season"] < 1.3
    assert season["lift_low"] < 1 < real["lift_low"]
    assert season["extra_ab"] == 0


def test_more_products_than_the_limit_are_said_to_be_left_out() -> None:
    found = bought_together(of([{"a", "b", "c"}] * 3 + [{"a", "b"}]), least_baskets=2, most_products=2)
    assert (list(rows(found)), found.left_out) == ([("a", "b")], 1)


@pytest.mark.parametrize("limits", [{"least_baskets": 0}, {"least_support": 0.0}, {"most_products": 1}])
def test_limits_that_cannot_be_are_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="cannot be"):
        bought_together(of([{"a", "b"}]), **limits)


def test_odd_baskets_get_sound_answers() -> None:
    nothing = Baskets.of([], [])
    assert bought_together(nothing).to_arrow().num_rows == 0
    assert bought_together(Baskets.of([1, 1], [None, "tea"]), least_baskets=1).singles.baskets == 1
    large = Baskets.of(np.zeros(5_000, dtype=int), [f"p{n}" for n in range(5_000)])
    assert len(bought_together(large)) == 0
    same = Baskets.of(np.zeros(1_000_000, dtype=int), np.tile(["pot", "tea"], 500_000))
    found = rows(bought_together(same, least_baskets=1))
    assert found["pot", "tea"]["baskets"] == 1


def test_baskets_of_counted_orders_are_the_same_on_every_engine(engine: Engine) -> None:
    analysis = analysed(engine, ORDERS, first="2024-01-01", last="2024-12-31", order_lines=LINES)
    found = rows(bought_together(baskets_of(analysis), least_baskets=2))
    assert list(found) == [("pot", "tea")]
    pair = found["pot", "tea"]
    assert (pair["baskets"], pair["support"]) == (2, 0.5)
    # By month: two of three baskets in January, none in March.
    assert pair["expected"] == pytest.approx(3 * 2 / 3)


def test_values_are_means_in_a_basket_in_the_reporting_currency(engine: Engine) -> None:
    analysis = analysed(engine, ORDERS, first="2024-01-01", last="2024-12-31", order_lines=LINES)
    singles = bought_together(baskets_of(analysis), least_baskets=2).singles
    value = dict(zip(singles.products.tolist(), singles.value.tolist(), strict=True))
    assert value == {"cup": 7.0, "pot": 10.0, "tea": float(Decimal("6.0"))}


@pytest.mark.skipif(not GROCERIES.exists(), reason="groceries.csv is not here; set REGULARS_DATA")
def test_groceries_have_the_supports_that_are_known() -> None:
    with GROCERIES.open(encoding="utf-8") as file:
        lists = [[name for name in row if name] for row in csv.reader(file)]
    order = np.repeat(np.arange(len(lists)), [len(names) for names in lists])
    baskets = Baskets.of(order, [name for names in lists for name in names])
    found = bought_together(baskets, least_support=0.01)
    counts = dict(zip(found.singles.products.tolist(), found.singles.counts.tolist(), strict=True))
    assert found.singles.baskets == 9835
    assert round(100 * counts["whole milk"] / 9835, 2) == 25.55
    pair = rows(found)["other vegetables", "whole milk"]
    assert round(pair["support"], 4) == 0.0748
