"""Lifetime values: the columns, the money, the interval, and what is said where no model can be."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine
from regulars.prediction.history import PurchaseSummary
from regulars.prediction.purchase import BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd
from regulars.prediction.value import Models, Terms, Totals, customer_values, totals_until, values_of
from regulars.prediction.value.outlook import discounted, outlook, residual
from support.purchases import known
from support.tiny import analysed, bought, refunded

CUT = dt.date(2024, 7, 1)
SPEND = known(GammaGamma, 6.25, 3.74, 15.44)


def shop(kind: Any, n: int, horizon: float = 52.0, seed: int = 7) -> tuple[PurchaseSummary, np.ndarray]:  # type: ignore[type-arg]
    """Customers whose days are whole, with what each buys in the horizon."""
    chance = np.random.default_rng(seed)
    made = known(kind).simulate(chance.integers(4, 80, n).astype(float), horizon, seed=seed)
    x = made.summary.repeats
    recency = np.where(x > 0, np.minimum(np.ceil(made.summary.recency), made.summary.age), 0)
    nu = chance.gamma(3.74, 1 / 15.44, n)
    value = np.where(x > 0, chance.gamma(6.25 * np.maximum(x, 1)) / nu / np.maximum(x, 1), 0.0)
    later = np.where(made.later > 0, chance.gamma(6.25 * np.maximum(made.later, 1)) / nu, 0.0)
    return PurchaseSummary(np.arange(n), x, recency, made.summary.age, value), later


def totals(summary: PurchaseSummary) -> Totals:
    orders = summary.repeats + 1
    gross = orders * 30.0
    return Totals(summary.customer, orders, gross, gross * 0.9, np.full(len(summary), np.nan))


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd])
def test_80_per_cent_intervals_hold_what_is_spent_and_means_come_true(kind: Any) -> None:
    summary, later = shop(kind, 4000)
    model = kind.fit(summary)
    ahead = outlook(summary, model, GammaGamma.fit(summary), Terms(364, 0.0, 0.8), seed=3)
    inside = (later >= ahead.low - 1e-9) & (later <= ahead.high + 1e-9)
    # Many spend nothing, so the lower end is zero for them and holds more than its share.
    assert 0.88 <= inside.mean() <= 0.97
    assert (later > ahead.high + 1e-9).mean() == pytest.approx(0.10, abs=0.035)
    often = summary.repeats >= 8
    assert 0.70 <= inside[often].mean() <= 0.95
    assert later.mean() == pytest.approx((ahead.orders * ahead.value).mean(), rel=0.12)


def test_a_wider_level_gives_a_wider_interval_around_the_expectation() -> None:
    summary, _ = shop(BgNbd, 600)
    narrow, wide = (
        outlook(summary, known(BgNbd), SPEND, Terms(level=level), seed=1) for level in (0.5, 0.95)
    )
    assert (wide.low <= narrow.low).all()
    assert (wide.high >= narrow.high).all()
    assert (wide.high > narrow.high).mean() > 0.5


@pytest.mark.parametrize("kind", [BgNbd, ParetoNbd])
def test_discounted_orders_are_the_sum_of_small_steps(kind: Any) -> None:
    model = known(kind)
    rows, theta = model.rows(shop(kind, 60)[0])
    pairs, delta = model.alive_pairs(rows, theta), np.log(1.1) / 52
    for horizon, found in (
        (52.0, discounted(model, pairs, 52.0, delta)),
        (20_000.0, residual(model, pairs, delta)),
    ):
        edges = np.r_[0.0, np.geomspace(0.01, horizon, 600)]
        steps = np.stack([model.expected_if_alive(pairs, np.array([edge])) for edge in edges])
        wanted = (np.diff(steps, axis=0) * np.exp(-delta * (edges[1:] + edges[:-1]) / 2)[:, None]).sum(axis=0)
        np.testing.assert_allclose(found, wanted, rtol=2e-3)


@pytest.mark.parametrize("years", [100, 1_000_000])
def test_a_century_is_nearly_for_ever(years: float) -> None:
    model = known(ParetoNbd)
    rows, theta = model.rows(shop(ParetoNbd, 60)[0])
    pairs, delta = model.alive_pairs(rows, theta), np.log(1.1) / 52
    found = discounted(model, pairs, years * 52.0, delta)
    np.testing.assert_allclose(found, residual(model, pairs, delta), rtol=1e-3)


def test_without_a_discount_a_year_is_its_expectation_and_for_ever_is_not_known() -> None:
    summary, _ = shop(BgNbd, 50)
    ahead = outlook(summary, known(BgNbd), SPEND, Terms(364, 0.0), seed=1)
    np.testing.assert_allclose(ahead.discounted, known(BgNbd).expected_purchases(summary, 52), rtol=1e-12)
    assert np.isnan(ahead.residual).all()


def test_the_table_has_the_names_that_users_know_and_no_nan() -> None:
    summary, _ = shop(MbgNbd, 500)
    found = values_of(summary, totals(summary), CUT, margin_share=0.4, seed=1)
    table = found.table
    assert table.column_names == [
        "customer", "historic_number_of_orders", "historic_clv", "average_order_value", "average_days_between_orders",
        "predicted_number_of_orders", "predicted_clv", "predicted_clv_low", "predicted_clv_high", "residual_clv",
        "total_clv", "expected_date_of_next_order", "probability_alive", "probability_of_purchase", "historic_margin",
        "predicted_margin", "margin_from",
    ]  # fmt: skip
    columns = {name: table[name].to_pylist() for name in table.column_names}
    assert not any(value != value for column in columns.values() for value in column)
    assert columns["average_days_between_orders"][summary.repeats.argmin()] is None
    whole = np.array(columns["historic_clv"]) + np.array(columns["predicted_clv"])
    np.testing.assert_allclose(columns["total_clv"], whole)
    np.testing.assert_allclose(columns["predicted_margin"], 0.4 * np.array(columns["predicted_clv"]))
    assert found.came_back == pytest.approx((summary.repeats > 0).mean())


def test_the_next_order_is_due_where_half_of_such_customers_have_ordered() -> None:
    summary, _ = shop(BgNbd, 400)
    model = BgNbd.fit(summary)
    table = values_of(summary, totals(summary), CUT, models=Models(model, None), seed=1).table
    due = table["expected_date_of_next_order"].to_pylist()
    never = model.probability_of_purchase(summary, 2 * 365 / 7) < 0.5
    assert [day is None for day in due] == never.tolist()
    place = int(np.flatnonzero(~never)[0])
    weeks = ((due[place] - CUT).days + 1) / 7
    one = summary.take(slice(place, place + 1))
    assert (
        model.probability_of_purchase(one, weeks - 1 / 7)[0]
        < 0.5
        <= model.probability_of_purchase(one, weeks)[0]
    )
    assert table["predicted_clv"].null_count == 400


def test_without_a_model_what_was_is_told_with_the_reason() -> None:
    age = np.arange(40.0)
    summary = PurchaseSummary(np.arange(40), np.zeros(40), np.zeros(40), age, np.zeros(40))
    found = values_of(summary, totals(summary), CUT, seed=1)
    assert found.came_back == 0
    assert any("second day" in reason for reason in found.reasons)
    assert found.table["predicted_clv"].null_count == found.table["total_clv"].null_count == 40
    assert found.table["historic_clv"].to_pylist() == [27.0] * 40


def test_nobody_gives_an_empty_table() -> None:
    empty = PurchaseSummary(np.zeros(0, int), [], [], [], [])
    found = values_of(empty, totals(empty), CUT, seed=1)
    assert found.table.num_rows == 0
    assert found.came_back is None


def test_values_that_go_with_frequency_are_warned_of() -> None:
    summary, _ = shop(BgNbd, 800)
    odd = PurchaseSummary(
        summary.customer,
        summary.repeats,
        summary.recency,
        summary.age,
        summary.repeats * (5.0 + summary.customer % 3),
    )
    assert any("go together" in reason for reason in values_of(odd, totals(odd), CUT, seed=1).reasons)
    assert not values_of(summary, totals(summary), CUT, seed=1).reasons


def test_an_order_that_was_given_back_is_not_expected_again() -> None:
    summary, _ = shop(BgNbd, 300)
    place = int(np.argmax(summary.repeats))
    kept, returned = totals(summary), totals(summary)
    returned.revenue[place] = 0.0
    models = Models(known(BgNbd), SPEND)
    one, other = (
        values_of(summary, t, CUT, models=models, seed=1).table["predicted_clv"].to_numpy()
        for t in (kept, returned)
    )
    assert other[place] < one[place] / 3
    assert (np.delete(one, place) == np.delete(other, place)).all()


def test_totals_are_those_of_counted_orders_before_the_day(duck: DuckEngine) -> None:
    orders = [bought(1, "2024-01-01", "10", cost=4), bought(1, "2024-01-01", "30", cost=20), bought(2, "2024-02-01", "7"),
              bought(2, "2024-03-01", "9"), bought(3, "2024-03-01", "5")]  # fmt: skip
    back = [refunded(1, "2024-01-09", "10"), refunded(1, "2024-03-09", "10")]
    analysis = analysed(duck, orders, first="2024-01-01", last="2024-04-01", payments=back)
    found = totals_until(analysis, dt.date(2024, 3, 1))
    assert found.customer.tolist() == [1, 2]
    assert found.orders.tolist() == [2, 1]
    assert found.gross.tolist() == [40, 7]
    assert found.revenue.tolist() == [30, 7]
    assert found.margin[0] == 16
    assert np.isnan(found.margin[1])
    assert found.margin_share == pytest.approx(0.4)


def test_a_small_shop_is_answered_from_its_orders(duck: DuckEngine) -> None:
    chance = np.random.default_rng(3)
    start = dt.date(2023, 1, 2)
    orders = [
        bought(int(customer), str(start + dt.timedelta(days=int(day))), str(10 + int(customer) % 7), cost=5)
        for customer, day in zip(chance.integers(1, 80, 300), chance.integers(0, 400, 300), strict=True)
    ]
    analysis = analysed(duck, orders, first="2023-01-02", last="2024-02-10")
    found = customer_values(analysis, dt.date(2024, 1, 1), seed=1)
    assert found.models.purchase is not None
    assert set(found.table["margin_from"].to_pylist()) == {"own orders"}
    assert (found.table["predicted_clv"].to_numpy() >= 0).all()
    assert found.table.num_rows == len({o["customer"] for o in orders if str(o["local_day"]) < "2024-01-01"})


def test_questions_that_make_no_sense_are_refused() -> None:
    summary, _ = shop(BgNbd, 30)
    with pytest.raises(InputError, match="horizon"):
        Terms(horizon_days=0)
    with pytest.raises(InputError, match="yearly rate"):
        Terms(yearly_rate=-0.1)
    with pytest.raises(InputError, match="continuous time"):
        outlook(summary, known(BgBb), None, Terms(), seed=1)
    with pytest.raises(InputError, match="margin share"):
        values_of(summary, totals(summary), CUT, margin_share=40, seed=1)
    with pytest.raises(InputError, match="other customers"):
        values_of(summary.take(slice(0, 10)), totals(summary), CUT, seed=1)
