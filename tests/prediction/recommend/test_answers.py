"""The lists that people see: what is in them, why, and what may not be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from prediction.recommend.sold import sold
from prediction.recommend.tastes import shop
from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine
from regulars.prediction.recommend import (
    Catalogue,
    Filters,
    Interactions,
    Recommender,
    Settings,
    catalogue,
    fit,
    for_basket,
    for_visitor,
    load,
    recommend,
    save,
)

GIVEN = shop()


@pytest.fixture(scope="module")
def model() -> Recommender:
    return fit(GIVEN, settings=Settings())


def taste_of(customer: int) -> str:
    return "ab"[customer % 2]


def test_buy_again_holds_own_products_and_discover_new_ones_of_the_same_taste(model: Recommender) -> None:
    found = recommend(model, GIVEN, k=3).to_pylist()
    bought = set(
        zip(GIVEN.customers[GIVEN.customer].tolist(), GIVEN.products[GIVEN.product].tolist(), strict=True)
    )
    for row in found:
        own = (row["customer"], row["product"]) in bought
        assert own == (row["list"] == "again")
        assert (row["reason"] == "bought_before") == own
    drawn = [row for row in found if row["reason"] == "bought_with"]
    assert len(drawn) > len(GIVEN.customers)
    assert all(row["product"][0] == taste_of(row["customer"]) for row in drawn)


def test_the_favourite_leads_buy_again_and_says_how_often(model: Recommender) -> None:
    first = recommend(model, GIVEN, customers=[5], kinds=["again"], k=1).to_pylist()[0]
    own = GIVEN.only(GIVEN.customer == GIVEN.rows_of([5])[0])
    times = np.bincount(own.product)
    assert first["times"] == times.max()
    last = own.day[own.product == np.argmax(times)].max()
    assert first["days_ago"] == model.as_of - last
    assert 20 <= first["usual_days"] <= 40


def test_the_product_that_a_discovery_was_bought_with_is_the_customers_own(model: Recommender) -> None:
    found = recommend(model, GIVEN, kinds=["discover"], k=2)
    found = found.filter(pc.equal(found["reason"], "bought_with")).to_pylist()
    bought = set(
        zip(GIVEN.customers[GIVEN.customer].tolist(), GIVEN.products[GIVEN.product].tolist(), strict=True)
    )
    assert found
    assert all((row["customer"], row["because"]) in bought for row in found)


def test_one_list_of_both_has_each_product_once_and_the_best_of_each(model: Recommender) -> None:
    both = recommend(model, GIVEN, customers=[5], kinds=["mixed"], k=24)
    assert both["product"].value_counts().field("counts").to_pylist() == [1] * 24
    assert both["score"].to_pylist() == sorted(both["score"].to_pylist(), reverse=True)
    first = recommend(model, GIVEN, customers=[5], kinds=["again"], k=1)["product"][0]
    assert both["product"][0] == first


def test_answers_do_not_depend_on_who_is_asked_with_them(
    model: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recommend(model, GIVEN, kinds=["mixed"], k=4)
    monkeypatch.setattr("regulars.prediction.recommend.lists._AT_ONCE", 100)
    assert recommend(model, GIVEN, kinds=["mixed"], k=4).equals(whole)


def test_as_many_answers_remain_where_products_may_not_be_offered(model: Recommender) -> None:
    allowed = Filters(exclude={"a00", "a01"}, in_stock=[f"a{n:02}" for n in range(12)]).allowed(
        GIVEN.products
    )
    for answer in (
        recommend(model, GIVEN, customers=[99, 12345], kinds=["discover"], k=10, allowed=allowed),
        for_basket(model, ["b00"], k=10, allowed=allowed),
        for_visitor(model, k=10, allowed=allowed),
    ):
        products = answer["product"].to_pylist()
        assert {"a00", "a01"}.isdisjoint(products)
        assert all(product.startswith("a") for product in products)
        assert len(products) % 10 == 0


def test_rare_products_follow_where_the_learned_ones_are_too_few(model: Recommender) -> None:
    rare = [f"rare{number:02}" for number in range(8)]
    given = Interactions.of(
        np.append(GIVEN.customers[GIVEN.customer], range(1, 101)),
        np.append(GIVEN.products[GIVEN.product], np.repeat([f"z{number:03}" for number in range(20)], 5)),
        np.append(GIVEN.day, np.arange(100)),
    )
    given = Interactions.of(
        np.append(given.customers[given.customer], range(1, 9)),
        np.append(given.products[given.product], rare),
        np.append(given.day, [290] * 8),
    )
    fitted = fit(given, settings=Settings(), limit=44)
    assert len(fitted.similar.products) == 44
    allowed = Filters(in_stock=["a00", "b00", *rare]).allowed(given.products)
    found = recommend(fitted, given, customers=[3], kinds=["discover"], k=6, allowed=allowed).to_pylist()
    assert len(found) == 6
    assert "rare02" not in {row["product"] for row in found}  # customer 3 has it
    assert {row["reason"] for row in found if row["product"].startswith("rare")} == {"popular_now"}
    assert [row["product"].startswith("rare") for row in found] == sorted(
        row["product"].startswith("rare") for row in found
    )


def test_purchases_of_a_later_day_are_answered_by_an_older_recommender(model: Recommender) -> None:
    today = Interactions.of([5, 5, 777], ["a03", "new", "b01"], [320, 321, 321])
    found = recommend(model, today.over(model.products), kinds=["again"], k=1).to_pylist()
    assert [(row["customer"], row["product"], row["days_ago"]) for row in found] == [
        (5, "a03", 2),
        (777, "b01", 1),
    ]


def test_price_place_and_listing_limit_what_may_be_offered() -> None:
    products = np.array(["a", "b", "c", "d"])
    known = Catalogue(products[:3], np.array([5.0, 10.0, 0.0]), np.array([""] * 3), np.array([""] * 3))
    assert Filters(most_price=7).allowed(products, known).tolist() == [True, False, False, False]
    assert Filters(least_price=7).allowed(products, known).tolist() == [False, True, False, False]
    assert Filters(listed=["b", "z"]).allowed(products).tolist() == [False, True, False, False]
    there = Filters(available={"DE": ["a", "d"]}, place="DE")
    assert there.allowed(products).tolist() == [True, False, False, True]
    with pytest.raises(InputError, match="FR"):
        Filters(available={"DE": ["a"]}, place="FR").allowed(products)
    with pytest.raises(InputError, match="price"):
        Filters(most_price=7).allowed(products)


def test_a_basket_brings_its_own_taste_and_not_itself(model: Recommender) -> None:
    found = for_basket(model, ["b03", "b04", "unknown"], k=5)
    assert all(product.startswith("b") for product in found["product"].to_pylist())
    assert {"b03", "b04"}.isdisjoint(found["product"].to_pylist())
    assert set(found["because"].to_pylist()) <= {"b03", "b04"}


def test_a_visitor_gets_what_sells_now(model: Recommender) -> None:
    random = np.random.default_rng(0)
    late = Interactions.of(
        np.concatenate([GIVEN.customers[GIVEN.customer], random.integers(1, 240, 60)]),
        np.concatenate([GIVEN.products[GIVEN.product], np.repeat("b07", 60)]),
        np.concatenate([GIVEN.day, np.full(60, 305)]),
    )
    first = for_visitor(fit(late, settings=Settings()), k=1).to_pylist()[0]
    assert (first["product"], first["reason"]) == ("b07", "popular_now")


def test_a_product_too_rare_for_the_similarity_is_answered_by_cosine() -> None:
    rare = Interactions.of(
        np.append(GIVEN.customers[GIVEN.customer], [5, 7]),
        np.append(GIVEN.products[GIVEN.product], ["rare", "rare"]),
        np.append(GIVEN.day, [300, 301]),
    )
    model = fit(rare, settings=Settings(), limit=24)
    with_it = for_basket(model, ["rare"], k=4, given=rare)
    assert with_it["because"].to_pylist() == ["rare"] * 4
    assert all(product.startswith("b") for product in with_it["product"].to_pylist())
    assert set(for_basket(model, ["rare"], k=4)["reason"].to_pylist()) == {"popular_now"}


def test_a_saved_recommender_answers_alike(model: Recommender, tmp_path: Path) -> None:
    save(model, tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.settings == model.settings
    assert recommend(again, GIVEN).equals(recommend(model, GIVEN))
    with pytest.raises(InputError, match="Fit it again"):
        load(tmp_path / "none")


def test_what_does_not_fit_is_refused(model: Recommender) -> None:
    other = Interactions.of([1], ["tea"], [1])
    with pytest.raises(InputError, match="other products"):
        recommend(model, other)
    with pytest.raises(InputError, match="flags"):
        recommend(model, GIVEN, allowed=np.ones(3, dtype=np.bool_))
    with pytest.raises(InputError, match="best"):
        recommend(model, GIVEN, kinds=["best"])  # type: ignore[list-item]
    with pytest.raises(InputError, match="0 recommendations"):
        for_visitor(model, k=0)


def test_the_catalogue_is_the_products_table(duck: DuckEngine) -> None:
    known = catalogue(sold(duck))
    assert known.products.tolist() == ["pot", "tea"]
    assert (known.price.tolist(), known.category.tolist()) == ([0.0, 4.5], ["", "drinks"])
