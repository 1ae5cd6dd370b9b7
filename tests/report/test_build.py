"""The content filled from real facts of a tiny shop: its figures agree with a count by hand."""

from decimal import Decimal

import duckdb
import pytest

from regulars.lake.engines import DuckEngine
from regulars.report import ReportContent, ReportOptions, build, render_html
from support.tiny import analysed, bought, refunded

# Window 30 days, so the headline is a quarter; as of 1 October 2024 it runs from 1 July.
STEADY = [bought(1, f"2024-{month:02}-15") for month in range(1, 10)]
GONE = [bought(2, f"2024-{month:02}-15") for month in range(1, 7)]
NEW = [bought(3, "2024-08-20", "50"), bought(3, "2024-09-10", "50")]
BACK = [bought(4, "2024-02-10"), bought(4, "2024-09-20")]
GUEST = [bought(None, "2024-09-01", "70")]


@pytest.fixture
def content(duck: DuckEngine) -> ReportContent:
    orders = STEADY + GONE + NEW + BACK + GUEST
    facts = analysed(
        duck,
        orders,
        first="2024-01-01",
        last="2024-09-30",
        window=30,
        payments=[refunded(3, "2024-09-12", "5")],
    )
    return build(facts, None, ReportOptions(people=True, names=lambda numbers: {1: "Ada"}))


def test_the_headline_is_the_shortest_period_as_long_as_the_window(content: ReportContent) -> None:
    assert content.grain == "quarter"
    assert (content.kept.period_start.isoformat(), content.kept.period_end.isoformat()) == (
        "2024-07-01",
        "2024-10-01",
    )


def test_the_bridge_of_retention_adds_up(content: ReportContent) -> None:
    kept = content.kept
    assert (kept.start, kept.kept, kept.lost, kept.won_first, kept.won_back, kept.end) == (2, 1, 1, 1, 1, 3)
    assert kept.rate.value == 50


def test_money_by_who_ordered_adds_up_to_the_quarter(content: ReportContent) -> None:
    august = [line for line in content.money if line.start.isoformat() == "2024-08-01"]
    assert {line.group: line.revenue for line in august} == {
        "new": Decimal(50), "returning": Decimal(10), "loyal": Decimal(0),
    }  # fmt: skip


def test_the_guest_stands_in_the_bridge_and_nowhere_else(content: ReportContent) -> None:
    assert content.bridge.line("no_customer").amount == Decimal("-70.00")
    assert content.bridge.line("revenue").amount == Decimal("265.00")


def test_the_best_customers_are_counted_and_rounded_up(content: ReportContent) -> None:
    best = content.concentration[0]
    assert best.customers == 1
    assert best.share_of_revenue == Decimal(100) / Decimal(140)


def test_nobody_here_is_overdue(content: ReportContent) -> None:
    assert content.people == ()


class Alone(DuckEngine):
    """An engine that nobody can ask from a second thread, as a cluster's."""

    def beside(self) -> None:  # type: ignore[override]
        return None


def test_what_is_asked_beside_the_rest_is_what_would_be_asked_after_it() -> None:
    engines = (DuckEngine(), Alone())
    at_once, in_turn = (build(analysed(engine, STEADY + GONE + NEW + BACK, first="2024-01-01", last="2024-09-30", window=30))
                        for engine in engines)  # fmt: skip
    for engine in engines:
        engine.close()
    assert at_once == in_turn


def test_what_fails_beside_the_rest_is_said(duck: DuckEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = analysed(duck, STEADY, first="2024-01-01", last="2024-09-30", window=30)
    monkeypatch.setattr(DuckEngine, "beside", lambda engine: DuckEngine())  # knows none of the tables
    with pytest.raises(duckdb.CatalogException, match="does not exist"):
        build(facts)


def test_the_whole_page_can_be_written_from_it(content: ReportContent) -> None:
    page = render_html(content, "en")
    assert "50 of 100 customers stayed" in page
    assert 'id="people"' in page


def test_an_overdue_customer_is_named_only_when_asked(duck: DuckEngine) -> None:
    weekly = [bought(1, f"2024-0{month}-{day:02}") for month in (7, 8) for day in (1, 8, 15, 22)]
    facts = analysed(duck, weekly, first="2024-01-01", last="2024-09-20", window=60)
    named = build(facts, None, ReportOptions(people=True, names=lambda numbers: {1: "Ada"}))
    unnamed = build(facts)
    assert named.people is not None
    assert [person.name for person in named.people] == ["Ada"]
    assert unnamed.people is None


def test_a_shop_of_one_day_gets_a_page_that_says_so(duck: DuckEngine) -> None:
    facts = analysed(duck, [bought(1, "2024-09-30")], first="2024-09-30", last="2024-09-30", window=365)
    page = render_html(build(facts), "ro")
    assert "Datele sunt prea scurte" in page
