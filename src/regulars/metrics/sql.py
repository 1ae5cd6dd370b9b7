"""The whole SQL of an expression: every prepared table as a named part, from the fact tables up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot

from regulars.lake.engines.spark import allow_compiling
from regulars.metrics.plan import Recipes, names_in

_SQLGLOT = {"duckdb": "duckdb", "pyspark": "spark"}


def full_sql(expression: ir.Table, recipes: Recipes, dialect: str) -> str:
    """Readable SQL that needs only the fact tables (and `fx_factors` where currencies are converted)."""
    if dialect == "pyspark":
        allow_compiling()
    parts: dict[str, str] = {}
    _collect(expression, recipes, dialect, parts)
    query = _compiled(expression, dialect)
    if not parts:
        return query
    # An expression may bring its own WITH: as a derived table it stays whole.
    named = ",\n".join(f"{name} AS (\n{text}\n)" for name, text in parts.items())
    return _pretty(f"WITH {named}\nSELECT * FROM ({query}) AS result", dialect)


def _collect(expression: ir.Table, recipes: Recipes, dialect: str, parts: dict[str, str]) -> None:
    for name in names_in(expression):
        if name in parts or name not in recipes:
            continue
        made = recipes[name].make()
        if isinstance(made, pa.Table):
            parts[name] = _values(made, dialect)
            continue
        _collect(made, recipes, dialect, parts)
        parts[name] = _compiled(made, dialect)


def _compiled(expression: ir.Table, dialect: str) -> str:
    return str(ibis.to_sql(expression, dialect=dialect))


def _pretty(text: str, dialect: str) -> str:
    name = _SQLGLOT.get(dialect, dialect)
    return sqlglot.transpile(text, read=name, write=name, pretty=True)[0]


def _values(table: pa.Table, dialect: str) -> str:
    """A small table written out, each column with its type."""
    columns = ibis.Schema.from_pyarrow(table.schema)
    typed = ", ".join(
        f"CAST({name} AS {_sql_type(kind, dialect)}) AS {name}" for name, kind in columns.items()
    )
    names = ", ".join(columns)
    if not table.num_rows:
        nulls = ", ".join(
            f"CAST(NULL AS {_sql_type(kind, dialect)}) AS {name}" for name, kind in columns.items()
        )
        return f"SELECT * FROM (SELECT {nulls}) AS nothing WHERE FALSE"
    rows = ", ".join(
        "(" + ", ".join(_literal(value) for value in row.values()) + ")" for row in table.to_pylist()
    )
    return f"SELECT {typed} FROM (VALUES {rows}) AS v({names})"


def _sql_type(kind: Any, dialect: str) -> str:
    name = _SQLGLOT.get(dialect, dialect)
    return sqlglot.exp.DataType.build(str(_TYPES.get(str(kind), str(kind)))).sql(dialect=name)


_TYPES: Mapping[str, str] = {
    "int64": "BIGINT",
    "string": "TEXT",
    "date": "DATE",
    "decimal(38, 10)": "DECIMAL(38,10)",
}


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, date):
        return f"'{value.isoformat()}'"
    if isinstance(value, int | Decimal):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
