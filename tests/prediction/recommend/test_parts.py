"""Trend, rhythm, similarity, ranking and measure, each against what a person computes."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from prediction.recommend.tastes import shop
from regulars.prediction.recommend import Interactions
from regulars.prediction.recommend.held_out import accuracy, hold_out_from, hold_out_last_day
from regulars.prediction.recommend.ranking import Ranked, best_of_dense, best_of_entries
from regulars.prediction.recommend.reasons import strongest
from regulars.prediction.recommend.rhythm import rhythm_of, waits_of
from regulars.prediction.recommend.similar import Similarity, cosine_to, ease, gram, learnable
from regulars.prediction.recommend.trend import sales_as_of


def test_the_trend_of_a_day_knows_earlier_days_only() -> None:
    given = Interactions.of([1, 2, 1], ["tea", "tea", "pot"], [10, 17, 24])
    sales = sales_as_of(given, np.array([17, 24]))
    assert np.exp(sales.fast).tolist() == [
        pytest.approx([0.1, 0.1 + 0.5]),
        pytest.approx([0.1, 0.1 + 0.25 + 0.5]),
    ]
    lean = sales.trend(0.5, 0.25, np.array([1]))
    assert lean == pytest.approx(0.5 * sales.fast[1:] - 0.25 * sales.slow[1:])


def test_a_usual_wait_is_drawn_towards_that_of_the_product_and_the_shop() -> None:
    given = Interactions.of(
        [1, 1, 1, 2, 2, 3], ["tea", "tea", "tea", "pot", "pot", "tea"], [0, 10, 20, 0, 40, 5]
    )
    rhythm = rhythm_of(given, waits_of(given))
    shop_mean = (2 * np.log(10) + np.log(40)) / 3
    tea = (2 * np.log(10) + 5 * shop_mean) / 7
    assert rhythm.times.tolist() == [3, 2, 1]
    assert rhythm.last.tolist() == [20, 40, 5]
    assert np.log(rhythm.wait[[0, 2]]) == pytest.approx([(2 * np.log(10) + 2 * tea) / 4, tea])


def test_nobody_who_bought_twice_means_no_rhythm() -> None:
    given = Interactions.of([1, 2], ["tea", "pot"], [1, 2])
    assert waits_of(given).tolist() == [0, 0]
    assert rhythm_of(given, waits_of(given)).wait.tolist() == [0, 0]


def test_ease_solves_the_constrained_regression() -> None:
    given = shop(60)
    products, _ = learnable(given)
    together = gram(given, products)
    weights = ease(together, 2.0).astype(np.float64)
    ridge = 2.0 * together.diagonal().mean()
    # At the optimum the gradient is zero everywhere but on the diagonal, which the constraint holds.
    gradient = together @ weights - together + ridge * weights
    np.fill_diagonal(gradient, 0.0)
    assert np.abs(gradient).max() < 1e-3 * np.abs(together).max()
    assert weights.diagonal().tolist() == [0.0] * len(products)


def test_more_products_than_the_limit_leaves_the_least_bought_out() -> None:
    given = Interactions.of([1, 2, 3, 1, 2, 1], ["c", "c", "c", "a", "a", "b"], [1] * 6)
    products, left_out = learnable(given, limit=2, fewest=1)
    assert (given.products[products].tolist(), left_out) == (["a", "c"], 1)


def test_item_cosine_of_two_products() -> None:
    given = Interactions.of([1, 1, 2, 3, 3], ["a", "b", "a", "a", "c"], [1] * 5)
    assert cosine_to(given, np.array([0])).toarray()[0] == pytest.approx([0, 1 / np.sqrt(3), 1 / np.sqrt(3)])


def test_the_best_of_a_row_are_in_order_and_never_what_is_ruled_out() -> None:
    scores = np.array([[1.0, 3.0, -np.inf, 2.0], [-np.inf] * 4, [5.0, 5.0, 5.0, 6.0]])
    found = best_of_dense(scores, 3)
    assert found.row.tolist() == [0, 0, 0, 2, 2, 2]
    assert found.item.tolist()[:4] == [1, 3, 0, 3]
    assert found.rank.tolist() == [1, 2, 3, 1, 2, 3]


def test_the_best_entries_of_each_row() -> None:
    found = best_of_entries(np.array([4, 1, 4, 4]), np.array([9, 8, 7, 6]), np.array([1.0, 2.0, 3.0, 1.0]), 2)
    assert (found.row.tolist(), found.item.tolist(), found.rank.tolist()) == ([1, 4, 4], [8, 7, 6], [1, 1, 2])


def test_the_reason_is_the_purchase_that_adds_most() -> None:
    weights = np.array([[0, 0.2, -1], [0.5, 0, -1], [0, 0.3, 0]], dtype=np.float32)
    similar = Similarity(np.arange(3), weights, 0)
    taste = sp.csr_array(np.array([[1, 0, 0.5], [0, 0, 0], [1, 1, 0]], dtype=np.float32))
    places = strongest(taste, similar, np.array([0, 1, 2]), np.array([1, 1, 2]))
    assert places.tolist() == [0, -1, -1]


def test_recall_and_ndcg_by_hand() -> None:
    truth = sp.csr_array(np.array([[1, 1, 0], [0, 0, 0], [0, 0, 1]]))
    ranked = Ranked(np.array([0, 0, 2, 2]), np.array([1, 2, 1, 2]), np.array([0, 2, 1, 2]), np.zeros(4))
    found = accuracy(ranked, truth, k=2)
    discount = 1 / np.log2(3)
    assert found.customers == 2
    assert found.recall == pytest.approx((0.5 + 1.0) / 2)
    assert found.ndcg == pytest.approx((1 / (1 + discount) + discount) / 2)


def test_the_last_day_is_held_out_and_the_rest_is_kept() -> None:
    given = Interactions.of([1, 1, 1, 2], ["a", "a", "b", "a"], [1, 5, 5, 3])
    held = hold_out_last_day(given)
    assert (held.rows.tolist(), held.days.tolist(), held.train.day.tolist()) == ([0], [5], [1])
    assert (held.truth.toarray().tolist(), held.new.toarray().tolist()) == ([[1, 1]], [[0, 1]])


def test_a_cut_takes_everything_later_out_for_everybody() -> None:
    given = Interactions.of([1, 1, 1, 2, 3], ["a", "a", "b", "a", "b"], [1, 5, 9, 3, 6])
    held = hold_out_from(given, 5)
    assert held.train.day.tolist() == [1, 3]
    assert (held.rows.tolist(), held.truth.toarray().tolist()) == ([0], [[1, 0]])
