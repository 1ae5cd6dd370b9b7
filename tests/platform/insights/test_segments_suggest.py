"""What is suggested while a rule is written."""

from __future__ import annotations

import pytest

from regulars.metrics.segments import STANDARD, RuleColumn
from regulars.platform.insights.segments_suggest import complete, quoted


def known(column: RuleColumn) -> list[str]:
    return {"country": ["DE", "NO"], "channel": ["spring sale", "web"], "category": ["Books"]}.get(
        column.name, []
    )


def offered(text: str) -> list[str]:
    """What is suggested at the `|` in the text."""
    return [item.text for item in complete(text.replace("|", ""), text.index("|"), STANDARD, known).found]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("|", ["orders", "revenue", "margin"]),
        ("coun|", ["country"]),
        ("orders |", ["=", "!=", "<", "<=", ">", ">=", "between", "in", "is missing"]),
        ("country |", ["=", "!=", "in", "is missing"]),
        ("country = |", ["DE", "NO"]),
        ("country = n|", ["NO"]),
        ("country in |", ["("]),
        ("country in (DE, |", ["DE", "NO"]),
        ("country in (DE|, NO)", []),
        ("country in (DE |", [",", ")"]),
        ("channel = |", ["'spring sale'", "web"]),
        ("channel = 'spr|", ["'spring sale'"]),
        ("rfm_group = cha|", ["champions"]),
        ("active |", ["=", "!=", "is missing", "and", "or"]),
        ("referred = |", ["yes", "no"]),
        ("orders >= 3 |", ["and", "or"]),
        ("orders >= 3 and coun|", ["country"]),
        ("(orders >= 3 |", ["and", "or", ")"]),
        ("orders between 2 |", ["and"]),
        ("orders between 2 and 5 |", ["and", "or"]),
        ("country is |", ["missing", "not missing"]),
        ("last_order_day before |", ["30 days ago", "90 days ago", "365 days ago"]),
        ("last_order_day before 90 |", ["days ago"]),
        ("orders(cat|", ["category"]),
        ("orders(category = |", ["Books"]),
        ("orders(last |", ["30 days", "90 days", "365 days"]),
        ("orders(category = Books, last 90 days) |", ["=", "!=", "<", "<=", ">", ">=", "between", "in", "is missing"]),
        ("nonsense = |", []),
        ("orders >= |", []),
    ],
)  # fmt: skip
def test_suggestions(text: str, first: list[str]) -> None:
    found = offered(text)
    assert found[: len(first)] == first
    assert first or not found


def test_words_of_a_column_find_it_too() -> None:
    assert "subscribed" in offered("running|")


def test_the_stretch_to_replace_is_the_word_that_was_begun() -> None:
    found = complete("orders > 2 and coun", 19, STANDARD, known)
    assert (found.start, found.end) == (15, 19)


@pytest.mark.parametrize(
    "text", ["", ")", ")))", "((((", "= = =", "'", '"', "in in in (", "last 3", "orders((", "\x00", "é ☃ €"]
)
def test_no_text_is_too_odd(text: str) -> None:
    for at in range(-1, len(text) + 2):
        done = complete(text, at, STANDARD, known)
        assert 0 <= done.start <= done.end == max(0, min(at, len(text)))
        begun = text[done.start : done.end].strip("'\"").lower()
        assert all(begun in f"{item.text} {item.words}".lower() for item in done.found)


def test_values_are_quoted_where_they_must_be() -> None:
    assert [quoted(value) for value in ("DE", "IN", "spring sale", "O'Neill", "3rd")] == [
        "DE", "'IN'", "'spring sale'", "'O''Neill'", "'3rd'",
    ]  # fmt: skip
