"""What is known of customers from their first day on and does not change: market, channel, traits of the first order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.kernel.errors import InputError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Covariates:
    """`values` (customers, columns) in the order of the summary's customers, with a name for each column."""

    names: tuple[str, ...]
    values: Floats

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.names):
            raise InputError(f"{len(self.names)} names for an array of shape {self.values.shape}.")
        if not np.isfinite(self.values).all():
            raise InputError(
                "A covariate has missing or infinite values.",
                do="Give them a value, or a column that says that it is not known.",
            )

    def take(self, rows: npt.NDArray[Any] | slice) -> Covariates:
        """Those of some customers."""
        return Covariates(self.names, self.values[rows])

    @classmethod
    def from_table(cls, table: pa.Table, names: Sequence[str] | None = None) -> Covariates:
        """Numbers and flags as they are; of a text a column `name=value` for each value but the most frequent.

        With `names` (a fitted model's `covariates`) exactly those columns, so that scores read what the fit read; a
        value that the fit did not know counts as the most frequent one.
        """
        wanted = list(names) if names is not None else _columns(table)
        found = [_column(table, name) for name in wanted]
        values = np.column_stack(found) if found else np.zeros((table.num_rows, 0))
        return cls(tuple(wanted), values)


def _columns(table: pa.Table) -> list[str]:
    names = []
    for name in table.column_names:
        if not _is_text(table[name].type):
            names.append(name)
            continue
        counts = pc.value_counts(table[name].combine_chunks()).to_pylist()
        ranked = sorted(
            (c for c in counts if c["values"] is not None), key=lambda c: (-c["counts"], c["values"])
        )
        names += [f"{name}={count['values']}" for count in ranked[1:]]
    return names


def _column(table: pa.Table, name: str) -> Floats:
    if name in table.column_names:
        return table[name].cast(pa.float64()).to_numpy()  # type: ignore[no-any-return]
    column, _, value = name.partition("=")
    if column not in table.column_names:
        raise InputError(
            f"The covariate '{name}' is not there.", do=f"There are: {', '.join(table.column_names)}."
        )
    alike = pc.fill_null(pc.equal(table[column], value), False)
    return alike.cast(pa.float64()).to_numpy()  # type: ignore[no-any-return]


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))
