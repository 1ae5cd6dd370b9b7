"""Numbers, money and dates as each language writes them."""

import datetime as dt
from decimal import Decimal

import pytest

from regulars.charts import Words

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "12.3%"), ("de", f"12,3{NBSP}%"), ("nb", f"12,3{NBSP}%"), ("ro", f"12,3{NBSP}%")],
)
def test_a_percentage_has_its_language_s_comma_and_space(language: str, written: str) -> None:
    assert Words(language).percent(Decimal("12.34"), 1) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "£1,234,567"), ("de", f"1.234.567{NBSP}£"), ("ro", f"1.234.567{NBSP}GBP")],
)
def test_a_large_amount_is_written_without_pence(language: str, written: str) -> None:
    assert Words(language).money(Decimal("1234567.4"), "GBP") == written


def test_a_currency_s_letters_do_not_touch_the_digits() -> None:
    assert Words("en").money(Decimal("12.5"), "NOK") == f"NOK{NBSP}12.50"


def test_yen_have_no_decimals() -> None:
    assert Words("en").money(Decimal(12), "JPY") == "JP¥12"


def test_german_has_no_short_thousands_so_the_digits_are_grouped() -> None:
    assert Words("de").short_money(500_000, "GBP") == f"500.000{NBSP}£"


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        ("2011-11-01", "2011-12-01", "Nov 2011"),
        ("2011-10-01", "2012-01-01", "Q4 2011"),
        ("2011-01-01", "2012-01-01", "2011"),
    ],
)
def test_a_whole_period_is_called_by_its_name(start: str, end: str, written: str) -> None:
    assert Words("en").period(dt.date.fromisoformat(start), dt.date.fromisoformat(end)) == written


def test_any_other_period_says_its_first_and_last_day() -> None:
    text = Words("en").period(dt.date(2010, 12, 10), dt.date(2011, 12, 10))
    assert text.startswith("10 Dec 2010")
    assert text.endswith("9 Dec 2011")


def test_a_difference_always_has_a_sign() -> None:
    words = Words("en")
    assert [words.points(Decimal(n)) for n in ("1.5", "-4.2", "0")] == ["+1.5", "−4.2", "±0.0"]


@pytest.mark.parametrize("language", ["en", "de", "nb", "ro", "ar"])
def test_below_zero_stands_a_minus_sign_not_a_hyphen(language: str) -> None:
    words, less = Words(language), Decimal("-12345.6")
    texts = [
        words.number(less, 1),
        words.percent(less, 1),
        words.money(less, "EUR"),
        words.short_money(less, "EUR"),
    ]
    for text in [*texts, words.short_number(less)]:
        assert "\N{MINUS SIGN}" in text and "-" not in text


def test_what_is_shown_as_zero_has_no_sign() -> None:
    words, little = Words("en"), Decimal("-0.04")
    assert [words.points(little), words.points(-little), words.points(Decimal("-0.06"))] == [
        "±0.0",
        "±0.0",
        "−0.1",
    ]
    assert [words.number(little), words.percent(little, 1), words.money(little, "EUR", 1)] == [
        "0",
        "0.0%",
        "€0.0",
    ]


def test_an_unknown_text_stays_as_it_is_and_an_empty_one_stays_empty() -> None:
    assert Words("en").say("no such text") == "no such text"
    assert Words("en").say("") == ""


def test_arabic_is_written_from_right_to_left() -> None:
    assert Words("ar").direction == "rtl"
