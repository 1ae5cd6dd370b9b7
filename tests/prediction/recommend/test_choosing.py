"""Settings are chosen on earlier days, and what they are good for is measured on days that had no part in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from prediction.recommend.tastes import shop
from regulars.prediction.recommend import Interactions, Settings, back_test, fit, recommend
from regulars.prediction.recommend.choose import choose
from regulars.prediction.recommend.held_out import hold_out_last_day


def test_settings_do_not_know_the_days_that_are_measured() -> None:
    given = shop()
    held = hold_out_last_day(given)
    last = given.day == np.maximum.reduceat(given.day, given.starts[:-1])[given.customer]
    product = np.where(last, (given.product + 7) % len(given.products), given.product)
    other = Interactions.of(
        given.customers[given.customer], given.products[product], given.day, as_of=given.as_of
    )
    assert back_test(given).settings == choose(held.train)
    assert back_test(other).settings == back_test(given).settings


def test_a_planted_favourite_and_taste_are_found() -> None:
    found = back_test(shop(), k=10)
    # 3 of 24 products on the last day: by chance the ten of one list hold 10/24 of them.
    assert found.mixed.recall > 0.8
    assert found.again.recall > 0.9
    assert found.mixed.customers == 240
    assert 0 < found.mixed.standard_error < 0.03


def test_the_trend_is_used_where_what_sells_changes() -> None:
    random = np.random.default_rng(3)
    visits, customers = 8, 300
    who = np.repeat(np.arange(customers), visits)
    day = np.tile(np.arange(visits) * 25, customers) + random.integers(0, 25, visits * customers)
    # Each product sells for about thirty days and is then followed by the next ones.
    number = (day // 6) * 3 + random.integers(0, 15, len(day))
    given = Interactions.of(who, np.char.zfill(number.astype(str), 3), day)
    found = back_test(given)
    assert found.settings.discover.rise > 0
    still = replace(found.settings, discover=replace(found.settings.discover, rise=0.0, fade=0.0))
    assert found.discover.recall > back_test(given, settings=still).discover.recall + 0.1


def test_a_usual_wait_is_used_where_it_says_when() -> None:
    random = np.random.default_rng(4)
    rows = []
    for product, wait in (("short", 20), ("middle", 40), ("long", 80)):
        for copy in range(8):
            start = random.integers(0, wait, 300)
            rows += [
                (who, f"{product}{copy}", start[who] + wait * turn)
                for who in range(300)
                if random.random() < 0.5
                for turn in range(400 // wait)
            ]
    who, product, day = (list(column) for column in zip(*rows, strict=True))
    given = Interactions.of(who, product, np.array(day))
    plain = replace(Settings(), rhythm=0.0)
    late = replace(Settings(), rhythm=0.3)
    assert choose(given).rhythm > 0
    assert (
        back_test(given, settings=late, k=3).again.recall > back_test(given, settings=plain, k=3).again.recall
    )


def test_few_customers_leave_the_settings_as_they_are() -> None:
    assert choose(shop(40)) == Settings()


def test_the_stricter_measure_sees_nothing_from_the_cut_on() -> None:
    given = shop()
    strict = back_test(given, cut=250)
    later = given.day >= 250
    product = np.where(later, 0, given.product)
    other = Interactions.of(
        given.customers[given.customer], given.products[product], given.day, as_of=given.as_of
    )
    assert strict.settings == back_test(other, cut=250).settings == choose(given.before(250))
    assert strict.mixed.recall > 0.7


@pytest.mark.parametrize("kinds", [("again", "discover", "mixed")])
def test_odd_shops_get_sound_answers(kinds: tuple[str, ...]) -> None:
    many = 5_000
    shops = {
        "no lines": Interactions.of([], [], []),
        "one customer": Interactions.of([1] * 30, ["tea"] * 30, range(30)),
        "one product": Interactions.of(range(200), ["tea"] * 200, [1] * 200),
        "only returns": Interactions.of([1, 2], ["tea", "pot"], [1, 2], [-1, 0]),
        "a basket of 5,000 products": Interactions.of(
            [1] * many + [2, 3], [f"p{n}" for n in range(many)] + ["p1", "p2"], [1] * (many + 2)
        ),
        "a million lines of one customer": Interactions.of(
            np.ones(1_000_000, dtype=np.int64), np.tile(["tea", "pot"], 500_000), np.arange(1_000_000) % 700
        ),
        "identical customers": Interactions.of(np.repeat(range(200), 2), ["tea", "pot"] * 200, [1, 2] * 200),
    }
    for name, given in shops.items():
        model = fit(given)
        rows = recommend(model, given, customers=[1, 2, 999], kinds=kinds, k=3).to_pylist()  # type: ignore[arg-type]
        assert np.isfinite([row["score"] for row in rows]).all(), name
        assert (len(rows) > 0) == (len(given.products) > 0), name
        result = back_test(given)
        assert np.isfinite([result.mixed.recall, result.discover.ndcg, result.again.standard_error]).all(), (
            name
        )
