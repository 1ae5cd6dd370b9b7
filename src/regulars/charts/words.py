"""One language: its texts through gettext, its numbers, money and dates through CLDR. English needs no catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from gettext import NullTranslations
from typing import TypeAlias

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)

Amount: TypeAlias = Decimal | float | int
_UNGROUPED = re.compile(r"\d{5}")


@dataclass(frozen=True)
class Words:
    """Texts and formats of one language (`en`, `de`, `nb`, `ro`, or any that CLDR knows).

    `translations` holds the texts by their English form; what it lacks stays English. Texts are whole sentences with
    named places (`{share}`); values are formatted before they are put in.
    """

    language: str = "en"
    translations: NullTranslations = field(default_factory=NullTranslations)

    @cached_property
    def locale(self) -> Locale:
        # English without a country would write 12/10/2011 and mean October or December; British order is unambiguous.
        return Locale.parse({"en": "en_GB"}.get(self.language, self.language))

    @property
    def direction(self) -> str:
        return str(self.locale.text_direction)

    def t(self, message: str, /, **values: object) -> str:
        """The text in this language, with its places filled."""
        return self.translations.gettext(message).format(**values)

    def say(self, text: str) -> str:
        """A text without places, such as a figure's name, in this language; one that is not known stays as it is."""
        return self.translations.gettext(text) if text else ""

    def n(self, one: str, many: str, count: Amount, /, **values: object) -> str:
        """The text in the plural form that `count` asks for; `{n}` is the formatted count."""
        form = self.translations.ngettext(one, many, abs(int(count)))
        return form.format(n=self.number(count), **values)

    def number(self, value: Amount, digits: int = 0) -> str:
        """A number with exactly `digits` decimals."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return _minus(format_decimal(_plain_zero(value, digits), format=pattern, locale=self.locale))

    def percent(self, value: Amount, digits: int = 0) -> str:
        """`value` is in per cent already: 12.3 gives '12.3 %' as the language writes it."""
        pattern = str(self.locale.percent_formats[None].pattern)
        pattern = pattern.replace("##0", "##0." + "0" * digits) if digits else pattern
        share = _plain_zero(value, digits) / 100
        return _minus(format_percent(share, format=pattern, locale=self.locale))

    def points(self, value: Amount, digits: int = 1) -> str:
        """A difference of two percentages, with the sign that it has once it is rounded: '-4.2', '±0.0'."""
        shown = _plain_zero(value, digits)
        sign = "+" if shown > 0 else "\N{MINUS SIGN}" if shown < 0 else "\N{PLUS-MINUS SIGN}"
        return sign + self.number(abs(shown), digits)

    def money(self, value: Amount, currency: str, digits: int | None = None) -> str:
        """An amount; whole units from 1,000 on, else the currency's own decimals, unless `digits` says otherwise."""
        if digits is None:
            digits = 0 if _size(value) >= 1000 else get_currency_precision(currency)
        pattern = str(self.locale.currency_formats["standard"].pattern).split(";")[0]
        pattern = pattern.replace("0.00", "0" + ("." + "0" * digits if digits else ""))
        text = format_currency(
            _plain_zero(value, digits), currency, format=pattern, locale=self.locale, currency_digits=False
        )
        return _spaced(_minus(text))

    def short_money(self, value: Amount, currency: str) -> str:
        """An amount for an axis: '1.2M'."""
        digits = 0 if float(value) == 0 or _size(value) < 1000 else 1
        text = _minus(format_compact_currency(value, currency, locale=self.locale, fraction_digits=digits))
        # Where a language has no short form for thousands, CLDR leaves the digits ungrouped.
        return self.money(value, currency, 0) if _UNGROUPED.search(text) else _spaced(text)

    def short_number(self, value: Amount) -> str:
        """A count for an axis: '20K'."""
        digits = 0 if _size(value) < 1000 else 1
        text = _minus(format_compact_decimal(value, locale=self.locale, fraction_digits=digits))
        return self.number(value) if _UNGROUPED.search(text) else text

    def day(self, value: date) -> str:
        return str(format_date(value, "medium", locale=self.locale))

    def month(self, value: date) -> str:
        return str(format_skeleton("yMMM", value, locale=self.locale))

    def period(self, start: date, end: date) -> str:
        """[start, end) as its first and last day; a whole month, quarter or year by its name."""
        last = end - timedelta(days=1)
        if start.day == 1 and end.day == 1:
            months = (end.year - start.year) * 12 + end.month - start.month
            if months == 1:
                return self.month(start)
            if months == 3 and start.month % 3 == 1:
                return str(format_skeleton("yQQQ", start, locale=self.locale))
            if months == 12 and start.month == 1:
                return str(start.year)
        return str(format_interval(start, last, "yMMMd", locale=self.locale))

    def country(self, code: str | None) -> str:
        """The name of a country; a market's own code where it is a group of countries."""
        if code is None:
            return "\N{EN DASH}"
        return str(self.locale.territories.get(code, code))


def _minus(text: object) -> str:
    """A formatted number with a minus sign where CLDR's symbol is a hyphen: as wide as a plus, and never at a line's end."""
    return str(text).replace("-", "\N{MINUS SIGN}")


def _spaced(text: str) -> str:
    """A no-break space between a currency's letters and the digits after them: 'NOK 12.50' (CLDR's rule)."""
    return re.sub(r"([A-Z]{3})(?=\d)", "\\1\N{NO-BREAK SPACE}", text)


def _plain_zero(value: Amount, digits: int) -> Decimal:
    """The value; zero where it is shown as zero, which has no sign: never '-0.0'."""
    exact = Decimal(str(value))
    return exact if 2 * abs(exact) > Decimal(1).scaleb(-digits) else Decimal(0)  # a half is rounded to even


def _size(value: Amount) -> Decimal:
    return abs(Decimal(str(value)))
