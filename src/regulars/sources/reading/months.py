"""Months by name in the languages of exports, from CLDR through Babel."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel.dates import get_month_names

from regulars.lake.engines.duck import literal

_LANGUAGES = ("en", "de", "de_AT", "nb", "sv", "da", "ro", "fr", "es", "pt", "it", "nl", "pl")


@cache
def month_words() -> dict[str, int]:
    """Names and abbreviations in small letters, without accents and points, to the month's number."""
    words: dict[str, int] = {"sept": 9, "mrz": 3, "okt": 10}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    words.setdefault(plain_word(name), number)
    return {
        word: number for word, number in words.items() if word.isalpha() and word.isascii() and len(word) > 2
    }


def month_number_sql(word: str) -> str:
    """SQL for the number ('1' to '12') of the month that a word in small letters without accents names; else null."""
    by_number: dict[int, list[str]] = {}
    for name, number in month_words().items():
        by_number.setdefault(number, []).append(name)
    listed = [name for names in by_number.values() for name in names]
    numbers = [str(number) for number, names in by_number.items() for _ in names]
    names_sql, numbers_sql = (f"[{', '.join(map(literal, part))}]" for part in (listed, numbers))
    return f"{numbers_sql}[list_position({names_sql}, {word})]"


def plain_word(name: str) -> str:
    """Small letters without accents and the point of an abbreviation."""
    plain = unicodedata.normalize("NFKD", name.casefold().rstrip("."))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@cache
def month_pattern() -> str:
    """The words as a regular expression, longest first."""
    return "|".join(sorted(month_words(), key=len, reverse=True))
