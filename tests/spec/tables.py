"""A spec is data: tiny tables, periods, and the answers that a person worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

from regulars.kernel.definitions import Definitions
from regulars.kernel.periods import Period
from regulars.lake.engines import Engine
from regulars.lake.tables import TABLES, Column, Table


@dataclass(frozen=True)
class Answer:
    """What a figure is in the spec's first period (or `period`), for one combination of dimensions; None: no value."""

    figure: str
    value: str | None
    numerator: str | None = None
    denominator: str | None = None
    of: tuple[tuple[str, str | None], ...] = ()
    period: int = 0
    why: str = ""


@dataclass(frozen=True)
class Spec:
    """`facts`: tables as text, one line a row, columns parted by `|`; columns not given have plain defaults."""

    name: str
    words: str
    definitions: Definitions
    periods: tuple[Period, ...]
    facts: Mapping[str, str]
    answers: tuple[Answer, ...]


DEFAULTS: dict[str, Any] = {"source": "shop", "currency": "EUR", "market": "DE", "country": "DE"}
_NO_DEFAULT = {"customers"}  # nothing is stated of a customer unless the spec states it


def load(engine: Engine, facts: Mapping[str, str]) -> None:
    """Make all fact tables known to the engine, those of the spec with its rows; segments may be given with them."""
    unknown = set(facts) - set(TABLES) - {"segment_members"}
    if unknown:
        raise ValueError(f"no such fact table: {sorted(unknown)}")
    for name, table in TABLES.items():
        if name in facts:
            engine.put(name, arrow_of(table, facts[name]))
        else:
            engine.bind(table, [])
    if "segment_members" in facts:
        _, *members = rows_of(facts["segment_members"])
        numbers, segments = [int(number) for number, _ in members], [segment for _, segment in members]
        engine.put(
            "segment_members", pa.table({"customer": pa.array(numbers, pa.int64()), "segment": segments})
        )


def arrow_of(table: Table, text: str) -> pa.Table:
    """The rows of a text table with the declared types."""
    header, *lines = rows_of(text)
    rows = [_row(table, dict(zip(header, line, strict=True))) for line in lines]
    return pa.Table.from_pylist(rows, schema=table.arrow)


def rows_of(text: str) -> list[list[str]]:
    """Cells of a text table, the header first."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def _row(table: Table, given: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(table.names)
    if table.name not in _NO_DEFAULT:
        row |= {name: value for name, value in DEFAULTS.items() if name in row}
    row |= {name: _value(table[name], cell) for name, cell in given.items()}
    if "at" in row and row["at"] is None and row.get("local_day"):
        row["at"] = datetime.combine(row["local_day"], time(12))
    return row


def _value(column: Column, cell: str) -> Any:
    if cell == "":
        return None
    if column.type == "money":
        return Decimal(cell).quantize(Decimal("0.0001"))
    readers: dict[str, Any] = {
        "whole": int,
        "number": float,
        "rate": Decimal,
        "day": date.fromisoformat,
        "instant": datetime.fromisoformat,
        "flag": lambda text: text == "yes",
    }
    return readers.get(column.type, str)(cell)
