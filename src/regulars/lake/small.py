"""Small Arrow tables of Python values.

Not by `pa.array` or `pa.table`: those load pandas wherever it is installed, which takes longer than most queries.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import pyarrow as pa
from pyarrow import csv

Value: TypeAlias = str | int | Decimal | date | None  # a datetime is a date

_PARSE = csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)


def small_table(schema: pa.Schema, rows: Iterable[Sequence[Value]]) -> pa.Table:
    """The rows as a table of texts, whole numbers, decimals, days and instants."""
    text = "".join(",".join(map(_written, row)) + "\n" for row in rows)
    if not text:
        return pa.Table.from_batches([], schema)
    read = csv.ReadOptions(column_names=schema.names, use_threads=False, block_size=len(text) * 4 + 1)
    convert = csv.ConvertOptions(
        column_types=schema, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    source = io.BytesIO(text.encode())
    return csv.read_csv(source, read_options=read, parse_options=_PARSE, convert_options=convert)


def _written(value: Value) -> str:
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return "" if value is None else str(value)
