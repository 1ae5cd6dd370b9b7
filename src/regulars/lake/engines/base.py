"""What an engine must do. Expressions are built on unbound tables (`ibis.table(schema, name)`); an engine knows the names.

Metrics therefore hold no connection: they compile for any dialect, and their SQL reads like what a person would write.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import ibis.expr.types as ir
import pyarrow as pa

from regulars.lake.tables import Table


@runtime_checkable
class Engine(Protocol):
    """Runs expressions over named tables."""

    dialect: str  # as sqlglot and ibis name it

    def bind(self, table: Table, files: list[str]) -> None:
        """Make the Parquet files of a fact table known under its name, read with its declared schema."""

    def put(self, name: str, rows: pa.Table) -> None:
        """Make a small table known under a name, replacing one of that name."""

    def drop(self, name: str) -> None:
        """Forget the table or view of that name, if there is one."""

    def materialise(self, name: str, expression: ir.Table) -> None:
        """Run an expression once and keep its rows under a name, replacing one of that name."""

    def define(self, name: str, expression: ir.Table) -> None:
        """Make an expression known under a name without running it (a view)."""

    def run(self, expression: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""

    def sql(self, expression: ir.Table) -> str:
        """The expression in this engine's SQL, readable."""

    def has(self, name: str) -> bool:
        """Whether a table or view of that name is known."""

    def beside(self) -> Engine | None:
        """Another engine over the same tables, for a second thread; None where there cannot be one. Close it before this one."""

    def close(self) -> None:
        """Free what the engine holds."""
