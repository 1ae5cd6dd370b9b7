"""A feed and its raw tables to one SELECT: the feed's fields, typed, with the row number and what cannot be read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal, quoted
from regulars.lake.tables import TABLES
from regulars.lake.tables.declare import Type
from regulars.sources.identity.consents import CONSENT_AT
from regulars.sources.mapping.fields import LINE_FIELDS, fields_of, required_of
from regulars.sources.mapping.model import Feed, Join, Value
from regulars.sources.mapping.parsers import Point, Style
from regulars.sources.mapping.values import (
    Columns,
    Compiled,
    compile_condition,
    compile_value,
    like_any,
    named_in,
)
from regulars.sources.messages import MISSING, NO_DATE, NO_FLAG, NO_NUMBER, NO_POSSIBLE_DAY, NOT_ONE_OF
from regulars.sources.reading.raw import RawTable
from regulars.sources.reading.times import DateFormat
from regulars.sources.reading.typed import stored_name

# Days outside are typing errors or the epoch of some program; figures over them would be nonsense.
FIRST_DAY, LAST_DAY = "1970-01-02", "2100-01-01"


@dataclass(frozen=True)
class Check:
    """Why a row cannot be used: number `code` in the staged column `_bad`. `raw` is SQL for what stood there."""

    code: int
    column: str
    raw: str
    reason: str


@dataclass(frozen=True)
class Staged:
    """`read` yields source, _file, _row, _bad, the fields and for lines `line_...`; `checks` explain `_bad`.

    `from_rows` is the FROM clause alone, so that rejected values can be fetched. `used`: column to its field.
    `numbers`: fields of NUMBERED whose texts are numbers; these stand in `numbered(field)` too.
    """

    head: str
    from_rows: str
    tail: str
    checks: tuple[Check, ...]
    fields: tuple[str, ...]
    used: tuple[tuple[str, str], ...]
    numbers: frozenset[str] = frozenset()

    def read(self, join: str = "") -> str:
        """The SELECT; `join` may choose among the raw rows, known as `r`, before anything of them is read."""
        return f"{self.head}{self.from_rows} {join}{self.tail}"


# Identifiers that are compared, grouped and joined by the million: as numbers in half the time, where they are such.
NUMBERED = ("order_id", "customer_id")


def numbered(field: str) -> str:
    """The staged column of an identifier as a number."""
    return f"_{field}_number"


def compile_feed(
    feed: Feed,
    raw: RawTable,
    others: Dict[str, RawTable],
    *,
    source: str,
    file: int,
    style: Style,
    points: Dict[str, Point] | None = None,
    dates: Dict[str, DateFormat] | None = None,
    checks_before: int = 0,
) -> Staged:
    """SQL for one raw table of a feed. `others`: raw tables by the mapping's file names, for joins.
    `points`: the decimal sign of columns that write numbers as texts; `dates`: how columns write days, if not ISO.
    `checks_before`: how many checks other feeds of this file into the same table have, so that numbers tell them apart.

    Raises InputError for a column that is not there.
    """
    columns = replace(_columns(raw, feed, others), points=points or {}, dates=dates or {})
    kinds = fields_of(feed.table)
    compiled = {name: compile_value(value, kinds[name], columns, style) for name, value in feed.columns}
    lines = {
        f"line_{name}": compile_value(value, LINE_FIELDS[name], columns, style) for name, value in feed.lines
    }
    types = {**kinds, **{f"line_{name}": kind for name, kind in LINE_FIELDS.items()}}
    read = {**compiled, **lines}
    checks, bad = _checks(feed, read, types, checks_before)
    # Two levels, since DuckDB does not share an expression with the inside of a CASE: values are read once.
    inner = [f"{one.value} AS {quoted(name)}" for name, one in read.items()]
    inner += [f"({one.given}) AS {_given(name)}" for name, one in read.items() if one.fallible]
    chosen = [quoted(name) for name in read]
    if feed.table == "orders":
        inner.append(f"{_part(feed, columns)} AS _part")
        chosen += ["_part", *_document_columns(feed, lines)]
    numbers = {name: one.number for name in NUMBERED if (one := compiled.get(name)) and one.number}
    inner += [f"{number} AS {numbered(name)}" for name, number in numbers.items()]
    chosen += map(numbered, numbers)
    where = " AND ".join(f"({compile_condition(c, columns)})" for c in feed.where) or "true"
    from_rows = _from(raw, feed, others)
    line = "coalesce(e.place, 0)" if feed.each else "0"
    head = (
        f"SELECT {literal(source)} AS source, {file}::INTEGER AS _file, _row, _line, {bad} AS _bad, {', '.join(chosen)} "
        f"FROM (SELECT r._row AS _row, {line} AS _line, {', '.join(inner)} FROM "
    )
    used = {f"{feed.each}{column[4:]}" if columns.each and column.startswith("each.") else column: name
            for name, value in (*feed.columns, *feed.lines) for column in value.parts
            if value.how not in ("value", "text")}  # fmt: skip
    return Staged(
        head,
        from_rows,
        f" WHERE {where})",
        checks,
        (*compiled, *lines),
        tuple(used.items()),
        frozenset(numbers),
    )


def _columns(raw: RawTable, feed: Feed, others: Dict[str, RawTable]) -> Columns:
    types = {c.name: (f"r.{quoted(c.name)}", c.type) for c in raw.columns}
    for join in feed.joins:
        other = others[join.file]
        for c in other.columns:
            types[f"{join.file}.{c.name}"] = (f"{quoted(join.file)}.{quoted(c.name)}", c.type)
    if feed.each:
        _present([feed.each], raw)
    stored = {
        c.name: (f"r.{quoted(stored_name(n))}", c.stored) for n, c in enumerate(raw.columns) if c.stored
    }
    return Columns(raw.where, types, each=feed.each is not None, stored=stored)


def _from(raw: RawTable, feed: Feed, others: Dict[str, RawTable]) -> str:
    joins = [_join(join, raw, others) for join in feed.joins]
    each = (
        f" {_kept(feed)} unnest(json_extract(r.{quoted(feed.each)}, '$[*]')) WITH ORDINALITY AS e(item, place) ON true"
        if feed.each
        else ""
    )
    return " ".join([f"{quoted(raw.relation)} AS r{each}", *joins])


def _kept(feed: Feed) -> str:
    """How a row meets its list: an order whose list is empty stays, any other fact comes from the list alone."""
    return "LEFT JOIN" if feed.table == "orders" else "JOIN"


def _join(join: Join, raw: RawTable, others: Dict[str, RawTable]) -> str:
    """The first row there for each row here: a join must not multiply rows.

    A column here may be that of a file joined before, as `file.column`.
    """
    other = others[join.file]
    _present([there for there, _ in join.on], other)
    ours = [_ours(here, raw, others) for _, here in join.on]
    theirs = ", ".join(quoted(there) for there, _ in join.on)
    same = " AND ".join(
        f"{quoted(join.file)}.{quoted(there)}::VARCHAR = {here}::VARCHAR"
        for (there, _), here in zip(join.on, ours, strict=True)
    )
    first = (
        f"(SELECT * FROM {quoted(other.relation)} "
        f"QUALIFY row_number() OVER (PARTITION BY {theirs} ORDER BY _row) = 1)"
    )
    return f"LEFT JOIN {first} AS {quoted(join.file)} ON {same}"


def _ours(name: str, raw: RawTable, others: Dict[str, RawTable]) -> str:
    file, _, column = name.partition(".")
    if name not in raw.names and file in others:
        _present([column], others[file])
        return f"{quoted(file)}.{quoted(column)}"
    _present([name], raw)
    return f"r.{quoted(name)}"


def _present(names: list[str], raw: RawTable) -> None:
    for name in names:
        if name not in raw.names:
            close = difflib.get_close_matches(name, raw.names, n=1, cutoff=0.5)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            raise InputError(f"There is no column '{name}' here.{hint}", where=raw.where)


def _checks(
    feed: Feed, compiled: Dict[str, Compiled], types: Dict[str, Type], before: int
) -> tuple[tuple[Check, ...], str]:
    """The checks of a feed and the SQL of `_bad`: the number of the first check that a row fails, else 0."""
    required = set(required_of(feed.table)) if feed.grain == "order" else {"order_id"}
    if feed.grain == "order" and "at" in required and "at" not in compiled:
        required.add("local_day")
    checks: list[Check] = []
    branches: list[str] = []

    def add(test: str, name: str, one: Compiled, reason: str) -> None:
        code = before + len(checks) + 1
        checks.append(Check(code, ", ".join(one.columns) or name, one.raw, reason))
        branches.append(f"WHEN {test} THEN {code}")

    for name, one in compiled.items():
        value = quoted(name)
        if name in required and one.columns:
            add(
                # A text that is a number is null where the number is: asking it spares making texts of all.
                f"NOT {_given(name)}"
                if one.fallible
                else f"{numbered(name) if one.number and name in NUMBERED else value} IS NULL",
                name,
                one,
                MISSING.format(field=name),
            )
        if (
            name == CONSENT_AT
        ):  # no reason to lose an order: what was said then has no date, and counts as such
            continue
        if one.fallible and types[name] != "text":
            add(f"{value} IS NULL AND {_given(name)}", name, one, _unreadable(types[name]))
        if types[name] in ("instant", "day") and one.columns:
            outside = f"{value} < DATE '{FIRST_DAY}' OR {value} >= DATE '{LAST_DAY}'"
            add(outside, name, one, NO_POSSIBLE_DAY)
        allowed = _allowed(feed.table, name)
        if allowed:
            listed = ", ".join(map(literal, allowed))
            add(f"{value} NOT IN ({listed})", name, one, NOT_ONE_OF.format(words=", ".join(allowed)))
    return tuple(checks), f"CASE {' '.join(branches)} ELSE 0 END::USMALLINT" if branches else "0::USMALLINT"


def _allowed(table: str, field: str) -> tuple[str, ...]:
    # What payment and fulfilment are called in the wild is settled later, by loading/words.py.
    if field in ("payment_kind", "payment_state", "fulfilment_state") or field not in TABLES[table].names:
        return ()
    if table == "payments" and field == "state":
        return ()
    return TABLES[table][field].one_of


def _unreadable(kind: Type) -> str:
    if kind in ("day", "instant"):
        return NO_DATE
    if kind == "flag":
        return NO_FLAG
    return NO_NUMBER


def _given(name: str) -> str:
    """The inner column that says whether a field was given at all."""
    return quoted(f"given {name}")


def _part(feed: Feed, columns: Columns) -> str:
    """SQL of the export inside the file that a row belongs to."""
    if feed.export and columns.has(feed.export):
        return f"coalesce({columns.find(feed.export)[0]}::VARCHAR, '')"
    return "''"


def _document_columns(feed: Feed, lines: Dict[str, Compiled]) -> list[str]:
    """What the documents need beside the fields: `_doc`, and the line's kind and amount."""
    branches = ""
    if feed.left_out:
        branches += f" WHEN {like_any('order_id', feed.left_out)} THEN 'left_out'"
    if feed.refund:
        branches += f" WHEN {like_any('order_id', feed.refund)} THEN 'refund'"
    usual = "'signed'" if feed.signed else "'order'"
    made = [f"(CASE{branches} ELSE {usual} END) AS _doc" if branches else f"{usual} AS _doc"]
    if feed.grain == "line":
        made += _line_columns(feed, lines)
    return made


def _line_columns(feed: Feed, lines: Dict[str, Compiled]) -> list[str]:
    kind = "'goods'"
    product = lines.get("line_product")
    if feed.classify and product is not None:
        branches = " ".join(
            f"WHEN {like_any('line_product', one.patterns)} THEN {literal(one.kind)}" for one in feed.classify
        )
        kind = f"CASE {branches} ELSE 'goods' END"
    if "line_kind" in lines:
        kind = f"coalesce(line_kind, {kind})"
    if feed.each:  # an order without lines is an order all the same
        kind = f"CASE WHEN _line > 0 THEN {kind} END"
    return [f"{kind} AS _kind", f"{_line_amount(lines)} AS _amount"]


def _line_amount(lines: Dict[str, Compiled]) -> str:
    """What the line adds, after its own discount, in the file's own tax basis."""
    if "line_amount" in lines:
        return "line_amount"
    if "line_price" not in lines:
        return "NULL::DECIMAL(18,4)"
    pieces = "line_quantity" if "line_quantity" in lines else "1"
    # Through text-free floating point: quantity x price stays far below its 15 digits, and rounds to 4 decimals.
    gross = f"round(line_price::DOUBLE * ({pieces}), 4)"
    return f"TRY_CAST({gross} AS DECIMAL(18,4))"


def tolerated(feed: Feed, raw: RawTable, others: Dict[str, RawTable]) -> Feed:
    """The feed without the fields, parts and conditions whose columns are not there."""
    columns = _columns(raw, feed, others)

    def kept(pairs: tuple[tuple[str, Value], ...]) -> tuple[tuple[str, Value], ...]:
        found = []
        for name, value in pairs:
            there = tuple(
                part for part in value.parts if all(columns.has(name) for name in _named(value, part))
            )
            if there and (there == value.parts or value.how in ("first_of", "plus", "minus")):
                found.append((name, replace(value, parts=there)))
        return tuple(found)

    where = tuple(condition for condition in feed.where if columns.has(condition.column))
    return replace(feed, columns=kept(feed.columns), lines=kept(feed.lines), where=where)


def _named(value: Value, part: str) -> tuple[str, ...]:
    """The columns that a part of a value names."""
    if value.how == "value":
        return ()
    if value.how == "text":
        return named_in(part)
    return (part.rpartition(".")[0] if value.how == "sum" else part,)


def with_constants(feed: Feed, constants: Dict[str, str]) -> Feed:
    """The feed with constants for fields that nothing feeds yet (a currency given on the command line)."""
    given = {name for name, _ in feed.columns}
    added = tuple((name, Value("value", (text,))) for name, text in constants.items() if name not in given)
    return replace(feed, columns=feed.columns + added)
