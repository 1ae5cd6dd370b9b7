"""The rule language without an engine: parsing, printing, errors that point at the word, sentences."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.kernel.errors import RuleError
from regulars.metrics.segments import STANDARD, check_rule, explain_rule, parse, to_text
from regulars.metrics.segments.ast import And, Compare, In, Not, Number, Or, Rule, Subject, Word

# Rule -> the pointed-at words and a part of what is said about them.
MISTAKES: dict[str, tuple[str, str]] = {
    "": (" ", "The rule is empty"),
    "ordrs >= 3": ("ordrs", "Did you mean 'orders'?"),
    "xyz = red": ("xyz", "Known: active, age_band, average_days"),
    "country > 3": ("country", "It takes: =, !=, in, is missing"),
    "orders = few": ("few", "a whole number, like 3"),
    "orders >= 2.5": ("2.5", "a whole number, like 3"),
    "orders >= 200 EUR": ("200", "Leave out EUR"),
    "orders > 10 %": ("10", "Leave out the %"),
    "revenue > 200 USD": ("200", "Write the amount in EUR"),
    "revenue > 0.00001": ("0.00001", "at most four decimals"),
    "revenue > 999999999999999999999": ("999999999999999999999", "too large"),
    "last_order_day > 2026-01-01": ("last_order_day", "Write 'after'"),
    "last_order_day > 90 days ago": ("ago", "goes with 'before' or 'after' alone"),
    "orders > 90 days ago": ("ago", "goes with 'before' or 'after' alone"),
    "last_order_day after 90 days": (" ", "Expected 'ago' here"),
    "last_order_day after yesterday": ("yesterday", "Expected a day here"),
    "last_order_day after 2026-02-30": ("2026-02-30", "There is no day 2026-02-30"),
    "last_order_day before 9999999 days ago": ("9999999", "Expected a number of days"),
    "last_order_day = 3": ("3", "a day, like 2026-01-31"),
    "country = 3": ("3", "Write it in quotes: '3'"),
    "rfm_group = champion": ("champion", "Did you mean 'champions'?"),
    "active = maybe": ("maybe", "yes or no"),
    "orders": ("orders", "needs a comparison"),
    "orders >=": (" ", "Expected a value here, but the rule ends"),
    "orders >> 3": (">", "Expected a value here, not '>'"),
    "orders >= 3 country = DE": ("country", "Join conditions with 'and' or 'or'"),
    "orders >= 3 and": (" ", "Expected the name of a column here"),
    "and orders >= 3": ("and", "Expected the name of a column"),
    "(orders >= 3": (" ", "Every '(' needs its ')'"),
    "orders >= 3)": (")", "was not expected here"),
    "country in DE": ("DE", "Write for example: in (DE, AT)"),
    "country in ()": (")", "Expected a value here"),
    "orders between 3, 4": (",", "Write: between 3 and 10"),
    "country is DE": ("DE", "is missing"),
    "country = 'DE": ("'", "never closed"),
    "orders >= 3;": (";", "has no meaning"),
    "orders >= 3x": ("3x", "is not a number or a day"),
    "visits(last 3 days) > 1": ("visits", "There is no event 'visits'"),
    "orders(colour = red) > 1": ("colour", "There is no filter 'colour'"),
    "orders(category > Books) > 1": ("category", "does not take '>'"),
    "orders(orders(last 3 days) > 1) > 1": ("orders", "Events cannot stand within events"),
    "orders(category = Books": (" ", "Close the parentheses of 'orders('"),
    "not " * 60 + "active": ("not", "parentheses within each other"),
}


@pytest.mark.parametrize("rule", MISTAKES)
def test_mistakes_are_pointed_at(rule: str) -> None:
    word, said = MISTAKES[rule]
    with pytest.raises(RuleError) as caught:
        check_rule(rule, currency="EUR")
    error = caught.value
    assert (rule + " ")[error.at : error.at + error.length] == word
    assert said in str(error)


def test_the_message_shows_the_rule_with_the_word_underlined() -> None:
    with pytest.raises(RuleError) as caught:
        check_rule("orders >= 3 and cuntry = DE")
    assert str(caught.value).splitlines() == [
        "There is no column 'cuntry'.",
        "  orders >= 3 and cuntry = DE",
        "                  ^^^^^^",
        "Did you mean 'country'?",
    ]


def compare(name: str, number: str) -> Compare:
    return Compare(Subject(name), "=", Number(Decimal(number)))


def test_and_binds_before_or_and_not_before_both() -> None:
    a, b, c = compare("a", "1"), compare("b", "2"), compare("c", "3")
    assert parse("a = 1 or b = 2 and c = 3").node == Or((a, And((b, c))))
    assert parse("not a = 1 and b = 2").node == And((Not(a), b))
    assert parse("(a = 1 or b = 2) and c = 3").node == And((Or((a, b)), c))


def test_keywords_are_values_where_a_value_is_expected() -> None:
    assert parse("country in (IS, IN, NO)").node == In(
        Subject("country"), (Word("IS"), Word("IN"), Word("NO"))
    )


def test_spelling_makes_no_difference() -> None:
    assert parse("ORDERS>=3 AND Country='DE'") == parse("orders >= 3 and country = DE")
    assert parse("a == 1 or b <> 2") == parse("a = 1 or b != 2")


@pytest.mark.parametrize(
    "rule",
    [
        "orders >= 3 and days_since_last_order > 90 and country in (DE, AT)",
        "not (active or orders not between 2 and 5)",
        "orders(category = 'Books ''n'' more', last 90 days) >= 2",
        "(a = 1 and b = 2) and (c = 3 or (d = 4 or e = 5))",
        "revenue > 200.50 EUR and refunded_share <= 5 % and last_order_day before 90 days ago",
        "country is not missing and country is missing and sign_up_day after 2026-01-31",
    ],
)
def test_printing_and_parsing_again_gives_the_same_rule(rule: str) -> None:
    assert to_text(parse(rule)) == rule
    assert parse(to_text(parse(rule))) == parse(rule)


def test_a_rule_in_words() -> None:
    rule = (
        "orders >= 3 and (country in (DE, AT) or not active) and orders(category = Books, last 90 days) = 0"
    )
    assert explain_rule(rule) == (
        "Counted orders is at least 3, and (country is one of 'DE', 'AT', or it is not so that (customer now, by the "
        "activity window: yes)), and orders (category is 'Books', in the last 90 days) is 0."
    )


def test_too_much_is_refused() -> None:
    with pytest.raises(RuleError, match="at most 10000 characters"):
        parse("a" * 10_001)
    with pytest.raises(RuleError, match="More than 300 conditions"):
        parse(" or ".join(["a = 1"] * 301))


def test_every_column_says_what_it_is() -> None:
    assert all(column.words for column in STANDARD.columns.values())
    assert {"orders", "revenue", "last_order_day", "rfm_group", "nps_score", "subscribed"} <= set(
        STANDARD.columns
    )


def test_a_checked_rule_comes_back_parsed() -> None:
    assert isinstance(check_rule("active"), Rule)
