"""Currencies by code, sign or name."""

from __future__ import annotations

from datetime import date
from functools import cache

import duckdb
import pyarrow as pa
from babel import Locale
from babel.core import get_global

from regulars.lake.small import small_table
from regulars.sources.reading.values import Parsed, given_sql, trimmed_sql

TABLE = "currency_words"


def _in_use() -> tuple[str, ...]:
    codes = {
        code
        for spans in get_global("territory_currencies").values()
        for code, _, end, tender in spans
        if tender and (end is None or date(*end) >= date(1999, 1, 1))
    }
    return tuple(sorted(codes))


CODES = _in_use()
# Signs that mean one currency. '$', 'kr', '¥' and 'Fr' mean several and are not guessed.
_SIGNS = {
    "€": "EUR", "£": "GBP", "us$": "USD", "usd$": "USD", "r$": "BRL", "zł": "PLN", "kč": "CZK", "ft": "HUF", "lei": "RON",
    "leu": "RON", "₺": "TRY", "₽": "RUB", "₹": "INR", "₩": "KRW", "₪": "ILS", "₴": "UAH", "₫": "VND", "฿": "THB", "₦": "NGN",
    "ca$": "CAD", "c$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "mx$": "MXN", "лв": "BGN",
    "лв.": "BGN", "nkr": "NOK", "skr": "SEK", "dkr": "DKK", "sfr": "CHF", "sfr.": "CHF", "rmb": "CNY", "euro": "EUR", "euros": "EUR",
}  # fmt: skip
AMBIGUOUS_SIGNS = (
    "$",
    "kr",
    "kr.",
    "¥",
    "fr",
    "fr.",
    "rs",
    "rs.",
    "dollar",
    "dollars",
    "krone",
    "krona",
    "kroner",
)
_LANGUAGES = ("en", "de", "nb", "ro", "sv", "da", "fr", "es", "pt", "it", "nl", "pl")


@cache
def currency_words() -> dict[str, str]:
    """Words in small letters to ISO 4217 codes; a word that means several currencies is left out."""
    found: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        names = Locale.parse(language).currencies
        for code in CODES:
            if name := names.get(code):
                found.setdefault(name.casefold(), set()).add(code)
    words = {word: next(iter(codes)) for word, codes in found.items() if len(codes) == 1}
    return {**words, **_SIGNS, **{code.casefold(): code for code in CODES}}


def ensure_currencies(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table that `currency_sql` looks words up in."""
    words = currency_words()
    rows = small_table(pa.schema([("word", pa.string()), ("code", pa.string())]), words.items())
    con.register("_words", rows)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT * FROM _words")
    con.unregister("_words")


def currency_sql(column: str) -> Parsed:
    """ISO 4217 code of a text column with codes, signs or names: call `ensure_currencies` first.

    A sign of several currencies ('$', 'kr') is bad.
    """
    value = f"(SELECT max(w.code) FROM {TABLE} w WHERE w.word = lower({trimmed_sql(column)}))"
    return Parsed(value, given_sql(column), "this is no currency, or its sign stands for several")
