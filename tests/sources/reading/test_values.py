"""Readings of amounts, flags, texts, currencies and countries, against hand-picked texts and against Babel."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.kernel.errors import InputError
from regulars.sources.reading.countries import country_of, country_sql, ensure_countries
from regulars.sources.reading.currencies import currency_sql, ensure_currencies
from regulars.sources.reading.decimals import DecimalStyle, decimal_sql, detect_decimal_style
from regulars.sources.reading.values import flag_sql, text_sql

POINT_LANGUAGES = {"en": ".", "de": ",", "nb": ",", "ro": ",", "fr": ",", "pt_BR": ","}
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("text", "point", "amount"),
    [
        ("1,234.50", ".", "1234.5"), ("$1,234.50", ".", "1234.5"), ("(12.50)", ".", "-12.5"), ("12.50-", ".", "-12.5"),
        ("-€3.5", ".", "-3.5"), ("€-3.5", ".", "-3.5"), ("5 %", ".", "0.05"), ("EUR 12", ".", "12"), ("1'234.5", ".", "1234.5"),
        ("1,23,456.78", ".", "123456.78"), ("1e3", ".", "1000"), ("−5", ".", "-5"), (".5", ".", "0.5"), ("12,-", ".", "12"),
        ("1.234,50", ",", "1234.5"), ("R$ 1.234,50", ",", "1234.5"), ("12 kr.", ",", "12"), ("3,00 lei", ",", "3"),
        ("1\u202f234,50 €", ",", "1234.5"), ("1.234", ",", "1234"), ("12,5%", ",", "0.125"),
    ],
)  # fmt: skip
def test_amounts_of_every_make_are_read(value, text, point, amount):
    assert value(decimal_sql("x", DecimalStyle(point)), text) == (Decimal(amount), False)


@pytest.mark.parametrize(
    ("text", "point"),
    [("1,23", "."), ("1.234.567", "."), ("abc", "."), ("12x", "."), ("inf", "."), ("1_000", "."), ("9" * 17, "."), ("1.5", ","), (".", ".")],
)  # fmt: skip
def test_what_is_no_amount_in_this_style_is_bad(value, text, point):
    assert value(decimal_sql("x", DecimalStyle(point)), text) == (None, True)


@pytest.mark.parametrize("text", ["", "  ", "NA", "null", "n/a", "\u00a0"])
def test_missing_values_are_null_and_not_bad(value, text):
    for parsed in (decimal_sql("x"), flag_sql("x"), text_sql("x")):
        assert value(parsed, text) == (None, False)


@few
@given(
    amount=st.decimals(-(10**9), 10**9, places=2),
    language=st.sampled_from(list(POINT_LANGUAGES)),
    currency=st.sampled_from(["EUR", "NOK", "RON", "BRL", "USD"]),
)
def test_what_babel_writes_is_read_back(value, amount, language, currency):
    style = DecimalStyle(POINT_LANGUAGES[language])
    for text in (
        format_decimal(amount, "#,##0.00", locale=language),
        format_currency(amount, currency, locale=language),
    ):
        assert value(decimal_sql("x", style), text) == (amount, False)


def style_of(con, *texts):
    con.execute("CREATE OR REPLACE TABLE t AS SELECT unnest($1) AS x", [list(texts)])
    return detect_decimal_style(con, "t", "x")


def test_the_style_is_found_by_all_values(con):
    assert style_of(con, "1,50", "2", "1.234,00").point == ","
    assert style_of(con, "1.50", "2", "1,234.00").point == "."
    assert style_of(con, "1", "2") == DecimalStyle(".", True, 0, "")
    assert not style_of(con, "1.234", "2.345").certain


def test_two_styles_in_one_column_are_an_error(con):
    with pytest.raises(InputError, match="two ways"):
        style_of(con, "1,50", "1.50")


@pytest.mark.parametrize(
    ("word", "flag"), [("Ja", True), ("nei", False), ("TRUE", True), ("0", False), ("não", False)]
)
def test_flags_are_read_in_several_languages(value, word, flag):
    assert value(flag_sql("x"), word) == (flag, False)
    assert value(flag_sql("x"), "perhaps") == (None, True)


def test_texts_are_trimmed(value):
    assert value(text_sql("x"), "\u00a0 Åse Æ\t") == ("Åse Æ", False)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("DE", "DE"), ("deu", "DE"), ("Deutschland", "DE"), ("Norge", "NO"), ("România", "RO"), ("Romania", "RO"), ("EIRE", "IE"),
        ("UK", "GB"), ("USA", "US"), ("RSA", "ZA"), ("Channel Islands", "JE"), ("Côte d’Ivoire", "CI"), ("Österreich", "AT"),
        ("NA", "NA"), ("Czechoslovakia", "CZ"), ("Holland", "NL"), ("gb ", "GB"), ("日本", "JP"), ("Polska", "PL"), ("Tyskland", "DE"),
    ],
)  # fmt: skip
def test_countries_are_known_by_code_and_name(con, value, word, code):
    ensure_countries(con)
    assert country_of(word) == code
    assert value(country_sql("x"), word) == (code, False)


def test_unspecified_countries_are_null_and_unknown_ones_bad(con, value):
    ensure_countries(con)
    assert value(country_sql("x"), "Unspecified") == (None, False)
    assert value(country_sql("x"), "Atlantis") == (None, True)


@pytest.mark.parametrize(
    ("word", "code"), [("eur", "EUR"), ("€", "EUR"), ("R$", "BRL"), ("Norwegian krone", "NOK"), ("zł", "PLN")]
)
def test_currencies_are_known_by_code_sign_and_name(con, value, word, code):
    ensure_currencies(con)
    assert value(currency_sql("x"), word) == (code, False)


@pytest.mark.parametrize("word", ["$", "kr", "bananas"])
def test_signs_of_several_currencies_are_bad(con, value, word):
    ensure_currencies(con)
    assert value(currency_sql("x"), word) == (None, True)
