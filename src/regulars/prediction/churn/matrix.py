"""From an Arrow table to a matrix of numbers: what is a number stays one, texts become one column a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.kernel.errors import InputError
from regulars.prediction.churn.odds import Floats

_MOST_VALUES = 20  # of a text; rarer ones share a column
_RAREST = 20  # rows with a value that gets a column of its own


@dataclass(frozen=True)
class Coding:
    """How columns become numbers: `values[name]` lists the values of a text column that have a column of their own."""

    columns: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The matrix's columns: `name`, or `name = value`."""
        return tuple(
            label
            for name in self.columns
            for label in ([f"{name} = {v}" for v in self.values[name]] if name in self.values else [name])
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """The table's column that each of the matrix's columns came from."""
        return tuple(name for name in self.columns for _ in self.values.get(name, (name,)))

    @classmethod
    def of(cls, table: pa.Table, columns: Sequence[str]) -> Coding:
        """The coding of these columns; one that never varies is left out, for it says nothing."""
        kept, values = [], {}
        for name in columns:
            column = table[name]
            if _is_text(column.type):
                column = column.cast(pa.string())
                found = _common(column)
                if len(found) > 0 and pc.count_distinct(column, mode="all").as_py() > 1:
                    kept.append(name)
                    values[name] = found
            elif _varies(_numbers(column, name)):
                kept.append(name)
        return cls(tuple(kept), values)

    def matrix(self, table: pa.Table) -> Floats:
        """(rows, names): doubles, NaN inside only where a number is not known. Raises InputError for a missing column."""
        missing = [name for name in self.columns if name not in table.column_names]
        if missing:
            raise InputError(
                f"The table has no column '{missing[0]}'.",
                where="features",
                do=f"The model was trained on: {', '.join(self.columns)}.",
            )
        parts = []
        for name in self.columns:
            column = table[name]
            if name in self.values:
                texts = column.cast(pa.string())
                parts += [
                    pc.fill_null(pc.equal(texts, value), False).to_numpy() for value in self.values[name]
                ]
            else:
                parts.append(_numbers(column, name))
        if not parts:
            return np.zeros((table.num_rows, 0))
        return np.column_stack([np.asarray(part, dtype=np.float64) for part in parts])

    def to_dict(self) -> dict[str, Any]:
        return {"columns": list(self.columns), "values": {name: list(v) for name, v in self.values.items()}}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Coding:
        return cls(tuple(given["columns"]), {name: tuple(v) for name, v in given["values"].items()})


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))


def _common(column: pa.ChunkedArray) -> tuple[str, ...]:
    """The values that enough rows have, the most frequent first: an identifier has a million, so they are sorted where they are."""
    least = min(_RAREST, max(1, len(column) // 50))
    values, counts = pc.value_counts(column.drop_null()).flatten()
    counted = pa.table({"value": values, "count": counts}).filter(pc.field("count") >= least)
    order = pc.sort_indices(counted, [("count", "descending"), ("value", "ascending")])
    return tuple(counted["value"].take(order[:_MOST_VALUES]).to_pylist())


def _numbers(column: pa.ChunkedArray, name: str) -> Floats:
    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif not (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_null(kind)
    ):
        raise InputError(
            f"The column '{name}' holds {kind}, which is neither a number nor a text.",
            where="features",
            do="Leave it out, or turn it into a number (days since, for a date).",
        )
    found: npt.NDArray[np.float64] = column.cast(pa.float64()).to_numpy()
    return np.where(np.isfinite(found), found, np.nan)


def _varies(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 0 and (known.min() < known.max() or len(known) < len(values))
