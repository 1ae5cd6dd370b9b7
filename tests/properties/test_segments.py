"""Any text is a rule or a RuleError; any rule prints as itself; both ways of saying a thing find the same people."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.kernel.errors import RuleError
from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.metrics.segments import Rule, check_rule, explain_rule, parse, segment_size, to_text
from regulars.metrics.segments.ast import (
    Ago,
    And,
    Between,
    Compare,
    Flag,
    In,
    Last,
    Missing,
    Node,
    Not,
    Number,
    Or,
    Subject,
    When,
    Word,
)
from support.tiny import analysed, bought

_PIECES = st.sampled_from(
    [
        "orders",
        "revenue",
        "country",
        "active",
        "(",
        ")",
        ",",
        "and",
        "or",
        "not",
        "in",
        "between",
        "is",
        "missing",
        "before",
        "after",
        "90",
        "days",
        "ago",
        "last",
        "2026-01-01",
        "2026-02-31",
        "'Books'",
        '"',
        "'",
        ">=",
        ">",
        "=",
        "!=",
        "%",
        "EUR",
        "3",
        "-1",
        "0.5",
        "1e9",
        ";",
    ]
)
_WORDS = st.text("abÅß '\"x-9_", min_size=1, max_size=8).map(Word)
_NUMBERS = st.integers(0, 20).map(lambda n: Number(Decimal(n)))


def conditions() -> st.SearchStrategy[Node]:
    orders, country = Subject("orders"), Subject("country")
    bought_lately = st.builds(lambda days: Subject("orders", (Last(days),)), st.integers(0, 400))
    counts = st.one_of(st.just(orders), bought_lately)
    ops = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    return st.one_of(
        st.builds(Compare, counts, ops, _NUMBERS),
        st.builds(Between, counts, _NUMBERS, _NUMBERS, st.booleans()),
        st.builds(lambda words, no: In(country, tuple(words), no), st.lists(_WORDS, min_size=1, max_size=3), st.booleans()),
        st.builds(Missing, st.just(country), st.booleans()),
        st.builds(When, st.just(Subject("last_order_day")), st.sampled_from(["before", "after"]),
                  st.builds(Ago, st.integers(0, 99_999))),
        st.just(Flag(Subject("active"))),
    )  # fmt: skip


def trees() -> st.SearchStrategy[Node]:
    def more(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(st.builds(Not, inner), st.builds(And, several), st.builds(Or, several))

    return st.recursive(conditions(), more, max_leaves=8)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=14).map(" ".join)))
@settings(max_examples=200)
def test_any_text_is_a_rule_or_a_rule_error(text: str) -> None:
    try:
        rule = check_rule(text, currency="EUR")
    except RuleError as error:
        assert 0 <= error.at <= len(text)
        assert str(error)
    else:
        assert parse(to_text(rule)) == rule
        assert explain_rule(rule).endswith(".")


@given(trees())
def test_any_rule_prints_as_itself(node: Node) -> None:
    assert parse(to_text(Rule(node, ""))).node == node


@pytest.fixture(scope="module")
def analysis() -> Iterator[Analysis]:
    chance = random.Random(3)
    orders = [
        bought(chance.randrange(60), f"2024-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
               country=chance.choice(["DE", "AT", "NO", None]))
        for _ in range(200)
    ]  # fmt: skip
    engine = DuckEngine()
    yield analysed(engine, orders, first="2024-01-01", last="2024-12-31")
    engine.close()


def size(analysis: Analysis, node: Node) -> int:
    return segment_size(analysis, Rule(node, ""))


@given(trees())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_rule_its_opposite_and_the_unknown_make_everyone(analysis: Analysis, node: Node) -> None:
    everyone = size(analysis, Missing(Subject("orders"), negated=True))
    true, false = size(analysis, node), size(analysis, Not(node))
    assert true + false <= everyone
    assert size(analysis, Or((node, Not(node)))) == true + false
    assert size(analysis, And((node, Not(node)))) == 0
    assert size(analysis, Not(Not(node))) == true
