"""Results as Arrow: a frozen dataclass is a row, its annotations are the column types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pyarrow as pa

# Quotients have up to 28 digits; ten decimals are more than any figure means.
_TYPES: dict[type, pa.DataType] = {
    bool: pa.bool_(),
    int: pa.int64(),
    str: pa.string(),
    date: pa.date32(),
    Decimal: pa.decimal128(38, 10),
}
_TEN = Decimal(1).scaleb(-10)


def arrow_of(rows: Sequence[Any], row_type: type) -> pa.Table:
    """Rows of one flat dataclass (texts, whole numbers, decimals, days, flags; None allowed) as an Arrow table."""
    hints = get_type_hints(row_type)
    schema = pa.schema([(f.name, _TYPES[_plain(hints[f.name])]) for f in fields(row_type)])
    columns = [
        pa.array([_value(getattr(row, field.name)) for row in rows], type=field.type) for field in schema
    ]
    return pa.table(columns, schema=schema)


def _plain(hint: Any) -> type:
    """The type in `type | None`; a Literal of texts is text."""
    options = [option for option in get_args(hint) if option is not type(None)]
    if not options:
        return hint  # type: ignore[no-any-return]
    first = options[0]
    return str if isinstance(first, str) else _plain(first)


def _value(value: Any) -> Any:
    return value.quantize(_TEN) if isinstance(value, Decimal) else value
