"""Rules and their mistakes in words that can be translated."""

from __future__ import annotations

import pytest
from django.utils import translation

from regulars.kernel.errors import RuleError
from regulars.metrics.segments import check_rule, explain_rule
from regulars.metrics.segments.events import EVENTS, FILTERS
from regulars.platform.insights.api import segments
from regulars.platform.web.editor import mistake_of
from regulars.platform.web.rule_texts import COLUMNS, DOES, WHATS
from regulars.platform.web.rule_words import _pattern, in_words, words_or_rule

pytestmark = pytest.mark.django_db
MISTAKES = [
    "ordrs > 1", "nonsense > 1", "visits(day = 1) > 1", "orders(colour = red) > 1", "orders(orders(day = 1)) > 1", "country",
    "country > DE", "last_order_day > 2026-01-01", "orders = DE", "average_days_between_orders = x", "refunded_share = x",
    "revenue = x", "last_order_day = x", "active = 3", "country = 3", "rfm_group = champion", "rfm_group = 'zzzzz'",
    "orders = 99999999999999999999", "orders = 20 %", "orders = 2.5", "revenue > 1.23456", "orders > 2 EUR",
    "revenue > 2 NOK", "active " * 2000, "country = 'DE", "orders > 3x", "orders & 3", "orders > 3 and", "orders > 3 and )",
    "orders >", "orders > )", "orders(last x days) > 1", "orders(last 3 weeks) > 1", "last_order_day before soon",
    "country in DE", "country in (DE", "", "active active", "(" * 60 + "active" + ")" * 60, "active or " * 301 + "active",
    "last_order_day before 999999 days ago", "days_since_last_order > 90 days ago", "last_order_day = 2026-13-01",
    "orders between 2 or 3", "last_order_day before 90 days", "orders(last 90 days > 1", "country is gone",
]  # fmt: skip


@pytest.mark.parametrize("rule", MISTAKES, ids=lambda rule: rule[:30])
def test_every_mistake_can_be_translated(rule: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_rule(rule, currency="EUR")
    error = caught.value
    assert any(_pattern(text).fullmatch(error.what) for text in WHATS), error.what
    assert not error.do or any(_pattern(text).fullmatch(error.do) for text in DOES), error.do
    shown = mistake_of(error)
    assert (shown.what, shown.do) == (error.what, error.do)


def test_all_words_of_columns_are_listed() -> None:
    known = [*segments.KNOWN.columns.values(), *EVENTS.values(), *FILTERS.values()]
    assert {column.words for column in known} == set(COLUMNS)


@pytest.mark.parametrize(
    "rule",
    [
        "orders >= 3 and days_since_last_order > 90 and country in (DE, AT)",
        "active or (not subscribed and channel is missing)",
        "orders(category = Books, last 90 days) between 2 and 4 or last_order_day before 30 days ago",
    ],
)
def test_in_english_it_says_what_the_library_says(rule: str) -> None:
    assert in_words(rule) == explain_rule(rule)


def test_numbers_and_days_are_the_readers() -> None:
    rule = "revenue > 1200.50 EUR and last_order_day after 2026-01-31 and refunded_share < 2.5 %"
    with translation.override("de"):
        words = in_words(rule)
    assert "1.200,50\N{NO-BREAK SPACE}€" in words and "31.01.2026" in words and "2,5" in words


def test_what_no_longer_fits_is_shown_as_written() -> None:
    assert words_or_rule("gone = 1") == "gone = 1"


def test_carets_stand_under_the_word_in_its_line() -> None:
    with pytest.raises(RuleError) as caught:
        check_rule("active\nand cuntry = DE\nand subscribed")
    shown = mistake_of(caught.value)
    assert (shown.line, shown.carets) == ("and cuntry = DE", "    ^^^^^^")


def test_a_long_line_is_cut_around_the_word() -> None:
    with pytest.raises(RuleError) as caught:
        check_rule("active and " * 20 + "cuntry = DE" + " and active" * 20)
    shown = mistake_of(caught.value)
    assert len(shown.line) < 140
    assert shown.line[len(shown.carets) - 6 : len(shown.carets)] == "cuntry" and shown.carets.endswith(
        " ^^^^^^"
    )


def test_groups_of_customers_have_their_names() -> None:
    with translation.override("en"):
        assert (
            in_words("rfm_group in (at_risk, cannot_lose)")
            == "RFM group is one of 'At risk', 'Cannot lose them'."
        )
        assert in_words("rfm_group = champions") == "RFM group is 'Champions'."
