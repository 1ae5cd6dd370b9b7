"""DuckDB: one process, bounded memory and threads, spilling to a private folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot

from regulars.lake.engines.result import as_declared
from regulars.lake.tables import Table


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


class DuckEngine:
    """Runs expressions on DuckDB. Give it a connection to share its tables, or none for a private database."""

    dialect = "duckdb"

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection | None = None,
        *,
        memory: str = "1500MB",
        threads: int | None = None,
    ) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if con is None:
            # The process in the name: what a killed run leaves behind is swept by the next (cli/leftovers.py).
            # A file rather than memory: tables beyond the limit are paged out instead of failing.
            self._folder = tempfile.TemporaryDirectory(prefix=f"regulars-{os.getpid()}-")
            con = duckdb.connect(str(Path(self._folder.name) / "work.duckdb"))
            con.execute(f"SET temp_directory = {literal(self._folder.name)}")
            con.execute(f"SET memory_limit = {literal(memory)}")
        con.execute("SET TimeZone = 'UTC'")
        # Nothing is downloaded at run time; what is needed is linked in.
        con.execute("SET autoinstall_known_extensions = false")
        con.execute("SET autoload_known_extensions = false")
        con.execute("SET preserve_insertion_order = false")
        if threads is not None:
            con.execute(f"SET threads = {int(threads)}")
        self.con = con

    def bind(self, table: Table, files: list[str]) -> None:
        columns = ", ".join(f"NULL::{c.duckdb} AS {quoted(c.name)}" for c in table.columns)
        if not files:
            self.con.execute(f"CREATE OR REPLACE VIEW {quoted(table.name)} AS SELECT {columns} WHERE false")
            return
        # By name: DuckDB otherwise takes the first file's schema and would miss columns added later.
        empty = f"SELECT {columns} WHERE false"
        listed = ", ".join(literal(f) for f in files)
        present = f"SELECT * FROM read_parquet([{listed}], union_by_name = true)"
        chosen = ", ".join(f"{quoted(c.name)}::{c.duckdb} AS {quoted(c.name)}" for c in table.columns)
        self.con.execute(
            f"CREATE OR REPLACE VIEW {quoted(table.name)} AS "
            f"SELECT {chosen} FROM ({empty} UNION ALL BY NAME {present})"
        )

    def put(self, name: str, rows: pa.Table) -> None:
        self.con.register("_put", rows)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS SELECT * FROM _put")
        self.con.unregister("_put")

    def materialise(self, name: str, expression: ir.Table) -> None:
        self.con.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {self._compile(expression)}")

    def define(self, name: str, expression: ir.Table) -> None:
        self.con.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {self._compile(expression)}")

    def run(self, expression: ir.Table) -> pa.Table:
        rows = self.con.sql(self._compile(expression)).to_arrow_table()
        return as_declared(rows, expression)

    def sql(self, expression: ir.Table) -> str:
        return sqlglot.transpile(self._compile(expression), read="duckdb", write="duckdb", pretty=True)[0]

    def has(self, name: str) -> bool:
        found = self.con.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_name = ?", [name]
        ).fetchone()
        return bool(found and found[0])

    def close(self) -> None:
        self.con.close()
        if self._folder is not None:
            self._folder.cleanup()

    @staticmethod
    def _compile(expression: ir.Table) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb"))
