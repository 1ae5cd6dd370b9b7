"""How figures are asked for: names, totals, completeness, SQL, what is said where nothing can be said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.errors import InputError
from regulars.kernel.periods import Period
from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue import FIGURES, figure
from spec.tables import load
from spec.who_stays import SHORT_WINDOW

APRIL = Calendar("april", SHORT_WINDOW.periods, 20)


@pytest.fixture
def analysis(duck: DuckEngine) -> Analysis:
    load(duck, SHORT_WINDOW.facts)
    return Analysis.of(duck, SHORT_WINDOW.definitions, as_of=date(2024, 5, 1))


def test_a_wrong_name_names_the_nearest_figure() -> None:
    with pytest.raises(InputError, match="Did you mean 'retention_rate'"):
        figure("retension_rate")


def test_a_wrong_dimension_names_the_nearest_one(analysis: Analysis) -> None:
    with pytest.raises(InputError, match="Did you mean 'market'"):
        analysis.rows([figure("orders")], APRIL, by=("markets",))


def test_a_total_row_comes_with_the_split(analysis: Analysis) -> None:
    rows = analysis.rows([figure("orders")], APRIL, by=("market",), total=True)
    assert [(row.dimensions, row.value) for row in rows] == [
        ((("market", "DE"),), 3),
        ((("market", "NO"),), 4),
        ((), 7),
    ]


def test_customers_by_channel_of_the_order_do_not_add_up_and_say_so(analysis: Analysis) -> None:
    customers, orders = figure("customers_at_end"), figure("orders")
    rows = analysis.rows([customers, orders], APRIL, by=("channel",))
    assert {row.metric: row.additive for row in rows} == {"customers_at_end": False, "orders": True}


def test_a_row_carries_what_makes_it_again(analysis: Analysis) -> None:
    (row,) = analysis.rows([figure("retention_rate")], APRIL)
    plain = row.as_json()
    assert plain["value"] == "66.6666666667"
    assert plain["period_start"] == "2024-04-01"
    assert plain["window_days"] == 20
    assert plain["definitions"] == SHORT_WINDOW.definitions.digest()


def test_a_figure_without_its_facts_says_what_is_missing(analysis: Analysis) -> None:
    (row,) = analysis.rows([figure("acquisition_cost")], APRIL)
    assert (row.value, row.remark) == (None, "No costs are given.")


def test_why_customers_left_is_known_with_contract_only(analysis: Analysis) -> None:
    (row,) = analysis.rows([figure("voluntary_churn_rate")], APRIL)
    assert (row.value, row.remark) == (None, "Known with contract only.")


def test_a_capped_lifespan_says_so(duck: DuckEngine) -> None:
    load(duck, {"orders": "customer|order_id|local_day|goods\n1|a|2023-12-30|5\n1|b|2024-12-30|5"})
    analysis = Analysis.of(duck, Definitions(window_days=20, currency="EUR"), as_of=date(2025, 1, 1))
    year = Calendar("year", (Period(date(2024, 1, 1), date(2025, 1, 1)),), 20)
    (row,) = analysis.rows([figure("lifespan_years")], year)
    assert (row.value, row.remark) == (10, "The lifespan is capped at 10 years.")


@pytest.mark.parametrize(("first", "complete"), [(date(2024, 3, 12), True), (date(2024, 3, 13), False)])
def test_a_rate_needs_the_window_before_the_period(duck: DuckEngine, first: date, complete: bool) -> None:
    load(duck, SHORT_WINDOW.facts)
    covered = (SourceCoverage("shop", first=first, last=date(2024, 4, 30)),)
    definitions = Definitions(window_days=20, currency="EUR", coverage=covered)
    analysis = Analysis.of(duck, definitions, as_of=date(2024, 5, 1))
    rate, orders = analysis.rows([figure("retention_rate"), figure("orders")], APRIL)
    assert (rate.complete, orders.complete) == (complete, True)


def test_a_market_needs_only_its_own_sources(duck: DuckEngine) -> None:
    orders = """
        source | customer | order_id | local_day  | goods | market
        de     | 1        | a        | 2024-04-02 | 10    | DE
        de     | 1        | b        | 2024-04-30 | 10    | DE
        no     | 2        | c        | 2024-04-10 | 10    | NO
        no     | 2        | d        | 2024-04-11 | 10    | NO
        """
    load(duck, {"orders": orders})
    covered = (SourceCoverage("de", first=date(2024, 1, 1)), SourceCoverage("no", first=date(2024, 4, 1)))
    definitions = Definitions(window_days=20, currency="EUR", coverage=covered)
    analysis = Analysis.of(duck, definitions, as_of=date(2024, 5, 1))
    rows = analysis.rows([figure("orders")], APRIL, by=("market",), total=True)
    assert [(dict(row.dimensions).get("market"), row.complete) for row in rows] == [
        ("DE", True),
        ("NO", False),
        (None, False),
    ]


def test_overlapping_periods_are_answered_together(analysis: Analysis) -> None:
    days = (Period(date(2024, 4, 1), date(2024, 5, 1)), Period(date(2024, 3, 1), date(2024, 5, 1)))
    rows = analysis.rows([figure("orders"), figure("revenue_new_customers")], Calendar("two", days, 20))
    assert [row.value for row in rows] == [7, 10, 90, 590]


@pytest.mark.parametrize(
    "slug", ["retention_rate", "revenue_churn_gross", "revenue_net", "repeat_probability"]
)
def test_the_printed_sql_needs_only_the_facts_and_gives_the_same_sums(analysis: Analysis, slug: str) -> None:
    rows = analysis.rows([figure(slug)], APRIL)
    text = figure(slug).sql(analysis, APRIL)
    fresh = DuckEngine()
    load(fresh, SHORT_WINDOW.facts)
    sums = [fresh.con.execute(part).fetchall() for part in text.split(";\n\n")]
    fresh.close()
    values = {Decimal(str(value)) for rows in sums for row in rows for value in row}
    assert {row.numerator for row in rows if slug != "revenue_net"} <= values


def test_sql_can_be_printed_for_spark(analysis: Analysis) -> None:
    text = figure("retention_rate").sql(analysis, APRIL, ("market",), dialect="pyspark")
    assert text.count("WITH ") >= 1
    assert "counted_core AS (" in text


def test_every_figure_has_a_slug_of_its_own_and_texts() -> None:
    assert all(slug == found.slug for slug, found in FIGURES.items())
    assert all(found.words and found.symbols and found.name for found in FIGURES.values())
