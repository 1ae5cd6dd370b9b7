"""How a fact table is declared, and its schema for each reader: Arrow, Ibis, DuckDB, Spark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

Type = Literal["text", "whole", "number", "money", "rate", "day", "instant", "flag"]

# One row a type: Arrow, Ibis, DuckDB, Spark.
_TYPES: dict[Type, tuple[pa.DataType, str, str, str]] = {
    "text": (pa.string(), "string", "VARCHAR", "STRING"),
    "whole": (pa.int64(), "int64", "BIGINT", "BIGINT"),
    "number": (pa.float64(), "float64", "DOUBLE", "DOUBLE"),
    "money": (pa.decimal128(18, 4), "decimal(18, 4)", "DECIMAL(18,4)", "DECIMAL(18,4)"),
    "rate": (pa.decimal128(38, 10), "decimal(38, 10)", "DECIMAL(38,10)", "DECIMAL(38,10)"),
    "day": (pa.date32(), "date", "DATE", "DATE"),
    # UTC without a zone attached: engines treat zoned timestamps differently, plain ones alike.
    "instant": (pa.timestamp("us"), "timestamp(6)", "TIMESTAMP", "TIMESTAMP_NTZ"),
    "flag": (pa.bool_(), "boolean", "BOOLEAN", "BOOLEAN"),
}


@dataclass(frozen=True)
class Column:
    """One column: `required` means never null; `one_of` lists the only values it may have."""

    name: str
    type: Type
    doc: str
    required: bool = False
    one_of: tuple[str, ...] = ()

    @property
    def arrow(self) -> pa.DataType:
        return _TYPES[self.type][0]

    @property
    def ibis(self) -> str:
        return _TYPES[self.type][1]

    @property
    def duckdb(self) -> str:
        return _TYPES[self.type][2]

    @property
    def spark(self) -> str:
        return _TYPES[self.type][3]


@dataclass(frozen=True)
class Table:
    """One fact table. `key` makes writes idempotent: a row with the same key replaces the old one.

    `replaces` names the columns that group rows replaced together (all lines of a repeated order).
    `erase` says what erasing a customer means here: `rows` removes them, `unlink` empties the customer number.
    """

    name: str
    doc: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    replaces: tuple[str, ...] = ()
    erase: Literal["rows", "unlink", "nothing"] = "rows"

    def __post_init__(self) -> None:
        known = {column.name for column in self.columns}
        missing = (set(self.key) | set(self.replaces)) - known
        if missing:
            raise ValueError(f"{self.name}: key columns {sorted(missing)} are not declared")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @cached_property
    def arrow(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.arrow, nullable=True) for c in self.columns])

    @cached_property
    def ibis(self) -> ir.Table:
        """The table as an unbound Ibis expression: an engine binds the name when it runs."""
        return ibis.table({c.name: c.ibis for c in self.columns}, name=self.name)

    @property
    def by_customer(self) -> bool:
        return "customer" in self.names
