"""One mapped field as SQL: from the raw column's text or type to the type that the fact table declares."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal
from regulars.lake.tables.declare import Type
from regulars.sources.mapping.model import Condition, Value
from regulars.sources.mapping.parsers import Point, Style, day_and_time, flag, instant, number, text
from regulars.sources.reading.raw import SMALL_WHOLE, WHOLE
from regulars.sources.reading.times import DateFormat

_BRACES = re.compile(r"\{([^{}]+)\}")
_COMPARED = {"money": "DECIMAL(18,4)", "number": "DOUBLE", "whole": "BIGINT", "rate": "DECIMAL(38,10)"}


@dataclass(frozen=True)
class Columns:
    """The columns that a feed may name: its own (`r`), and those of joined files as `file.column`.

    `types` maps each such name to (SQL expression, DuckDB type of the column); `stored` does so for texts that are kept
    as a type that says the same.
    """

    file: str
    types: Dict[str, tuple[str, str]]
    each: bool = False
    stored: Dict[str, tuple[str, str]] = field(default_factory=dict)
    points: Dict[str, Point] = field(default_factory=dict)
    dates: Dict[str, DateFormat] = field(default_factory=dict)

    def find(self, name: str) -> tuple[str, str]:
        """The column by its name, capitals and spaces around it aside. Raises InputError with the near miss."""
        if name in self.types:
            return self.types[name]
        if self.each and name.startswith("each."):
            return f"json_extract_string(e.item, {literal('$.' + name[5:])})", "VARCHAR"
        for known, found in self.types.items():
            if known.strip().casefold() == name.strip().casefold():
                return found
        close = difflib.get_close_matches(name, list(self.types), n=1, cutoff=0.5)
        hint = f" Did you mean '{close[0]}'?" if close else f" It has: {', '.join(list(self.types)[:12])}."
        raise InputError(
            f"There is no column '{name}'.{hint}", where=self.file, do="Correct the mapping, or the file."
        )

    def read(self, name: str, kind: Type, style: Style) -> tuple[str, str]:
        """The column as it is best read as `kind`: as what it is stored as, where the style reads the text alike."""
        found = self.find(name)
        have = self.stored.get(name, ("", ""))[1]
        is_day = have in ("TIMESTAMP", "DATE")
        same = (
            (kind == "text" and have == "BIGINT")
            or (kind in ("day", "instant") and is_day and not style.format)
            or (
                kind in _COMPARED
                and (have == "BIGINT" or (bool(have) and not is_day and style.decimal != ","))
            )
        )
        return self.stored[name] if same else found

    def has(self, name: str) -> bool:
        wanted = name.strip().casefold()
        if self.each and name.startswith("each."):
            return True
        return any(known.strip().casefold() == wanted for known in self.types)


@dataclass(frozen=True)
class Compiled:
    """A field as SQL. `value` has the declared type; `given` is true where the file has anything to read there.

    A row in which something is given but the value is null cannot be read. `raw` shows what stood there.
    """

    value: str
    given: str
    raw: str
    columns: tuple[str, ...]
    fallible: bool = True
    number: str | None = (
        None  # of a text that is always a whole number as a number writes itself: SQL of the number
    )


def compile_value(value: Value, kind: Type, columns: Columns, style: Style) -> Compiled:
    """One field of a feed. Raises InputError where a column is not there or a composition makes no sense."""
    own = Style(
        decimal=style.decimal or next((columns.points[p] for p in value.parts if p in columns.points), None),
        day_first=style.day_first,
        zone=value.zone or style.zone,
        format=value.format or style.format,
        date=next((columns.dates[p] for p in value.parts if p in columns.dates), None),
    )
    if value.how == "value":
        constant = literal(value.parts[0])
        made = _typed(constant, "VARCHAR", kind, own)
        return Compiled(made, "true", constant, (), fallible=False)
    if value.how == "sum":
        return _sum(value, kind, columns)
    if value.how in ("times", "plus", "minus"):
        return _arithmetic(value, kind, columns, own)
    if value.how == "day_and_time":
        return _day_and_time(value, kind, columns, own)
    if value.how == "text":
        return _template(value, kind, columns, own)
    found = [columns.find(part) for part in value.parts]
    if len(found) == 1 and not _rewritten(value):
        expression, have = columns.read(value.parts[0], kind, own)
        made = _signed(_typed(expression, have, kind, own), value, kind)
        sure = have != "VARCHAR" and _sure(have, kind)
        given = f"({expression}) IS NOT NULL" if have != "VARCHAR" else f"{text(expression)} IS NOT NULL"
        return Compiled(
            made,
            given,
            f"{expression}::VARCHAR",
            value.parts,
            fallible=kind != "text" and not sure,
            number=f"({expression})::BIGINT" if kind == "text" and have in SMALL_WHOLE else None,
        )
    joined = ", ".join(text(_as_text(expression, have)) for expression, have in found)
    shown = f"coalesce({joined})" if len(found) > 1 else joined
    made = _signed(_typed(_rewrite(shown, value), "VARCHAR", kind, own), value, kind)
    return Compiled(
        made, f"({_rewrite(shown, value)}) IS NOT NULL", shown, value.parts, fallible=kind != "text"
    )


def compile_condition(condition: Condition, columns: Columns) -> str:
    """A condition as SQL that is never null."""
    expression, have = columns.find(condition.column)
    shown = f"coalesce({text(_as_text(expression, have))}, '')"
    parts = []
    if condition.one_of:
        parts.append(f"{shown} IN ({', '.join(map(literal, condition.one_of))})")
    if condition.none_of:
        parts.append(f"{shown} NOT IN ({', '.join(map(literal, condition.none_of))})")
    if condition.like:
        parts.append(like_any(shown, condition.like))
    if condition.not_like:
        parts.append(f"NOT {like_any(shown, condition.not_like)}")
    if condition.empty is not None:
        parts.append(f"({shown} = '') = {str(condition.empty).lower()}")
    return " AND ".join(parts) or "true"


def like_any(expression: str, patterns: tuple[str, ...]) -> str:
    """Whether a text matches any of the patterns with `*` and `?`, capitals alike."""
    tests = []
    for pattern in patterns:
        escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        sql = escaped.replace("*", "%").replace("?", "_")
        tests.append(f"{expression} ILIKE {literal(sql)} ESCAPE '\\'")
    return f"({' OR '.join(tests)})"


def _typed(expression: str, have: str, kind: Type, style: Style) -> str:
    if kind == "text":
        shown = _as_text(expression, have)
        return shown if have in WHOLE else text(shown)
    if kind == "flag":
        return flag(expression, have)
    if kind in _COMPARED:
        return number(expression, have, _COMPARED[kind], style)
    return instant(expression, have, kind, style)


def _as_text(expression: str, have: str) -> str:
    """A column's text; whole numbers that a spreadsheet made floating (13085.0) lose the '.0'."""
    if have == "VARCHAR":
        return expression
    if have in ("DOUBLE", "FLOAT"):
        whole = f"({expression})::BIGINT::VARCHAR"
        return f"CASE WHEN {expression} = trunc({expression}) AND abs({expression}) < 1e15 THEN {whole} ELSE ({expression})::VARCHAR END"
    return f"({expression})::VARCHAR"


def _sure(have: str, kind: Type) -> bool:
    """Whether a typed column always gives a value of this kind."""
    if kind in ("day", "instant"):
        return have.startswith("TIMESTAMP") or have == "DATE"
    return kind == "flag" and have == "BOOLEAN"


def _rewritten(value: Value) -> bool:
    return bool(value.pattern or value.values or value.otherwise is not None)


def _rewrite(expression: str, value: Value) -> str:
    made = expression
    if value.pattern:
        made = f"nullif(regexp_extract({made}, {literal(value.pattern)}, {_group(value.pattern)}), '')"
    if value.values or value.otherwise is not None:
        branches = " ".join(
            f"WHEN {literal(old.lower())} THEN {literal(new) if new else 'NULL'}" for old, new in value.values
        )
        fallback = (
            literal(value.otherwise) if value.otherwise else ("NULL" if value.otherwise == "" else made)
        )
        if value.otherwise:
            fallback = f"CASE WHEN {made} IS NOT NULL THEN {fallback} END"
        made = f"CASE lower({made}) {branches} ELSE {fallback} END" if branches else fallback
    return made


def _group(pattern: str) -> int:
    try:
        return 1 if re.compile(pattern).groups else 0
    except re.error as error:
        raise InputError(f"'{pattern}' is no regular expression: {error}", where="pattern") from None


def _signed(expression: str, value: Value, kind: Type) -> str:
    factor = -value.unit if value.negate else value.unit
    if factor == Decimal(1) or kind not in _COMPARED:
        return expression
    if factor == Decimal(-1):
        return f"(-({expression}))::{_COMPARED[kind]}"
    return (
        f"TRY_CAST(({expression})::DOUBLE * {factor} AS {_COMPARED[kind]})"
        if kind == "number"
        else (f"TRY_CAST(({expression})::DECIMAL(38,10) * {factor:f}::DECIMAL(12,4) AS {_COMPARED[kind]})")
    )


def _arithmetic(value: Value, kind: Type, columns: Columns, style: Style) -> Compiled:
    if kind not in _COMPARED:
        _fail(value, f"'{value.how}' makes a number, not a {kind}.")
    found = [columns.find(part) for part in value.parts]
    money = "DECIMAL(18,4)" if value.how != "times" else "DECIMAL(18,6)"
    numbers = [number(expression, have, money, style) for expression, have in found]
    if value.how == "times":
        made = " * ".join(f"({one})::DOUBLE" for one in numbers)
        made = f"TRY_CAST(round({made}, 6) AS {_COMPARED[kind]})"
    else:
        sign = " + " if value.how == "plus" else " - "
        made = sign.join([numbers[0], *(f"coalesce({one}, 0)" for one in numbers[1:])])
        made = f"TRY_CAST({made} AS {_COMPARED[kind]})"
    shown = " || ' ' || ".join(f"coalesce(({expression})::VARCHAR, '')" for expression, _ in found)
    given = " OR ".join(f"{text(_as_text(expression, have))} IS NOT NULL" for expression, have in found)
    return Compiled(_signed(made, value, kind), f"({given})", shown, value.parts)


def _sum(value: Value, kind: Type, columns: Columns) -> Compiled:
    """A field added up over a JSON list: `refunds.total`. An empty list gives null, not zero."""
    column, _, item = value.parts[0].rpartition(".")
    if kind not in _COMPARED or not column:
        _fail(value, "`sum` needs a number's field of a JSON list, such as 'refunds.total'.")
    expression, _ = columns.find(column)
    read = f"json_extract_string({expression}, {literal(f'$[*].{item}')})"
    made = f"list_sum(list_transform({read}, lambda x: TRY_CAST(x AS DECIMAL(18,4))))"
    typed = f"TRY_CAST({made} AS {_COMPARED[kind]})"
    return Compiled(_signed(typed, value, kind), "false", f"{expression}::VARCHAR", (column,), fallible=False)


def _day_and_time(value: Value, kind: Type, columns: Columns, style: Style) -> Compiled:
    if kind != "instant" or len(value.parts) != 2:
        _fail(value, "`day_and_time` makes an instant of two columns, the day and its time.")
    (day, have), (time, time_have) = (columns.find(part) for part in value.parts)
    shown = f"concat_ws(' ', ({day})::VARCHAR, ({time})::VARCHAR)"
    given = f"{text(_as_text(day, have))} IS NOT NULL"
    return Compiled(day_and_time(day, have, time, time_have, style), given, shown, value.parts)


def named_in(template: str) -> tuple[str, ...]:
    """The columns in braces of a text."""
    return tuple(_BRACES.findall(template))


def _template(value: Value, kind: Type, columns: Columns, style: Style) -> Compiled:
    names = named_in(value.parts[0])
    if not names:
        _fail(value, "a text needs columns in braces, such as '{account}-{day}'; use `value` for a constant.")
    pieces = []
    for n, piece in enumerate(_BRACES.split(value.parts[0])):
        if n % 2:
            pieces.append(f"coalesce({text(_as_text(*columns.find(piece)))}, '')")
        elif piece:
            pieces.append(literal(piece))
    shown = " || ".join(pieces)
    made = _typed(_rewrite(f"({shown})", value), "VARCHAR", kind, style)
    return Compiled(made, "true", shown, names, fallible=kind != "text")


def _fail(value: Value, what: str) -> NoReturn:
    raise InputError(what, where=f"the field made of {', '.join(value.parts)}", do="See docs/mapping.md.")
