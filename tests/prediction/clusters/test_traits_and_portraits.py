"""Traits from orders written in the test, on every engine; portraits of a shop whose customers are of two kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from regulars.lake.engines import DuckEngine, Engine
from regulars.metrics.analysis import Analysis
from regulars.prediction.clusters import Portrait, collect, find_groups, portraits
from support.facts import NOON, line
from support.tiny import analysed, bought, refunded


def test_traits_are_those_of_the_orders_that_count(engine: Engine) -> None:
    analysis = analysed(
        engine,
        [
            bought(1, "2024-01-06", "30", order_id="a", channel="web", discounted=True),  # a Saturday
            bought(1, "2024-11-11", "50", order_id="b", channel="app"),
            bought(2, "2024-12-02", "20", order_id="c", channel="web"),
            bought(2, "2024-12-03", "99", order_id="d", channel="web", cancelled=True),
        ],
        first="2024-01-01",
        last="2024-12-31",
        order_lines=[
            line("a", 1, "30", category="tea"),
            line("b", 1, "20", category="tea"),
            line("b", 2, "30", category="lamps"),
            line("c", 1, "20"),
        ],
        payments=[refunded(1, "2024-11-20", "20")],
    )
    found = collect(analysis).to_arrow().to_pylist()
    assert found[0] == {
        "customer": 1, "recency_days": 51.0, "orders": 2.0, "gap_days": 310.0, "average_order_value": 40.0,
        "discounted_share": 0.5, "refunded_share": 0.25, "season_share": 0.5, "weekend_share": 0.5,
        "category:tea": 0.625, "category:lamps": 0.375, "channel:app": 0.5, "channel:web": 0.5,
    }  # fmt: skip
    assert found[1] == {
        "customer": 2, "recency_days": 30.0, "orders": 1.0, "gap_days": None, "average_order_value": 20.0,
        "discounted_share": 0.0, "refunded_share": 0.0, "season_share": 1.0, "weekend_share": 0.0,
        "category:tea": 0.0, "category:lamps": 0.0, "channel:app": 0.0, "channel:web": 1.0,
    }  # fmt: skip


def test_the_columns_of_a_saved_grouping_can_be_asked_for(duck: Engine) -> None:
    analysis = analysed(duck, [bought(1, "2024-01-06", channel="web")], first="2024-01-01", last="2024-12-31")
    table = collect(analysis, categories=("tea",), channels=("app", "web"))
    assert [float(table.values[name][0]) for name in ("category:tea", "channel:app", "channel:web")] == [
        0,
        0,
        1,
    ]


@pytest.fixture(scope="module")
def shop() -> Iterator[Analysis]:
    """Customers 0-199 order tea each month on the web; 200-499 bought a lamp twice, discounted, in the shop, early in the year."""
    chance, orders, lines = np.random.default_rng(1), [], []

    def order(customer: int, day: date, goods: float, category: str, **more: Any) -> None:
        number = f"n{len(orders)}"
        orders.append(bought(customer, day.isoformat(), f"{goods:.2f}", order_id=number, **more))
        lines.append(line(number, 1, f"{goods:.2f}", category=category, product=category))

    for customer in range(200):
        start = date(2024, 1, 1) + timedelta(int(chance.integers(0, 30)))
        for month in range(11):
            day = start + timedelta(30 * month + int(chance.integers(-3, 4)) + 3)
            order(customer, day, chance.uniform(20, 40), "tea", channel="web")
    for customer in range(200, 500):
        first = date(2024, 1, 1) + timedelta(int(chance.integers(0, 60)))
        for day in (first, first + timedelta(int(chance.integers(20, 90)))):
            order(customer, day, chance.uniform(80, 120), "lamps", channel="store", discounted=True)
    sent = [_message(customer, "sent") for customer in range(0, 500, 2)]
    clicked = [_message(customer, "clicked") for customer in range(0, 160, 2)]
    machine = [_message(customer, "clicked", machine=True) for customer in range(200, 500, 2)]
    engine = DuckEngine()
    yield analysed(
        engine, orders, first="2024-01-01", last="2024-12-31", order_lines=lines,
        products=[{"source": "shop", "product": "tea", "name": "Green tea"}],
        messages=sent + clicked + machine,
    )  # fmt: skip
    engine.close()


def _message(customer: int, kind: str, **more: Any) -> dict[str, Any]:
    day = date(2024, 6, 1)
    return {
        "source": "mail", "message_id": f"m{customer}", "customer": customer, "kind": kind, "local_day": day,
        "at": NOON, "channel": "email", **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def drawn(shop: Analysis) -> tuple[Portrait, ...]:
    table = collect(shop)
    grouping = find_groups(table, seed=1)
    assert grouping.kind == "groups"
    return portraits(shop, grouping, table, grouping.assign(table))


def test_a_portrait_says_how_many_and_what_they_are_worth(drawn: tuple[Portrait, ...]) -> None:
    lamps, tea = drawn
    assert (lamps.customers, tea.customers) == (300, 200)
    assert lamps.revenue_share + tea.revenue_share == pytest.approx(1)
    assert tea.revenue == pytest.approx(330, rel=0.05)


def test_groups_are_named_by_what_stands_out(drawn: tuple[Portrait, ...]) -> None:
    keys = [{part for part, _ in portrait.name.parts} for portrait in drawn]
    assert all(len(parts) == 2 for parts in keys)
    assert len({portrait.name.english for portrait in drawn}) == 2
    sides = {row.key: row.effect for row in drawn[1].traits}
    assert sides["orders.high"] > 2
    assert sides["average_order_value.low"] < -2


def test_a_portrait_says_what_they_buy_when_where_and_what_they_answer_to(
    drawn: tuple[Portrait, ...],
) -> None:
    tea = {(row.facet, row.value): row for row in drawn[1].differences}
    assert tea["category", "tea"].share == 1
    assert tea["category", "tea"].rest == 0
    assert tea["category", "tea"].lift is None
    assert tea["product", "Green tea"].low > 0
    assert tea["channel", "web"].low > 0
    assert any(facet == "month" and int(month) > 6 and row.low > 0 for (facet, month), row in tea.items())
    clicked = tea["response", "clicked"]
    assert (clicked.customers, clicked.share, clicked.rest) == (100, 0.8, 0)  # machines do not answer
    assert not any(facet == "market" for facet, _ in tea)  # all live in one


def test_a_portrait_reads_as_sentences(drawn: tuple[Portrait, ...]) -> None:
    lines = drawn[1].lines()
    assert "Orders: 11, others 2" in lines
    assert any(text.startswith("Spend on tea: 100.0%, others 0.0% (+9") for text in lines)


def test_no_groups_have_no_portraits(shop: Analysis) -> None:
    table = collect(shop)
    none = find_groups(table.part(0, 5))
    assert portraits(shop, none, table, none.assign(table)) == ()
