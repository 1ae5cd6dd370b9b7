"""A mapping that somebody made on screen: for each column, which field it is. Written in the language of docs/mapping.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from regulars.sources.mapping.fields import FED, LINE_FIELDS, fields_of, required_of
from regulars.sources.mapping.model import Feed, Mapping

LINE = "line."  # before a field of the lines of an order
# What stands first in the list of fields: what most files have.
_FIRST = (
    "order_id", "at", "local_day", "customer_id", "email", "phone", "name", "total", "goods", "subtotal", "currency",
    "country", "market", "channel", "discount", "tax", "shipping",
)  # fmt: skip
# In an orders file these belong to its lines, under names of their own.
_WHOLE = ("total", "goods", "subtotal")
_SUMS = ("tax", "shipping", "discount", "refunded", "cost", "fee")

Fault = Literal["twice", "unknown", "no_date", "no_customer", "no_amount", "missing"]


@dataclass(frozen=True)
class Table:
    """One table of a file as somebody described it. `fields`: column to field; columns that are not used are left out.

    `fact` empty: a sheet of a workbook that is passed over.
    """

    columns: tuple[str, ...]
    fact: str = "orders"
    fields: Dict[str, str] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True)
class Reading:
    """What holds for all files where they do not say it themselves; empty or None: found out."""

    currency: str = ""
    zone: str = ""
    day_first: bool | None = None
    decimal: Literal["", ".", ","] = ""


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a table's description: at a column, or (column empty) with the whole. `field` is what it is about."""

    table: int
    column: str
    fault: Fault
    field: str = ""


def choices(fact: str) -> list[str]:
    """The fields that a column of a file may be, the usual ones first; those of an order's lines begin with `line.`."""
    names = list(fields_of(fact))
    known = [name for name in _FIRST if name in names]
    rest = [name for name in names if name not in known]
    lines = [f"{LINE}{name}" for name in LINE_FIELDS] if fact == "orders" else []
    return known + lines + rest


def mistakes(tables: Sequence[Table]) -> list[Mistake]:
    """Everything that keeps these descriptions from being a mapping."""
    if not any(table.fact for table in tables):
        return [Mistake(number, "", "unknown") for number, _ in enumerate(tables)]
    return [
        one
        for number, table in enumerate(tables)
        if table.fact or not table.sheet
        for one in _mistakes(number, table)
    ]


def _mistakes(number: int, table: Table) -> list[Mistake]:
    if table.fact not in FED:
        return [Mistake(number, "", "unknown", table.fact)]
    allowed = set(choices(table.fact))
    counted = Counter(table.fields.values())
    found = [
        Mistake(number, column, "twice" if name in allowed else "unknown", name)
        for column, name in table.fields.items()
        if counted[name] > 1 or name not in allowed
    ]
    given = set(table.fields.values())
    if table.fact == "orders":
        if not given & {"at", "local_day"}:
            found.append(Mistake(number, "", "no_date", "at"))
        if not given & {"customer_id", "email", "phone"}:
            found.append(Mistake(number, "", "no_customer", "customer_id"))
        if not given & {*_WHOLE, f"{LINE}amount", f"{LINE}price"}:
            found.append(Mistake(number, "", "no_amount", "total"))
        return found
    missing = [name for name in required_of(table.fact) if name not in given and not _stands_in(name, given)]
    return found + [Mistake(number, "", "missing", name) for name in missing]


def _stands_in(name: str, given: set[str]) -> bool:
    """An instant may be given as a day, and the other way round."""
    return {"at": "local_day", "local_day": "at"}.get(name) in given


def toml_of(tables: Sequence[Table], reading: Reading, *, name: str) -> str:
    """The mapping as TOML. Several tables are told apart by the columns that they must have."""
    lines = [f"name = {_text(name)}"]
    if reading.zone:
        lines.append(f"zone = {_text(reading.zone)}")
    if reading.currency:
        lines.append(f"currency = {_text(reading.currency)}")
    if reading.day_first is not None:
        lines.append(f"day_first = {str(reading.day_first).lower()}")
    if reading.decimal:
        lines.append(f"decimal = {_text(reading.decimal)}")
    apart = len(tables) > 1
    tables = [table for table in tables if table.fact]
    files = [f"file_{number}" for number, _ in enumerate(tables, start=1)]
    if apart:
        # What asks for more columns is tried first.
        order = sorted(zip(files, tables, strict=True), key=lambda pair: -len(pair[1].fields))
        lines += ["", "[files]", *(_file(file, table) for file, table in order)]
    for file, table in zip(files, tables, strict=True):
        lines += _feed(table, file if apart else "")
    return "\n".join(lines) + "\n"


def _file(name: str, table: Table) -> str:
    sheet = f", sheet = {_text(table.sheet)}" if table.sheet else ""
    needs = ", ".join(_text(column) for column in table.fields)
    return f"{name} = {{ needs = [{needs}]{sheet} }}"


def _feed(table: Table, file: str) -> list[str]:
    of_order = {name: column for column, name in table.fields.items() if not name.startswith(LINE)}
    of_line = {
        name.removeprefix(LINE): column for column, name in table.fields.items() if name.startswith(LINE)
    }
    sums: list[str] = []
    values = {name: _text(column) for name, column in of_order.items()}
    if table.fact == "orders" and "order_id" not in of_order:
        # Without order numbers, the rows of one customer at one time are the lines of one order.
        for name in _WHOLE:
            if name in of_order and "amount" not in of_line:
                of_line["amount"] = of_order[name]
            values.pop(name, None)
        sums = [name for name in _SUMS if name in of_order]
        who = next(of_order[name] for name in ("customer_id", "email", "phone") if name in of_order)
        when = of_order.get("at") or of_order["local_day"]
        values["order_id"] = f"{{ text = {_text(f'{{{who}}} {{{when}}}')} }}"
    lines = ["", "[[facts]]", f"table = {_text(table.fact)}"]
    lines += [f"file = {_text(file)}"] if file else []
    if table.fact == "orders":
        lines += ['grain = "line"'] if of_line else []
        lines += [f"sums = [{', '.join(map(_text, sums))}]"] if sums else []
        lines += ["signed = true"]
    lines += ["", "[facts.columns]", *(f"{name} = {value}" for name, value in values.items())]
    if of_line:
        lines += ["", "[facts.lines]", *(f"{name} = {_text(column)}" for name, column in of_line.items())]
    return lines


def drawn(mapping: Mapping, file: str, columns: Sequence[str], sheet: str = "") -> Table:
    """What of a mapping can be shown on screen for one of its files: the columns that are taken as they are."""
    feed = next((one for one in mapping.feeds if one.file == file), None)
    if feed is None:
        return Table(tuple(columns), sheet=sheet)
    fields = {column: name for name, column in _plain(feed) if column in columns}
    return Table(tuple(columns), feed.table, fields, sheet)


def _plain(feed: Feed) -> list[tuple[str, str]]:
    """(field, column), the lines' fields first, since they say more."""
    prefix = LINE if feed.table == "orders" else ""
    pairs = [(f"{prefix}{name}", value) for name, value in feed.lines] + list(feed.columns)
    return [(name, value.parts[0]) for name, value in reversed(pairs) if value.how in ("column", "first_of")]


def _text(text: str) -> str:
    """A text in quotes, as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
