"""Small files that set definitions instead of feeding facts: margins and groups of countries."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from regulars.kernel.definitions import Margin
from regulars.kernel.errors import InputError
from regulars.kernel.markets import Market, zone_of_country
from regulars.sources.reading.countries import country_of
from regulars.sources.reading.zones import zone_info

_MARGIN_KINDS = ("product", "category", "market")


def read_margin(text: str) -> Margin:
    """A margin given as a share ('0.4', '40 %') or as a CSV file: a column product, category or market, and `margin`."""
    share = _share(text)
    if share is not None:
        return Margin(share=_sound(share, text))
    rows = list(_rows(Path(text), "margin file"))
    kind = next((one for one in _MARGIN_KINDS if rows and one in rows[0][1]), None)
    if kind is None or "margin" not in rows[0][1]:
        raise InputError(
            "A margin file needs the column 'margin' and one of product, category, market.",
            where=text,
            do="Or give one share for all: --margin 0.4",
        )
    pairs = []
    for number, row in rows:
        share = _share(row["margin"])
        if share is None or not row[kind]:
            raise InputError(
                f"'{row['margin']}' is no margin.", where=f"{text}, row {number}", do="Write 0.4 or 40 %."
            )
        pairs.append((row[kind], _sound(share, f"{text}, row {number}")))
    found = tuple(pairs)
    if kind == "product":
        return Margin(by_product=found)
    return Margin(by_category=found) if kind == "category" else Margin(by_market=found)


def read_markets(path: Path) -> tuple[Market, ...]:
    """Groups of countries from a CSV file: columns market and country (one row a country), and optionally zone."""
    grouped: dict[str, tuple[list[str], str]] = {}
    for number, row in _rows(path, "markets file"):
        where = f"{path.name}, row {number}"
        market, country = row.get("market", ""), country_of(row.get("country", ""))
        if not market or country is None:
            raise InputError(
                f"'{row.get('country', '')}' is no country, or the market is missing.", where=where,
                do="Give the columns market and country, one row a country, such as DACH,DE.",
            )  # fmt: skip
        taken = next((code for code, (countries, _) in grouped.items() if country in countries), None)
        if taken is not None:
            raise InputError(
                f"{country} stands in two markets, {taken} and {market}.", where=where, do="Keep one."
            )
        zone = row.get("zone") or zone_of_country(country) or "UTC"
        zone_info(zone)
        grouped.setdefault(market, ([], zone))[0].append(country)
    return tuple(Market(code, tuple(countries), zone) for code, (countries, zone) in grouped.items())


def _rows(path: Path, what: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number, cells by small-letter column name) of a short CSV file with comma or semicolon."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The {what} cannot be read: {error}", where=str(path), do="Give a CSV file in UTF-8."
        ) from None
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        raise InputError(
            f"The {what} has no rows.", where=str(path), do="Give a header and at least one row."
        )
    delimiter = max(",;\t", key=lines[0].count)
    reader = csv.DictReader(lines, delimiter=delimiter)
    for number, row in enumerate(reader, start=1):
        yield (
            number,
            {(key or "").strip().lower(): (value or "").strip() for key, value in row.items() if key},
        )


def _share(text: str) -> Decimal | None:
    bare = text.strip().replace(",", ".")
    per_cent = bare.endswith("%")
    try:
        value = Decimal(bare.removesuffix("%").strip())
    except InvalidOperation:
        return None
    return value / 100 if per_cent else value


def _sound(share: Decimal, where: str) -> Decimal:
    if not Decimal(-1) <= share <= 1:
        raise InputError(
            f"A margin is a share of revenue between -1 and 1, not {share}.",
            where=where,
            do="Write 0.4 or 40 %.",
        )
    return share
