"""What stands in the columns of a file, judged from its first rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from regulars.lake.engines.duck import quoted
from regulars.sources.reading.countries import country_of
from regulars.sources.reading.currencies import AMBIGUOUS_SIGNS, currency_words
from regulars.sources.reading.dates import form_of
from regulars.sources.reading.raw import RawTable
from regulars.sources.reading.values import MISSING, NO, YES

HEAD = 1000  # rows looked at; what decides about all rows is asked of the engine
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[a-zA-Z]{2,}")
_NUMBER = re.compile(r"[-+−(]*\d[\d.,'’   ]*[)%-]*|[-+(]*[.,]\d+\)?")
_SIGN = re.compile(
    r"^[-+(\s]*([^\d\s.,()+-][^\d.,()+-]*?)[-+(\s]*(?=\d)|(?<=[\d.,-])\s*([^\d\s.,()%-]+\.?)[)\s]*$"
)
_HOUR = re.compile(r"([01]?\d|2[0-3])([:.])[0-5]\d(\2[0-5]\d(\.\d+)?)?( ?[ap]m)?", re.IGNORECASE)
_MIDNIGHT = re.compile(r".+[ T]0?0:00(:00(\.0+)?)?")
_CLOCK = re.compile(r"\d:\d\d|T\d{4}")
_PERSON = re.compile(r"[^\W\d_]+[.,]?([ '-][^\W\d_]+[.,]?)+")


@dataclass(frozen=True)
class Profile:
    """Shares are of the filled values. `sign`: the currency sign in front of or behind amounts, if always one."""

    filled: int
    distinct: int
    number: float = 0
    email: float = 0
    time: float = 0
    stamp: float = 0  # digits alone that may be a time: 20250315, Unix seconds
    clock: float = 0
    midnight: float = 0  # days with a clock that says midnight: they have no time
    hour: float = 0  # times of day without a day
    currency: float = 0
    country: float = 0
    flag: float = 0
    person: float = 0
    share: bool = False  # all between 0 and 1 with a fraction, or with a per cent sign: a rate, not an amount
    sign: str | None = None

    @property
    def empty(self) -> bool:
        return self.filled == 0


def profiles(con: duckdb.DuckDBPyConnection, raw: RawTable) -> dict[str, Profile]:
    """The profile of every column, from one query for the first rows that have anything."""
    chosen = ", ".join(f"{quoted(c.name)}::VARCHAR" for c in raw.columns)
    rows = con.execute(f"SELECT {chosen} FROM (FROM {quoted(raw.relation)} LIMIT {HEAD})").fetchall()
    made = {}
    for place, column in enumerate(raw.columns):
        values = [v for row in rows if (v := (row[place] or "").strip()) and v.casefold() not in MISSING]
        if not values and raw.rows > HEAD:
            values = _further(con, raw, column.name)
        made[column.name] = _typed(column.type, values) or _profile(values)
    return made


def _further(con: duckdb.DuckDBPyConnection, raw: RawTable, column: str) -> list[str]:
    """The first values of a column that begins with empty cells."""
    x = quoted(column)
    rows = con.execute(
        f"SELECT trim({x}::VARCHAR) FROM {quoted(raw.relation)} WHERE trim({x}::VARCHAR) <> '' LIMIT 200"
    ).fetchall()
    return [row[0] for row in rows]


def _typed(kind: str, values: list[str]) -> Profile | None:
    distinct = len(set(values))
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        midnight = _part(values, {v for v in values if _MIDNIGHT.fullmatch(v)}) if values else 0
        return Profile(len(values), distinct, time=1, clock=float(kind != "DATE"), midnight=midnight)
    if kind == "TIME":
        return Profile(len(values), distinct, hour=1)
    if kind == "BOOLEAN":
        return Profile(len(values), distinct, flag=1)
    if kind == "VARCHAR":
        return None
    numbers = _profile(values)
    stamps = numbers.stamp if _like_instants(values) else 0
    return Profile(
        len(values),
        distinct,
        number=1,
        flag=numbers.flag,
        share=numbers.share,
        stamp=stamps,
        clock=numbers.clock,
    )


def _like_instants(values: list[str]) -> bool:
    return all(len(v.split(".")[0]) in (8, 10, 13) for v in values)


def _profile(values: list[str]) -> Profile:
    if not values:
        return Profile(0, 0)
    count, words = len(values), set(values)
    bare = {v: _bare(v) for v in words}
    numbers = [v for v in values if _NUMBER.fullmatch(bare[v])]
    forms = {v: form_of(v) for v in words}
    times = {v for v, form in forms.items() if form not in (None, "excel", "unix", "unix_ms", "compact")}
    stamps = {
        v for v, form in forms.items() if form in ("unix", "unix_ms", "compact") and not v.startswith("0")
    }
    codes = currency_words()
    return Profile(
        count,
        len(words),
        number=len(numbers) / count,
        email=_part(values, {v for v in words if _EMAIL.fullmatch(v)}),
        time=_part(values, times),
        clock=_part(
            values,
            {v for v in times | stamps if _CLOCK.search(v) or (len(v.split(".")[0]) > 8 and v in stamps)},
        ),
        midnight=_part(values, {v for v in times if _MIDNIGHT.fullmatch(v)}),
        hour=_part(values, {v for v in words if _HOUR.fullmatch(v)}),
        stamp=_part(values, stamps),
        currency=_part(values, {v for v in words if v.casefold() in codes and not v.isdigit()}),
        country=_part(values, {v for v in words if len(v) > 1 and country_of(v)}) if len(words) < 400 else 0,
        flag=_part(values, {v for v in words if v.casefold() in YES + NO}),
        person=_part(values, {v for v in words if _PERSON.fullmatch(v)}),
        share=_is_share(words, numbers),
        sign=_sign(words),
    )


def _part(values: list[str], fitting: set[str]) -> float:
    return sum(v in fitting for v in values) / len(values)


def _bare(value: str) -> str:
    """An amount without its currency sign."""
    found = _SIGN.search(value)
    if not found or len(found[1] or found[2] or "") > 5:
        return value
    sign = found[1] or found[2]
    return value.replace(sign, "", 1).strip().replace("( ", "(")


def _is_share(words: set[str], numbers: list[str]) -> bool:
    if not numbers:
        return False
    if all(v.endswith("%") for v in words):
        return True
    try:
        read = [abs(float(v.replace(",", "."))) for v in words]
    except ValueError:
        return False
    return max(read) < 1 and any(0 < n < 1 for n in read)


def _sign(words: set[str]) -> str | None:
    """The currency code of the amounts' signs, the sign itself where several currencies share it, or 'mixed'."""
    signs = {(found[1] or found[2]).strip().casefold() for v in words if (found := _SIGN.search(v))}
    codes = {currency_words().get(sign, sign if sign in AMBIGUOUS_SIGNS else None) for sign in signs}
    codes.discard(None)
    return codes.pop() if len(codes) == 1 else "mixed" if codes else None
