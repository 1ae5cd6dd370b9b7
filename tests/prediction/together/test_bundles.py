"""Bundles hold what belongs together beyond their parts, and upsell what people moved on to."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.kernel.errors import InputError
from regulars.prediction.recommend import Catalogue, Interactions
from regulars.prediction.together import Baskets, bought_together, bundles, upsell


def planted(seed: int = 2) -> Baskets:
    """3,000 baskets: pen, ink and paper are bought as a set; bag is in four of ten baskets, whatever else is in them."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(3000):
        basket = {"bag"} if random.random() < 0.4 else set()
        if random.random() < 0.05:
            basket |= {"pen", "ink", "paper"}
        basket |= {name for name in ("pen", "ink", "paper", "tape", "glue") if random.random() < 0.03}
        rows += [(number, name) for name in basket]
    order, product = (list(column) for column in zip(*rows, strict=True))
    return Baskets.of(order, product, value=[3.0] * len(rows))


def test_a_set_is_found_and_a_bestseller_beside_a_pair_is_not() -> None:
    baskets = planted()
    found = bundles(baskets, bought_together(baskets)).to_pylist()
    assert [row["products"] for row in found] == [["ink", "paper", "pen"]]
    whole = {"ink", "paper", "pen"}
    held = [
        set(np.unique(baskets.products[baskets.product[baskets.basket == b]])) for b in range(len(baskets))
    ]
    assert found[0]["baskets"] == sum(whole <= each for each in held)
    assert found[0]["lift_low"] > 2
    assert found[0]["value"] == pytest.approx(9.0)
    assert 0 < found[0]["extra"] < 3000


def test_what_a_bundle_is_measured_against_is_its_strongest_part() -> None:
    baskets = Baskets.of(
        np.repeat(np.arange(400), [3] * 100 + [2] * 100 + [1] * 200),
        ["a", "b", "c"] * 100 + ["a", "b"] * 50 + ["a", "c"] * 50 + ["d"] * 200,
    )
    found = bundles(baskets, bought_together(baskets)).to_pylist()[0]
    # a and b: 150 baskets, c: 150 of 400; so do a and c with b; b and c only 100, with a in 200.
    assert found["expected"] == pytest.approx(150 * 150 / 400)
    assert found["lift_in_season"] == pytest.approx(100 / 56.25)


def test_four_that_belong_together_are_found_in_blocks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    rows = [(n, name) for n in range(900) if random.random() < 0.1 for name in "wxyz"]
    rows += [(n, name) for n in range(900) for name in "wxyzuv" if random.random() < 0.02]
    order, product = (list(column) for column in zip(*rows, strict=True))
    baskets = Baskets.of(order + list(range(900)), product + ["tea"] * 900)
    whole = bundles(baskets, bought_together(baskets))
    assert [row["products"] for row in whole.to_pylist() if row["size"] == 4] == [["w", "x", "y", "z"]]
    monkeypatch.setattr("regulars.prediction.together.baskets._ENTRIES_AT_ONCE", 50)
    assert bundles(baskets, bought_together(baskets)).equals(whole)


def test_no_pairs_make_no_bundles_and_odd_limits_are_refused() -> None:
    nothing = Baskets.of([], [])
    assert bundles(nothing, bought_together(nothing)).num_rows == 0
    with pytest.raises(InputError, match="three"):
        bundles(nothing, bought_together(nothing), largest=2)


def pots() -> Catalogue:
    """Four pots, a cup, and something of no category."""
    codes = np.array(["cup", "misc", "pot1", "pot2", "pot3", "pot9"])
    category = np.array(["cups", "", "pots", "pots", "pots", "pots"])
    return Catalogue(codes, np.array([5.0, 30.0, 20.0, 35.0, 34.0, 90.0]), category, codes)


def test_upsell_is_the_dearer_product_that_buyers_moved_on_to() -> None:
    first = [(who, "pot1", 10) for who in range(40)]
    later = [(who, "pot2", 50) for who in range(25)] + [(who, "pot9", 60) for who in range(25)]
    before = [(who, "pot2", 5) for who in range(40, 60)] + [(who, "pot1", 9) for who in range(40, 60)]
    other = [(who, name, 70) for who in range(40) for name in ("cup", "misc")]
    other += [(who, "pot3", 20) for who in range(60, 160)]
    who, what, when = (list(column) for column in zip(*(*first, *later, *before, *other), strict=True))
    found = upsell(Interactions.of(who, what, when), pots()).to_pylist()
    # pot9 is more than three times pot1; those who went from pot2 to pot1 went to the cheaper one.
    assert [(row["product"], row["better"], row["moved"]) for row in found] == [
        ("pot1", "pot2", 25),
        ("pot2", "pot9", 25),
    ]
    assert (found[0]["buyers"], found[0]["gain"]) == (60, 15.0)
    assert found[0]["expected"] == pytest.approx(60 * 45 / 160 / 2)
    assert found[0]["extra"] == pytest.approx(1000 * 25 / 60 * 15)


def test_two_who_moved_on_are_too_few_and_without_categories_nothing_is_said() -> None:
    few = Interactions.of([1, 1, 2, 2], ["pot1", "pot2"] * 2, [1, 9, 1, 9])
    assert upsell(few, pots()).num_rows == 0
    none = Catalogue(
        np.array([], dtype=np.str_), np.array([]), np.array([], dtype=np.str_), np.array([], dtype=np.str_)
    )
    assert upsell(few, none).num_rows == 0
    assert upsell(Interactions.of([], [], []), pots()).num_rows == 0


def test_upsell_counts_alike_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    who = random.integers(0, 80, 900)
    what = np.array(["pot1", "pot2", "pot9"])[random.integers(0, 3, 900)]
    given = Interactions.of(who, what, random.integers(0, 300, 900))
    whole = upsell(given, pots(), least_lift=0.0)
    assert whole.num_rows == 2
    monkeypatch.setattr("regulars.prediction.together.better._PAIRS_AT_ONCE", 5)
    assert upsell(given, pots(), least_lift=0.0).equals(whole)
