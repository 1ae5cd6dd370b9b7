"""Definitions from the command line: markets and margins from their files, and the plain options."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import is_currency

from regulars.kernel.definitions import Definitions, Margin
from regulars.kernel.errors import InputError
from regulars.kernel.markets import Market, zone_of_country

_MARGIN_BY = {"product": "by_product", "category": "by_category", "market": "by_market"}


def definitions_with(
    known: Definitions,
    *,
    window: int | None = None,
    currency: str | None = None,
    tz: str | None = None,
    markets: Path | None = None,
    margin: str | None = None,
) -> Definitions:
    """The definitions with what was given in place of what they said. Raises InputError for what cannot be."""
    changes: dict[str, Any] = {}
    if window is not None:
        changes["window_days"] = window
    if currency is not None:
        changes["currency"] = checked_currency(currency)
    if tz is not None:
        changes["zone"] = checked_zone(tz, where="--tz")
    if markets is not None:
        changes["markets"] = read_markets(markets)
    if margin is not None:
        changes["margin"] = read_margin(margin)
    return replace(known, **changes)


def checked_currency(code: str) -> str:
    """An ISO 4217 code in capitals."""
    if not is_currency(code.upper()):
        raise InputError(
            f"'{code}' is no currency.", where="--currency", do="Use a code of three letters: EUR, NOK."
        )
    return code.upper()


def checked_zone(zone: str, *, where: str) -> str:
    """A name from the time zone database."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"'{zone}' is no time zone.",
            where=where,
            do="Use a name such as Europe/Oslo or America/Sao_Paulo.",
        ) from None
    return zone


def read_markets(path: Path) -> tuple[Market, ...]:
    """Groups of countries from TOML: `[nordics]`, `countries = ["NO", "SE"]`, and `zone` where the first country's is
    not meant. A country may stand in one group only."""
    found: list[Market] = []
    seen: dict[str, str] = {}
    for code, group in _toml(path).items():
        countries = group.get("countries") if isinstance(group, dict) else None
        if not isinstance(countries, list) or not countries:
            raise InputError(
                f"the market '{code}' names no countries.",
                where=str(path),
                do='Write: countries = ["NO", "SE"]',
            )
        for country in countries:
            if zone_of_country(country) is None:
                raise InputError(
                    f"'{country}' is no country code.",
                    where=f"{path} [{code}]",
                    do="Use ISO 3166 codes: NO, SE.",
                )
            if country in seen:
                raise InputError(
                    f"{country} is in '{seen[country]}' and in '{code}'.",
                    where=str(path),
                    do="Keep it in one.",
                )
            seen[country] = code
        zone = group.get("zone") or zone_of_country(countries[0])
        found.append(Market(code, tuple(countries), checked_zone(str(zone), where=f"{path} [{code}]")))
    return tuple(found)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("there is no such file.", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"this is no readable TOML: {error}.", where=str(path)) from None


def share(text: str) -> Decimal | None:
    """A share written as 0.4, 0,4, 40% or 40 %; None where it is none."""
    plain = text.strip().replace(",", ".")
    percent = plain.endswith("%")
    try:
        value = Decimal(plain.removesuffix("%").strip()) / (100 if percent else 1)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def read_margin(given: str) -> Margin:
    """A margin: a share from 0 to 1 (or 0% to 100%), or a CSV file with the columns `product`, `category` or `market`,
    and `margin`."""
    one = share(given)
    if one is not None:
        return Margin(share=_in_range(one, given, "--margin"))
    path = Path(given)
    if not path.is_file():
        raise InputError(
            f"'{given}' is neither a share nor a file.",
            where="--margin",
            do="Write 0.4 or 40%, or name a CSV file.",
        )
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    dialect = csv.Sniffer().sniff(text.splitlines()[0] if text.strip() else "a,b", delimiters=",;\t")
    rows = list(csv.DictReader(text.splitlines(), dialect=dialect))
    names = {(name or "").strip().lower(): name for name in (rows[0] if rows else {})}
    by = next((name for name in _MARGIN_BY if name in names), None)
    if by is None or "margin" not in names:
        raise InputError(
            "a margin file has a column 'margin' and one of 'product', 'category', 'market'.", where=str(path)
        )
    pairs = tuple(
        (str(row[names[by]]).strip(), _margin_cell(row[names["margin"]], f"{path} row {number}"))
        for number, row in enumerate(rows, 1)
    )
    chosen: dict[str, Any] = {_MARGIN_BY[by]: pairs}
    return Margin(**chosen)


def _margin_cell(text: str | None, where: str) -> Decimal:
    value = share(text or "")
    if value is None:
        raise InputError(f"'{text}' is no margin.", where=where, do="Write 0.4 or 40%.")
    return _in_range(value, text or "", where)


def _in_range(value: Decimal, text: str, where: str) -> Decimal:
    if not 0 <= value <= 1:
        raise InputError(f"a margin of '{text}' is not between 0 and 1.", where=where, do="Write 0.4 or 40%.")
    return value
