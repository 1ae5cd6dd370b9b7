"""Popularity and personal frequency beside the recommender, and a recommender whose similarity stays on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from regulars.prediction import (
    Interactions,
    back_test_recommender,
    fit_recommender,
    load_recommender,
    recommend_for_basket,
    save_recommender,
)
from regulars.prediction.recommend.settings import Settings


def habits() -> Interactions:
    """Forty customers who buy their own product every week, and everybody bread on the first day only."""
    who = np.repeat(np.arange(40), 6)
    day = np.tile(np.arange(6) * 7, 40)
    own = [f"own-{n % 8}" for n in who]
    return Interactions.of(
        np.concatenate([who, np.arange(40)]),
        [*own, *["bread"] * 40],
        np.concatenate([day, np.zeros(40, int)]),
    )


def test_who_has_habits_is_foreseen_by_them_and_not_by_what_everybody_buys() -> None:
    found = back_test_recommender(habits(), k=1, settings=Settings(), with_rules=True)
    assert set(found.rules) == {"popular_mixed", "often_mixed", "often_again", "popular_discover"}
    assert found.rules["often_mixed"].recall == 1.0 and found.rules["often_again"].recall == 1.0
    assert found.rules["popular_mixed"].recall == 0.0  # bread is what most have bought
    assert found.rules["popular_discover"].customers == 0  # nothing on the last day was new


def test_it_can_be_measured_on_some_customers_only() -> None:
    found = back_test_recommender(habits(), k=1, settings=Settings(), most=10)
    assert found.mixed.customers == 10 and found.rules == {}


def test_a_similarity_left_on_disk_answers_the_same(tmp_path: Path) -> None:
    model = fit_recommender(habits(), settings=Settings())
    save_recommender(model, tmp_path)
    mapped = load_recommender(tmp_path, mapped=True)
    assert isinstance(mapped.similar.weights, np.memmap)
    asked = ["own-1", "bread"]
    assert recommend_for_basket(mapped, asked, k=3).equals(recommend_for_basket(model, asked, k=3))
