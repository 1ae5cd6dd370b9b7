"""What a chart is given: any rows, made plain for Vega (floats, texts, day numbers)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import altair as alt
import pyarrow as pa

# An Arrow table, or mappings with the columns that the chart's docstring names.
Rows: TypeAlias = pa.Table | Iterable[Mapping[str, Any]]
Record = dict[str, Any]


def records(rows: Rows) -> list[Record]:
    """The rows as dicts with decimals as floats; dates stay dates."""
    found = rows.to_pylist() if isinstance(rows, pa.Table) else rows
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def values(found: Iterable[Record]) -> alt.Data:
    """Inline data for a chart; days become day numbers, so that no browser's time zone can move them.

    A tuple, since Altair copies lists at every step."""
    return alt.Data(values=tuple({name: _for_vega(value) for name, value in row.items()} for row in found))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _for_vega(value: Any) -> Any:
    return value.toordinal() if isinstance(value, date) else value
