"""Rows as the expression declares them, whichever engine ran it."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa


def as_declared(rows: pa.Table, expression: ir.Table) -> pa.Table:
    """Cast whole numbers, instants and enums to the declared type: DuckDB sums integers to 38 digits, Spark adds zones."""
    declared = expression.schema().to_pyarrow()
    fields = []
    for have in rows.schema:
        want = declared.field(have.name).type
        loose = pa.types.is_integer(want) or pa.types.is_timestamp(want) or pa.types.is_date(want)
        loose = loose or pa.types.is_dictionary(have.type)
        fields.append(pa.field(have.name, want if loose else have.type))
    return rows.cast(pa.schema(fields))
