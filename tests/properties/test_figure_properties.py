"""What must hold of the figures whatever the orders are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from properties.generated import DAYS, FIRST, analysis_of, orders
from properties.oracle import Order, expected, gaps_ending_in
from regulars.kernel.periods import Period
from regulars.lake.engines import DuckEngine, Engine
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue import figure

periods = st.tuples(st.integers(1, DAYS - 2), st.integers(1, 90)).map(
    lambda pair: Period(FIRST + timedelta(days=pair[0]), FIRST + timedelta(days=min(DAYS, pair[0] + pair[1])))
)
windows = st.integers(1, 100)
often = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
seldom = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

BALANCE = (
    "customers_at_start", "customers_at_end", "kept_customers", "lost_customers", "won_customers", "won_first_time",
    "won_back",
)  # fmt: skip
ADDITIVE = (*BALANCE, "new_customers", "orders", "revenue", "revenue_loyal_customers", "revenue_at_start")


@pytest.fixture(scope="module")
def shared() -> Iterator[DuckEngine]:
    engine = DuckEngine(threads=1)
    yield engine
    engine.close()


def measured(
    engine: Engine, found: list[Order], period: Period, window: int, slugs: tuple[str, ...]
) -> dict[str, Decimal | None]:
    analysis = analysis_of(engine, found, window)
    rows = analysis.rows([figure(slug) for slug in slugs], Calendar("generated", (period,), window))
    return {row.metric: row.value for row in rows}


@often
@given(found=orders, period=periods, window=windows)
def test_figures_are_what_the_plain_definitions_say(
    shared: DuckEngine, found: list[Order], period: Period, window: int
) -> None:
    wanted = expected(found, period, window)
    answers = measured(shared, found, period, window, tuple(wanted))
    assert {slug: round(value, 8) for slug, value in answers.items() if value is not None} == {
        slug: round(value, 8) for slug, value in wanted.items()
    }


@often
@given(found=orders, period=periods, window=windows)
def test_kept_and_lost_make_the_start_and_won_less_lost_the_change(
    shared: DuckEngine, found: list[Order], period: Period, window: int
) -> None:
    start, end, kept, lost, won, first, back = measured(shared, found, period, window, BALANCE).values()
    assert None not in (start, end, kept, lost, won, first, back)
    assert kept + lost == start
    assert start + won - lost == end
    assert first + back == won


@often
@given(found=orders, period=periods, window=windows)
def test_what_is_additive_adds_up_over_markets(
    shared: DuckEngine, found: list[Order], period: Period, window: int
) -> None:
    analysis = analysis_of(shared, found, window)
    calendar = Calendar("generated", (period,), window)
    rows = analysis.rows([figure(slug) for slug in ADDITIVE], calendar, by=("market",), total=True)
    assert all(row.additive for row in rows)
    for slug in ADDITIVE:
        parts = sum(row.value or 0 for row in rows if row.metric == slug and row.dimensions)
        whole = sum(row.value or 0 for row in rows if row.metric == slug and not row.dimensions)
        assert parts == whole, slug


@often
@given(found=orders, period=periods, window=windows, seed=st.integers(0, 1000))
def test_shuffling_the_orders_changes_nothing(
    shared: DuckEngine, found: list[Order], period: Period, window: int, seed: int
) -> None:
    shuffled = random.Random(seed).sample(found, len(found))
    slugs = (*BALANCE, "revenue_loyal_customers", "time_between_purchases_median", "revenue_churn_gross")
    assert measured(shared, found, period, window, slugs) == measured(shared, shuffled, period, window, slugs)


@often
@given(found=orders, period=periods)
def test_gaps_are_those_between_order_days(shared: DuckEngine, found: list[Order], period: Period) -> None:
    gaps = gaps_ending_in(found, period)
    slugs = ("time_between_purchases_mean", "time_between_purchases_median")
    mean, median = measured(shared, found, period, 30, slugs).values()
    if not gaps:
        assert (mean, median) == (None, None)
        return
    middle = (gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]) / Decimal(2)
    assert (mean, median) == (Decimal(sum(gaps)) / len(gaps), middle)


@pytest.mark.spark
@seldom
@given(found=orders, period=periods, window=windows)
def test_both_engines_agree_on_generated_orders(
    shared: DuckEngine, spark: Engine, found: list[Order], period: Period, window: int
) -> None:
    slugs = (*BALANCE, "revenue", "revenue_loyal_customers", "time_between_purchases_median")
    assert measured(spark, found, period, window, slugs) == measured(shared, found, period, window, slugs)
