"""Countries by ISO code or by name in several languages, from CLDR through Babel, with a few names of trade and past."""

from __future__ import annotations

import unicodedata
from functools import cache

import duckdb
import pyarrow as pa
from babel import Locale
from babel.core import get_global

from regulars.lake.engines.duck import literal
from regulars.lake.small import small_table
from regulars.sources.reading.values import Parsed, trimmed_sql

TABLE = "country_words"
_LANGUAGES = ("en", "de", "nb", "nn", "sv", "da", "ro", "fr", "es", "pt", "pt_PT", "it", "nl", "pl", "cs", "hu", "fi", "is", "et", "lv", "lt", "sk", "sl", "hr", "el", "bg", "tr", "uk", "ru", "ja", "zh", "ko", "ar", "he")  # fmt: skip
# What exports say and CLDR does not. A state that is gone stands for the one that most of its people live in.
_MORE = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "channel islands": "JE", "eire": "IE", "republic of ireland": "IE", "rsa": "ZA", "usa": "US", "u.s.a.": "US",
    "u.s.": "US", "america": "US", "united states of america": "US", "uae": "AE", "korea": "KR", "republic of korea": "KR",
    "korea, republic of": "KR", "south korea": "KR", "north korea": "KP", "russian federation": "RU", "holland": "NL",
    "the netherlands": "NL", "czech republic": "CZ", "tschechische republik": "CZ", "macedonia": "MK", "fyrom": "MK",
    "burma": "MM", "swaziland": "SZ", "cape verde": "CV", "ivory coast": "CI", "vatican": "VA", "holy see": "VA",
    "palestine": "PS", "taiwan, province of china": "TW", "viet nam": "VN", "lao": "LA", "moldova, republic of": "MD",
    "iran, islamic republic of": "IR", "tanzania, united republic of": "TZ", "bolivia, plurinational state of": "BO",
    "venezuela, bolivarian republic of": "VE", "syrian arab republic": "SY", "brunei darussalam": "BN", "türkei": "TR",
    "turkiye": "TR", "turkey": "TR", "deutschland": "DE", "brd": "DE", "west germany": "DE", "east germany": "DE", "ddr": "DE",
    "ussr": "RU", "soviet union": "RU", "udssr": "RU", "czechoslovakia": "CZ", "tschechoslowakei": "CZ",
    "yugoslavia": "RS", "jugoslawien": "RS", "serbia and montenegro": "RS", "zaire": "CD", "congo": "CG", "hong kong": "HK",
    "hongkong": "HK", "hong kong sar": "HK", "macau": "MO", "macao": "MO", "kosovo": "XK", "el": "GR", "suisse": "CH",
}  # fmt: skip
# ISO 3166-3: codes that were withdrawn.
_OLD_CODES = {
    "DD": "DE",
    "SU": "RU",
    "CS": "CZ",
    "YU": "RS",
    "ZR": "CD",
    "TP": "TL",
    "BU": "MM",
    "AN": "CW",
    "FX": "FR",
    "UK": "GB",
}
UNKNOWN = ("unspecified", "unknown", "european community", "eu", "other", "others", "not specified", "n/a", "none", "null", "zz", "-")  # fmt: skip


def normal(word: str) -> str:
    """A name for comparison: small letters, no accents, single spaces."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("ł", "l").replace("ø", "o"))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


@cache
def country_words() -> dict[str, str]:
    """Normal words to ISO 3166-1 alpha-2 codes: codes of two and three letters, names, trade and historical names."""
    english = Locale.parse("en").territories
    codes = [
        code
        for code in english
        if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO")
    ]
    words: dict[str, str] = {}
    for language in _LANGUAGES:
        names = Locale.parse(language).territories
        for code in codes:
            if name := names.get(code):
                words.setdefault(normal(name), code)
    words.update({normal(word): code for word, code in _MORE.items()})
    aliases: dict[str, list[str]] = get_global("territory_aliases")
    for old, new in aliases.items():
        if len(old) == 3 and old.isalpha() and len(new) == 1:
            words[old.casefold()] = new[0]
    words.update({old.casefold(): new for old, new in _OLD_CODES.items()})
    words.update({code.casefold(): code for code in codes if code not in ("UK", "CS")})
    for word in UNKNOWN:
        words.pop(word, None)
    return words


def country_of(word: str) -> str | None:
    """ISO 3166-1 alpha-2 of a code or name in any of the languages; None where it is none."""
    return country_words().get(normal(word))


def ensure_countries(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table that `country_sql` looks words up in."""
    words = country_words()
    rows = small_table(pa.schema([("word", pa.string()), ("code", pa.string())]), words.items())
    con.register("_words", rows)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT * FROM _words")
    con.unregister("_words")


def country_sql(column: str) -> Parsed:
    """ISO 3166-1 alpha-2 of a text column, by a look-up: call `ensure_countries` first. 'Unspecified' is null, not bad."""
    word = f"regexp_replace(lower(strip_accents(replace(replace({trimmed_sql(column)}, 'ł', 'l'), 'ø', 'o'))), '\\s+', ' ', 'g')"
    value = f"(SELECT max(w.code) FROM {TABLE} w WHERE w.word = {word})"
    unknown = ", ".join(literal(w) for w in UNKNOWN)
    given = f"coalesce({word} NOT IN ({unknown}), false)"
    return Parsed(value, given, "this is no country that is known by code or name")
